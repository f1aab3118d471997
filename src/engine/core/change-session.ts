import type { SessionId } from '../model/ids.ts';
import { clockRuns, progressAt, spentMs } from './session-time.ts';
import { enqueueReady } from './start-state.ts';
import type { Phase, RunState, SessionState } from './run-state.ts';

/** Replaces parts of a session and keeps its clock and progress right at the state's time. Returns the new session. */
export function changeSession(state: RunState, session: SessionState, change: Partial<SessionState>): SessionState {
  const { clockSinceT: _stopped, ...settled } = {
    ...session,
    spentMs: spentMs(session, state.t),
    progressFloor: progressAt(session, state.t),
    ...change,
  };
  const next = clockRuns(settled) ? { ...settled, clockSinceT: state.t } : settled;
  state.sessions.set(session.id, next);
  return next;
}

/** Moves a session to `phase`, unless it is bound to end: then nothing new begins and it closes. Keeps the indexes of the state. */
export function enterPhase(state: RunState, id: SessionId, phase: Phase): void {
  const session = state.sessions.get(id);
  if (!session || session.status !== undefined) return;
  const target: Phase = session.ending && phase.kind !== 'ended' && !session.mergeCommit ? { kind: 'closing' } : phase;
  leaveIndexes(state, session);
  changeSession(state, session, { phase: target });
  if (target.kind === 'waiting') {
    if (state.unmet.get(id) === 0) enqueueReady(state, id);
    return;
  }
  if (target.kind === 'ended') return;
  state.active.add(id);
  if (target.kind === 'queued') state.mergeQueue.push(id);
  if (target.kind === 'rebasing' || target.kind === 'combined_gate' || target.kind === 'merging') state.merging = id;
}

/** Takes a session out of every index; the next phase puts it where it belongs. */
export function leaveIndexes(state: RunState, session: SessionState): void {
  const { id } = session;
  state.active.delete(id);
  state.doomed.delete(id);
  if (state.merging === id) state.merging = undefined;
  if (session.phase.kind === 'waiting') removeFrom(state.ready, id);
  if (session.phase.kind === 'queued') removeFrom(state.mergeQueue, id);
}

function removeFrom(list: SessionId[], id: SessionId): void {
  const index = list.indexOf(id);
  if (index >= 0) list.splice(index, 1);
}

/**
 * Binds a session to an end. What is under way finishes or is killed first; a phase in which nothing can be under way closes at once. The first reason stays, and work
 * that is being merged is not taken back.
 */
export function closeWith(state: RunState, id: SessionId, ending: NonNullable<SessionState['ending']>): void {
  const session = state.sessions.get(id);
  if (!session || session.status !== undefined || session.ending || session.mergeCommit) return;
  changeSession(state, session, { ending });
  dropDrafts(state, id);
  const idle = ['waiting', 'asking', 'queued', 'judging'].includes(session.phase.kind);
  if (idle) enterPhase(state, id, { kind: 'closing' });
}

/** Takes back what was to be raised about a session and no longer matters; its failure and survivors of a kill still do. */
export function dropDrafts(state: RunState, id: SessionId): void {
  for (const [key, { session, kind }] of state.unescalated) {
    if (session === id && kind !== 'failure' && kind !== 'kill') state.unescalated.delete(key);
  }
}

/** What follows gate command `index` (-1: the collecting before the first). */
export function afterGate(state: RunState, id: SessionId, index: number): void {
  const session = state.sessions.get(id);
  if (!session) return;
  const more = index + 1 < session.spec.gate.length;
  enterPhase(state, id, more ? { kind: 'gating', index: index + 1, launched: false } : { kind: 'queued' });
}
