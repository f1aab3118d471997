import type { RunView, SessionView } from '../../engine/model/run-view.ts';
import type { TerminalId } from '../../engine/model/ids.ts';
import type { Texts } from '../texts/en.ts';

/** The path, as it is shown, of a terminal's transcript. */
export type TranscriptOf = (terminal: TerminalId) => string;

/** Where a finished run has left things: its branch and how to merge it, escalations, transcripts and worktrees of what was not accepted. */
export function formatWhere(view: RunView, { where }: Texts, transcriptOf: TranscriptOf): readonly string[] {
  const some = view.sessions.some(({ status }) => status === 'completed');
  const missed = view.sessions.filter(({ status }) => status !== 'completed' && status !== 'skipped');
  return [
    where.title,
    where.branch(view.integrationBranch),
    ...(some ? [where.merge(view.runId)] : []),
    ...missed.flatMap((session) => [
      ...escalationFiles(view, session).map((file) => where.escalation(session.spec.id, file)),
      ...tellingTerminals(session).map((terminal) => where.transcript(session.spec.id, transcriptOf(terminal))),
      ...(session.worktree === undefined ? [] : [where.worktree(session.spec.id, session.worktree)]),
    ]),
    ...(missed.length > 0 ? [where.retry(view.runId)] : []),
  ];
}

function escalationFiles(view: RunView, session: SessionView): readonly string[] {
  return view.escalations
    .filter((escalation) => escalation.session === session.id && escalation.kind === 'failure')
    .map(({ file }) => file)
    .filter((file) => file !== undefined);
}

/** The terminal that the failure names, else the last agent's. */
function tellingTerminals({ failure, terminals }: SessionView): readonly TerminalId[] {
  const named = failure && 'terminal' in failure ? terminals.filter(({ id }) => id === failure.terminal) : [];
  const agents = terminals.filter(({ role }) => role === 'agent');
  return [...named, ...agents]
    .map(({ id }) => id)
    .slice(named.length > 0 ? 0 : -1)
    .slice(0, 1);
}
