import type { RunState, SessionState } from '../../../src/engine/core/run-state.ts';
import { progressAt, waitsForPerson } from '../../../src/engine/core/session-time.ts';
import type { SessionId } from '../../../src/engine/model/ids.ts';
import { hindranceOf } from './entry-invariants.ts';
import type { Ledger } from './ledger.ts';
import { mustHold } from './rig.ts';

/** Everything that must hold whenever conclusions have come to an end. */
export function checkSettled(state: RunState, ledger: Ledger, t: number): void {
  checkIndexes(state);
  checkLedger(state, ledger);
  checkIdleness(ledger, t);
  checkOpenEscalations(state);
  checkWaiters(state);
}

/** The lists that the core keeps for speed say what the sessions themselves say. */
function checkIndexes(state: RunState): void {
  const sessions = [...state.sessions.values()];
  const of = (holds: (session: SessionState) => boolean): string =>
    sessions
      .filter(holds)
      .map((session) => session.id)
      .toSorted()
      .join();
  const same = (name: string, index: Iterable<SessionId>, expected: string): void => {
    const listed = [...index].toSorted().join();
    mustHold('the indexes agree', listed === expected, () => `${name}: [${listed}] and not [${expected}].`);
  };
  same(
    'active',
    state.active,
    of(({ phase }) => phase.kind !== 'waiting' && phase.kind !== 'ended'),
  );
  same(
    'mergeQueue',
    state.mergeQueue,
    of(({ phase }) => phase.kind === 'queued'),
  );
  const merging = of(({ phase }) => ['rebasing', 'combined_gate', 'merging'].includes(phase.kind));
  same('merging', state.merging === undefined ? [] : [state.merging], merging);
  same(
    'ready',
    state.ready,
    of((session) => session.phase.kind === 'waiting' && dependenciesMet(state, session)),
  );
  same('doomed', state.doomed.keys(), '');
  const ended = sessions.filter((session) => session.status !== undefined).length;
  mustHold('the indexes agree', state.endedCount === ended, () => `endedCount is ${state.endedCount}, not ${ended}.`);
}

function dependenciesMet(state: RunState, session: SessionState): boolean {
  return session.spec.dependsOn.every((needed) => {
    const id = state.sessionOfSpec.get(needed);
    return id !== undefined && state.sessions.get(id)?.status === 'completed';
  });
}

/** The core and the plain reading of the same journal agree about every session. */
function checkLedger(state: RunState, ledger: Ledger): void {
  for (const session of ledger.sessions.values()) {
    const own = state.sessions.get(session.id);
    mustHold(
      'the state is what the journal says',
      own?.status === session.status && own?.attempt === session.attempt,
      () =>
        `${session.spec.id}: ${own?.status}, attempt ${own?.attempt}; the journal: ${session.status}, attempt ${session.attempt}.`,
    );
  }
}

/** Work that could run never waits while a slot is free. */
function checkIdleness(ledger: Ledger, t: number): void {
  if (ledger.stopping || ledger.finished) return;
  for (const session of ledger.sessions.values()) {
    if (session.stage !== 'idle' || session.dueT > t) continue;
    if (session.spec.dependsOn.some((id) => ledger.bySpec.get(id)?.status !== 'completed')) continue;
    const hindrance = hindranceOf(ledger, session);
    mustHold('ready work is never idle', hindrance !== undefined, () => `${session.spec.id} could start and does not.`);
    const asked = ledger.approvals.has(`${session.spec.id}:start`);
    mustHold(
      'a step that waits for approval has asked for it',
      hindrance !== 'nobody approved it' || asked,
      () => `${session.spec.id} waits for an approval that nobody was asked for.`,
    );
  }
}

/** Escalations are open only as long as somebody can do something about them. */
function checkOpenEscalations(state: RunState): void {
  for (const escalation of state.escalations.values()) {
    if (!escalation.open || escalation.session === undefined) continue;
    const session = state.sessions.get(escalation.session);
    if (!session) continue;
    const { kind } = escalation;
    const ended = session.status !== undefined;
    const mayStay = kind === 'kill' || (kind === 'failure' && session.status !== 'completed');
    mustHold(
      'resolved escalations are closed',
      !ended || mayStay,
      () => `${escalation.id} (${kind}) is open, but ${session.spec.id} is ${session.status}.`,
    );
    mustHold(
      'resolved escalations are closed',
      kind !== 'question' || session.openQuestion === escalation.id,
      () => `${escalation.id} is an open question, but ${session.spec.id} waits for ${session.openQuestion}.`,
    );
    const decided = state.settings.mode === 'auto' || state.approvals.has(escalation.step ?? '');
    mustHold(
      'resolved escalations are closed',
      kind !== 'approval' || !decided,
      () => `${escalation.id} asks for an approval of ${escalation.step} that nobody needs.`,
    );
  }
}

/** Whoever waits for a person has asked that person, and the question can still be answered. */
function checkWaiters(state: RunState): void {
  for (const session of state.sessions.values()) {
    if (session.status !== undefined || session.ending) continue;
    const waits = session.phase.kind === 'asking' || waitsForPerson(session);
    const open = session.openQuestion !== undefined && state.escalations.get(session.openQuestion)?.open === true;
    mustHold('who waits has asked', !waits || open, () => `${session.spec.id} waits for a person who was not asked.`);
  }
}

/** Progress is a whole number of 0..100 that only grows while one process looks; it is remembered in `seen`. */
export function checkProgress(state: RunState, t: number, seen: Map<SessionId, number>): void {
  for (const session of state.sessions.values()) {
    const progress = progressAt(session, t);
    const before = seen.get(session.id) ?? 0;
    const valid = Number.isInteger(progress) && progress >= before && progress <= 100;
    mustHold('progress never goes back', valid, () => `${session.spec.id} is at ${progress} after ${before}.`);
    seen.set(session.id, progress);
  }
}
