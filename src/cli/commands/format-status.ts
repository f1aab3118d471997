import { describeFailure, type Locale } from '../../engine/model/describe-failure.ts';
import type { EscalationView, RunView, SessionView, TerminalView } from '../../engine/model/run-view.ts';
import type { SessionStatus } from '../../engine/model/status.ts';
import { describeEscalation } from '../run/describe-escalation.ts';
import { formatTable } from '../screen/table.ts';
import type { Texts } from '../texts/en.ts';
import { formatDuration } from '../texts/format-duration.ts';

/** How a status is to be told. */
export interface StatusLook {
  readonly texts: Texts;
  readonly locale: Locale;
  readonly options: { readonly verbose: boolean };
}

/** A run as lines: its state, a table of sessions, why some were not accepted, what waits for the person, live agents; `verbose` adds every terminal. */
export function formatStatus(view: RunView, live: boolean, look: StatusLook): readonly string[] {
  const { texts, options } = look;
  const { status } = texts;
  const state = view.result ? texts.runResult[view.result] : live ? status.orchestrated : status.interrupted;
  const facts = [status.time(formatDuration(view.durationMs, texts)), status.branch(view.integrationBranch)];
  const liveTerminals = view.sessions.flatMap(({ terminals }) => terminals).filter(({ exit }) => exit === undefined);
  return [
    status.run(view.runId, state),
    ...(view.result === undefined && !live ? [status.resumeWith(view.runId)] : []),
    facts.join(' · '),
    '',
    ...formatTable([status.columns, ...view.sessions.map((session) => sessionRow(session, texts))]),
    ...section(status.reasons, reasons(view.sessions, look)),
    ...section(status.open, openEscalations(view, look)),
    ...section(
      status.agents,
      liveTerminals.map((terminal) => status.agent(terminal.id, texts.agentStatus[terminal.status])),
    ),
    ...(options.verbose
      ? section(
          status.terminals,
          view.sessions.flatMap(({ terminals }) => terminals.map((terminal) => terminalLine(terminal, texts))),
        )
      : []),
  ];
}

const icons: Readonly<Record<SessionStatus, string>> = {
  pending: '⏳',
  running: '🔄',
  blocked: '✋',
  completed: '✅',
  failed: '❌',
  timed_out: '⏰',
  cancelled: '🚫',
  skipped: '⏩',
};

function sessionRow(session: SessionView, texts: Texts): readonly string[] {
  const { spec, status, step, progress, attempts, durationMs, branch } = session;
  return [
    ...[icons[status], spec.id, texts.sessionStatus[status], texts.step[step]],
    `${progress}%`.padStart(4),
    String(attempts),
    durationMs === undefined ? '' : formatDuration(durationMs, texts),
    branch ?? '',
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function reasons(sessions: readonly SessionView[], { texts, locale }: StatusLook): readonly string[] {
  return sessions.flatMap(({ spec, status, failure, lastFailure }) => {
    const why = failure ?? (status === 'completed' ? undefined : lastFailure);
    return why ? [texts.status.because(spec.id, describeFailure(why, locale))] : [];
  });
}

function openEscalations(view: RunView, { texts, locale }: StatusLook): readonly string[] {
  return view.escalations
    .filter(({ open }) => open)
    .flatMap((escalation) => {
      const failure = view.sessions.find(({ id }) => id === escalation.session)?.failure;
      const known = escalation.kind === 'failure' && failure ? describeFailure(failure, locale) : escalation.reason;
      return escalationLines(escalation, known, texts);
    });
}

function escalationLines(escalation: EscalationView, reason: string, texts: Texts): readonly string[] {
  const { id, level, specId } = escalation;
  const [, ...hints] = describeEscalation(escalation, specId, texts);
  return [texts.status.escalation(id, texts.level[level], reason), ...hints.map(indent)];
}

function indent(line: string): string {
  return `  ${line}`;
}

function terminalLine({ id, pid, status, evidence }: TerminalView, texts: Texts): string {
  return texts.status.terminal(id, String(pid), texts.agentStatus[status], evidence);
}
