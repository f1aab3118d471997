import { describeFailure } from '../../engine/model/describe-failure.ts';
import type { EscalationView, RunView, SessionView, TerminalView } from '../../engine/model/run-view.ts';
import { isFinal } from '../../engine/model/status.ts';
import type { RunPart } from '../run/run-part.ts';
import { formatDuration } from '../text/format-duration.ts';
import type { Language } from '../text/language.ts';
import {
  escalationWord,
  levelWord,
  roleWord,
  runLook,
  sessionLook,
  stepWord,
  terminalLook,
} from '../text/status-words.ts';
import { literal, type TreeItemModel } from './tree-item.ts';

/** The Sessions tree: the run, its sessions, and below each its open escalations and terminals. */
export function describeSessions(run: RunView, part: RunPart, language: Language): readonly TreeItemModel[] {
  const { t } = language;
  const done = run.sessions.filter(({ status }) => status === 'completed').length;
  const look =
    part === 'interrupted'
      ? { icon: 'debug-pause', color: 'charts.yellow', word: t('interrupted') }
      : runLook(run.result, language);
  const state = run.stopping && run.result === undefined ? t('stopping') : look.word;
  const count = t('{0}/{1} specs', done, run.sessions.length);
  const who = part === 'watching' ? t('orchestrated by another process') : '';
  const description = [state, count, who].filter((each) => each !== '').join(' · ');
  const label = t('Run {0}', run.runId.slice(0, 8));
  return [
    {
      id: `run:${run.runId}`,
      label,
      description,
      tooltip: runTooltip(run, part, language),
      icon: look.icon,
      ...(look.color === undefined ? {} : { color: look.color }),
      contextValue: `run.${part}`,
      expansion: 'expanded',
      spoken: [label, state, count, who].filter((each) => each !== '').join(', '),
      target: { kind: 'run', run },
      children: [
        ...openEscalations(run, undefined).map((each) => describeEscalation(run, each, language)),
        ...run.sessions.map((session) => describeSession(run, session, language)),
      ],
    },
  ];
}

function describeSession(run: RunView, session: SessionView, language: Language): TreeItemModel {
  const look = sessionLook(session.status, language);
  const details = sessionDetails(session, language);
  const children = [
    ...openEscalations(run, session).map((each) => describeEscalation(run, each, language)),
    ...session.terminals.toReversed().map((terminal) => describeTerminal({ run, session, terminal }, language)),
  ];
  return {
    id: `session:${session.id}`,
    label: session.spec.id,
    description: [look.word, ...details].join(' · '),
    tooltip: sessionTooltip(session, language),
    icon: look.icon,
    ...(look.color === undefined ? {} : { color: look.color }),
    contextValue: `session.${session.status}`,
    expansion: children.length === 0 ? 'none' : session.status === 'blocked' ? 'expanded' : 'collapsed',
    spoken: [session.spec.id, session.spec.title, look.word, ...details].join(', '),
    target: { kind: 'session', run, session },
    children,
  };
}

/** What goes on beside the status word: step and progress of a live session, the failure of an ended one. */
function sessionDetails(session: SessionView, language: Language): readonly string[] {
  const { t } = language;
  const tries = session.attempts > 1 ? [t('attempt {0}', session.attempts)] : [];
  if (session.failure) return [...tries, describeFailure(session.failure, language.locale)];
  if (session.status === 'pending') return tries;
  if (isFinal(session.status)) {
    return [...tries, ...(session.durationMs === undefined ? [] : [formatDuration(session.durationMs, language)])];
  }
  return [`${session.progress}%`, stepWord(session.step, language), ...tries];
}

function describeTerminal(
  { run, session, terminal }: { run: RunView; session: SessionView; terminal: TerminalView },
  language: Language,
): TreeItemModel {
  const { t } = language;
  const live = terminal.exit === undefined;
  const failed = terminal.exit !== undefined && (terminal.exit.reason !== 'exited' || terminal.exit.exitCode !== 0);
  const look = terminalLook(terminal.status, failed, language);
  const kind = terminal.role === 'agent' ? 'agent' : 'command';
  const role = roleWord(terminal.role, language);
  const control = live && terminal.control === 'person' ? [t('you type')] : [];
  return {
    id: `terminal:${run.runId}/${terminal.id}`,
    label: terminal.id,
    description: [role, look.word, ...control].join(' · '),
    tooltip: [
      `**${literal(terminal.id)}** ${literal(role)}: ${literal(look.word)}`,
      `\`${terminal.command.replaceAll('`', "'")}\``,
      t('Evidence: {0}', literal(terminal.evidence)),
      t('Attempt {0}, process {1}', terminal.attempt, terminal.pid),
      live ? t('Click to attach. Closing the terminal only detaches.') : t('Click to open the log.'),
    ].join('\n\n'),
    icon: look.icon,
    ...(look.color === undefined ? {} : { color: look.color }),
    contextValue: `${kind}.${live ? 'live' : 'ended'}`,
    expansion: 'none',
    spoken: [terminal.id, role, look.word, ...control].join(', '),
    command: live ? 'orchestra.attach' : 'orchestra.openLog',
    target: { kind: 'terminal', run, session, terminal },
    children: [],
  };
}

function describeEscalation(run: RunView, escalation: EscalationView, language: Language): TreeItemModel {
  const color = escalation.level === 'Warning' ? 'charts.yellow' : 'charts.red';
  const word = escalationWord(escalation.kind, language);
  const level = levelWord(escalation.level, language);
  return {
    id: `escalation:${run.runId}/${escalation.id}`,
    label: word,
    description: escalation.reason,
    tooltip: `**${literal(word)}** (${literal(level)})\n\n${literal(escalation.reason)}`,
    icon: escalation.kind === 'question' ? 'question' : escalation.kind === 'approval' ? 'shield' : 'bell',
    color,
    contextValue: `escalation.${escalation.kind}`,
    expansion: 'none',
    spoken: [word, level, escalation.reason].join(', '),
    command: 'orchestra.resolveEscalation',
    target: { kind: 'escalation', run, escalation },
    children: [],
  };
}

function openEscalations(run: RunView, session: SessionView | undefined): readonly EscalationView[] {
  return run.escalations.filter((each) => each.open && each.session === session?.id);
}

function runTooltip(run: RunView, part: RunPart, { t }: Language): string {
  return [
    `**${literal(run.runId)}**`,
    t('Started {0}', literal(run.startedAt)),
    t('Branch: {0}', `\`${run.integrationBranch}\``),
    t('At most {0} sessions at once; {1} retries so far', run.maxParallel, run.retriesUsed),
    ...(part === 'interrupted' ? [t('Nobody orchestrates this run. Resume it to go on.')] : []),
  ].join('\n\n');
}

function sessionTooltip(session: SessionView, language: Language): string {
  const { t, locale } = language;
  const last = session.terminals.at(-1);
  return [
    `**${literal(session.spec.id)}** ${literal(session.spec.title)}`,
    `${literal(sessionLook(session.status, language).word)}: ${literal(stepWord(session.step, language))}`,
    t('Attempts: {0}', session.attempts),
    ...(last ? [t('Evidence: {0}', literal(last.evidence))] : []),
    ...(session.failure ? [literal(describeFailure(session.failure, locale))] : []),
    ...(session.lastFailure ? [t('Last attempt: {0}', literal(describeFailure(session.lastFailure, locale)))] : []),
    ...(session.branch === undefined ? [] : [t('Branch: {0}', `\`${session.branch}\``)]),
    ...(session.worktree === undefined ? [] : [t('Worktree: {0}', `\`${session.worktree}\``)]),
  ].join('\n\n');
}
