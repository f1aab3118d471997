import { describeFailure } from '../../engine/model/describe-failure.ts';
import type { RunSpec } from '../../engine/model/run-event.ts';
import type { EscalationView, RunView, SessionView, TerminalView } from '../../engine/model/run-view.ts';
import type { EscalationRow, GraphNode, GraphState, TerminalRow } from '../../webview/protocol.ts';
import { formatDuration } from '../text/format-duration.ts';
import type { Language } from '../text/language.ts';
import { escalationWord, roleWord, runLook, sessionLook, stepWord, terminalLook } from '../text/status-words.ts';

/** The Graph page for a run. */
export function graphState(run: RunView, language: Language): GraphState {
  const { t } = language;
  const { icon, word } = runLook(run.result, language);
  const critical = new Set(criticalPath(run.sessions.map(({ spec }) => spec)));
  const done = run.sessions.filter(({ status }) => status === 'completed').length;
  const open = run.escalations.filter((escalation) => escalation.open);
  return {
    ...{ runId: run.runId, icon, word },
    summary: t('{0}/{1} specs · {2}', done, run.sessions.length, formatDuration(run.durationMs, language)),
    nodes: run.sessions.map((session) =>
      graphNode({ session, critical: critical.has(session.spec.id), escalations: open }, language),
    ),
    escalations: open.filter(({ session }) => session === undefined).map((each) => escalationRow(each, language)),
  };
}

/** The chain of specs that takes longest, from its first to its last. */
export function criticalPath(specs: readonly Pick<RunSpec, 'id' | 'dependsOn' | 'criticalMs'>[]): readonly string[] {
  const path: string[] = [];
  const longest = (candidates: typeof specs): (typeof specs)[number] | undefined =>
    candidates.reduce<(typeof specs)[number] | undefined>(
      (best, each) => (best === undefined || each.criticalMs > best.criticalMs ? each : best),
      undefined,
    );
  for (let spec = longest(specs); spec;) {
    const { id } = spec;
    path.push(id);
    spec = longest(specs.filter(({ dependsOn }) => dependsOn.includes(id)));
  }
  return path;
}

interface NodeInput {
  readonly session: SessionView;
  readonly critical: boolean;
  readonly escalations: readonly EscalationView[];
}

function graphNode({ session, critical, escalations }: NodeInput, language: Language): GraphNode {
  const { spec, failure, lastFailure, branch, durationMs } = session;
  const { icon, word } = sessionLook(session.status, language);
  const reason = failure ?? lastFailure;
  return {
    ...{ id: spec.id, session: session.id, title: spec.title, status: session.status, icon, word },
    step: stepWord(session.step, language),
    progress: session.progress,
    attempts: session.attempts,
    dependsOn: spec.dependsOn,
    critical,
    ...(reason === undefined ? {} : { failure: describeFailure(reason, language.locale) }),
    ...(branch === undefined ? {} : { branch }),
    ...(durationMs === undefined ? {} : { duration: formatDuration(durationMs, language) }),
    terminals: session.terminals.toReversed().map((terminal) => terminalRow(terminal, language)),
    escalations: escalations.filter((each) => each.session === session.id).map((each) => escalationRow(each, language)),
  };
}

function terminalRow(terminal: TerminalView, language: Language): TerminalRow {
  const { exit } = terminal;
  const failed = exit !== undefined && (exit.reason !== 'exited' || exit.exitCode !== 0);
  const { icon, word } = terminalLook(terminal.status, failed, language);
  return {
    ...{ id: terminal.id, icon, word, evidence: terminal.evidence },
    role: roleWord(terminal.role, language),
    live: exit === undefined,
  };
}

function escalationRow({ id, kind, reason, step }: EscalationView, language: Language): EscalationRow {
  return { id, kind, title: escalationWord(kind, language), reason, ...(step === undefined ? {} : { step }) };
}
