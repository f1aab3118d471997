import type { RunEntry, RunEvent } from '../../../src/engine/model/run-event.ts';
import { foldersMeet, isMergeFailure, type Ledger, type LedgerSession } from './ledger.ts';
import { mustHold, type Rig } from './rig.ts';
import type { VirtualRepository } from './virtual-repository.ts';

/** What an entry is held against: everything before it, and the world as it is. */
export interface EntryContext {
  readonly rig: Rig;
  readonly ledger: Ledger;
  readonly repository: VirtualRepository;
  /** False while an old journal is read: the world is further on then. */
  readonly live: boolean;
}

/** Holds the next entry of a journal against what must be true before it. */
export function checkEntry(context: EntryContext, entry: RunEntry): void {
  const { ledger } = context;
  const { event } = entry;
  mustHold(
    'nothing after run_finished but another try',
    !ledger.finished || event.type === 'run_resumed' || event.type === 'retry_requested',
    () => `${event.type} follows run_finished.`,
  );
  const session = 'session' in event && event.session ? ledger.sessions.get(event.session) : undefined;
  if (event.type === 'attempt_started' && session) checkStart(ledger, session, event, entry.t);
  if (event.type === 'attempt_ended' && session) checkBudget(ledger, session, event);
  if (event.type === 'merge_started' && session) checkMergeStart(ledger, session);
  if (event.type === 'merge_done' && session) checkMergeDone(context, session);
  if (event.type === 'session_ended' && session) checkEnd(context, session, event);
  if (event.type === 'escalated') checkRaised(ledger, event);
  if (event.type === 'escalation_delivered') checkDelivered(context, event);
  if (event.type === 'run_finished') checkFinish(ledger, event);
}

function checkStart(
  ledger: Ledger,
  session: LedgerSession,
  event: Extract<RunEvent, { type: 'attempt_started' }>,
  t: number,
): void {
  const { spec } = session;
  const waiting = spec.dependsOn.filter((id) => ledger.bySpec.get(id)?.status !== 'completed');
  mustHold(
    'no start before its dependencies',
    waiting.length === 0,
    () => `${spec.id} starts before ${waiting.join()}.`,
  );
  mustHold('one attempt at a time', session.stage === 'idle', () => `${spec.id} starts while it is ${session.stage}.`);
  mustHold(
    'attempts are counted without a gap',
    event.attempt === session.attempt + 1,
    () => `${spec.id} starts attempt ${event.attempt} after ${session.attempt}.`,
  );
  mustHold('nothing starts in a stop', !ledger.stopping, () => `${spec.id} starts while the run is being stopped.`);
  mustHold('no start before its delay', session.dueT <= t, () => `${spec.id} starts at ${t}, due at ${session.dueT}.`);
  const hindrance = hindranceOf(ledger, session);
  mustHold('limits hold at each start', hindrance === undefined, () => `${spec.id} starts although ${hindrance}.`);
}

/** Why a session that is ready may not start now, in words; undefined when it may. */
export function hindranceOf(ledger: Ledger, session: LedgerSession): string | undefined {
  const { settings } = ledger;
  if (!settings) return 'the run has not begun';
  const { spec } = session;
  const holders = ledger.holders();
  const limit = Math.min(settings.maxParallel, settings.maxTerminals);
  if (holders.length >= limit) return `${holders.length} of ${limit} slots are in use`;
  const own = holders.filter((other) => other.spec.agent === spec.agent).length;
  const ownLimit = settings.agents[spec.agent]?.maxTerminals ?? Number.POSITIVE_INFINITY;
  if (own >= ownLimit) return `agent ${spec.agent} has ${own} of ${ownLimit} terminals`;
  const other = holders.find((holder) => foldersMeet(holder.spec, spec));
  if (other) return `${other.spec.id} touches the same files`;
  if (settings.mode === 'approve' && ledger.approvals.get(`${spec.id}:start`) !== 'granted')
    return 'nobody approved it';
  return undefined;
}

function checkBudget(
  ledger: Ledger,
  session: LedgerSession,
  event: Extract<RunEvent, { type: 'attempt_ended' }>,
): void {
  const retry = ledger.settings?.retry;
  if (event.next === 'none' || !retry) return;
  if (isMergeFailure(event.failure) || session.resolving) {
    mustHold(
      'rework is bounded',
      session.mergeReworks < retry.mergeRework,
      () => `${session.spec.id} is sent back a ${session.mergeReworks + 1}. time of ${retry.mergeRework}.`,
    );
    return;
  }
  mustHold(
    "retries stay within the session's budget",
    session.tries < retry.attempts,
    () => `${session.spec.id} gets another try after ${session.tries} of ${retry.attempts}.`,
  );
  mustHold(
    "retries stay within the run's budget",
    ledger.retries < retry.runBudget,
    () => `${session.spec.id} takes retry ${ledger.retries + 1} of ${retry.runBudget} in the run.`,
  );
}

function checkMergeStart(ledger: Ledger, session: LedgerSession): void {
  const other = [...ledger.sessions.values()].find((candidate) => candidate.merging);
  mustHold(
    'one merge at a time',
    other === undefined,
    () => `${session.spec.id} begins to merge while ${other?.spec.id} does.`,
  );
  const granted = ledger.approvals.get(`${session.spec.id}:merge`) === 'granted';
  mustHold(
    'no merge without approval',
    ledger.settings?.mode !== 'approve' || granted,
    () => `${session.spec.id} begins to merge and nobody approved it.`,
  );
}

function checkMergeDone({ repository, live }: EntryContext, session: LedgerSession): void {
  mustHold('merged once', !session.mergeDone, () => `The merge of ${session.spec.id} is recorded twice.`);
  mustHold(
    'what is recorded as merged is merged',
    !live || repository.isMerged(session.id),
    () => `${session.spec.id} is recorded as merged and is not.`,
  );
}

function checkEnd(
  { ledger, repository, live }: EntryContext,
  session: LedgerSession,
  event: Extract<RunEvent, { type: 'session_ended' }>,
): void {
  const { spec } = session;
  mustHold('one final status', session.stage !== 'ended', () => `${spec.id} ends again, as ${event.status}.`);
  mustHold(
    'completed means merged',
    (event.status === 'completed') === session.mergeDone,
    () => `${spec.id} ends as ${event.status}; merged: ${session.mergeDone}.`,
  );
  mustHold(
    'completed means merged in the world',
    !live || (event.status === 'completed') === repository.isMerged(session.id),
    () => `${spec.id} ends as ${event.status}; merged in the world: ${repository.isMerged(session.id)}.`,
  );
  const lost = spec.dependsOn.some((id) =>
    ['failed', 'timed_out', 'cancelled', 'skipped'].includes(statusOf(ledger, id)),
  );
  mustHold(
    'skipped for a dependency alone',
    event.status !== 'skipped' || lost,
    () => `${spec.id} is skipped, but no dependency ended badly.`,
  );
  mustHold(
    'cancelled by a person alone',
    event.status !== 'cancelled' || session.stopAsked,
    () => `${spec.id} is cancelled, but nobody asked for it.`,
  );
}

function statusOf(ledger: Ledger, id: LedgerSession['spec']['id']): string {
  return ledger.bySpec.get(id)?.status ?? 'open';
}

function checkRaised(ledger: Ledger, event: Extract<RunEvent, { type: 'escalated' }>): void {
  mustHold('one escalation for one cause', !ledger.keys.has(event.key), () => `${event.key} is raised again.`);
  mustHold('one number for one escalation', !ledger.escalations.has(event.id), () => `${event.id} is given twice.`);
}

function checkDelivered(
  { ledger, repository, live }: EntryContext,
  event: Extract<RunEvent, { type: 'escalation_delivered' }>,
): void {
  mustHold(
    'only raised escalations are delivered',
    ledger.escalations.has(event.id),
    () => `${event.id} was never raised.`,
  );
  mustHold(
    'a delivered escalation has its file',
    !live || repository.isDelivered(event.id),
    () => `${event.id} is recorded as delivered and has no file.`,
  );
}

function checkFinish(ledger: Ledger, event: Extract<RunEvent, { type: 'run_finished' }>): void {
  const sessions = [...ledger.sessions.values()];
  const open = sessions.filter((session) => session.stage !== 'ended');
  mustHold('a finished run has no open session', open.length === 0, () => `${open[0]?.spec.id} has not ended.`);
  const untold = [...ledger.escalations.keys()].filter((id) => !ledger.delivered.has(id));
  mustHold('every escalation is delivered', untold.length === 0, () => `${untold.join()} reached nobody.`);
  const completed = sessions.filter((session) => session.status === 'completed').length;
  const incomplete = completed > 0 ? 'partial_failure' : 'failed';
  const expected = completed === sessions.length ? 'completed' : ledger.stopping ? 'cancelled' : incomplete;
  mustHold('the counts add up', event.result === expected, () => `The result is ${event.result}, not ${expected}.`);
  for (const session of sessions) {
    const raised = ['failed', 'timed_out'].includes(session.status ?? '');
    mustHold(
      'each failure is an escalation',
      !raised || ledger.keys.has(`${session.id}:end:${session.attempt}`),
      () => `${session.spec.id} ended as ${session.status} and nobody was told.`,
    );
    const lost = session.spec.dependsOn.some((id) => statusOf(ledger, id) !== 'completed');
    mustHold(
      'dependents of unfinished work are skipped',
      !lost || session.status === 'skipped' || session.status === 'cancelled',
      () => `${session.spec.id} is ${session.status} although a dependency did not complete.`,
    );
  }
}
