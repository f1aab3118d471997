import type { SessionId } from '../model/ids.ts';
import type { RunEvent } from '../model/run-event.ts';
import { describeFailure } from '../model/describe-failure.ts';
import { changeSession, dropDrafts, enterPhase, leaveIndexes } from './change-session.ts';
import { enqueueReady } from './start-state.ts';
import type { EscalationDraft, RunState, SessionState } from './run-state.ts';

/** Folds a session's end: its dependents are released or doomed, what was open about it is closed, and a failure becomes an escalation to be raised. */
export function endSession(state: RunState, event: Extract<RunEvent, { type: 'session_ended' }>): void {
  const session = state.sessions.get(event.session);
  if (!session || session.status !== undefined) return;
  leaveIndexes(state, session);
  changeSession(state, session, {
    phase: { kind: 'ended' },
    status: event.status,
    endedT: state.t,
    ...(event.failure ? { failure: event.failure } : {}),
  });
  state.endedCount += 1;
  closeEscalations(state, session.id);
  for (const spec of state.dependents.get(session.spec.id) ?? []) {
    const dependent = state.sessionOfSpec.get(spec);
    if (dependent !== undefined) settleDependent(state, dependent, session, event.status === 'completed');
  }
  if (event.status === 'failed' || event.status === 'timed_out') {
    const draft = endDraft(session, event);
    state.unescalated.set(draft.key, draft);
  }
}

function endDraft(session: SessionState, event: Extract<RunEvent, { type: 'session_ended' }>): EscalationDraft {
  return {
    key: `${session.id}:end:${session.attempt}`,
    session: session.id,
    level: 'Error',
    kind: 'failure',
    reason: event.failure ? describeFailure(event.failure) : `The session ended as ${event.status}.`,
  };
}

function settleDependent(state: RunState, id: SessionId, ended: SessionState, completed: boolean): void {
  const waits = state.sessions.get(id)?.phase.kind === 'waiting';
  if (!completed) {
    if (waits) state.doomed.set(id, ended.spec.id);
    return;
  }
  // Counted for a dependent that has ended as well: it may be tried again.
  const left = (state.unmet.get(id) ?? 0) - 1;
  state.unmet.set(id, left);
  if (left === 0 && waits) enqueueReady(state, id);
}

/** What was open about the session has no more to say; survivors of a kill stay open until a person has seen to them. */
function closeEscalations(state: RunState, session: SessionId): void {
  for (const escalation of state.escalations.values()) {
    if (escalation.session !== session || !escalation.open || escalation.kind === 'kill') continue;
    const { undeliveredAnswer: _gone, ...rest } = escalation;
    state.escalations.set(escalation.id, { ...rest, open: false });
  }
  dropDrafts(state, session);
}

/** Folds a person's wish to try an ended session again: it and what was skipped because of it wait anew, with a fresh budget. */
export function reopenSession(state: RunState, id: SessionId): void {
  const session = state.sessions.get(id);
  if (!session || session.status === undefined || session.status === 'completed') return;
  state.stopping = false;
  state.result = undefined;
  closeEscalations(state, id);
  const { status: _status, failure, ending: _ending, endedT: _endedT, openQuestion: _question, ...rest } = session;
  state.endedCount -= 1;
  changeSession(
    state,
    { ...rest, ...(failure ? { lastFailure: failure } : {}) },
    {
      tries: 0,
      mergeReworks: 0,
      resolving: false,
      spentMs: 0,
    },
  );
  for (const step of [`${session.spec.id}:start`, `${session.spec.id}:merge`]) {
    if (state.approvals.get(step) === false) state.approvals.delete(step);
    state.escalationKeys.delete(`${id}:approve:${step}`);
  }
  state.escalationKeys.delete(`${id}:end:${session.attempt}`);
  state.unescalated.delete(`${id}:end:${session.attempt}`);
  const cause = session.attempt === 0 ? 'first' : 'requested';
  enterPhase(state, id, { kind: 'waiting', cause, dueT: 0 });
  doomIfBlocked(state, id, session);
  reopenSkipped(state, session);
}

function doomIfBlocked(state: RunState, id: SessionId, session: SessionState): void {
  for (const needed of session.spec.dependsOn) {
    const other = state.sessions.get(state.sessionOfSpec.get(needed) ?? id);
    if (other?.status !== undefined && other.status !== 'completed') state.doomed.set(id, needed);
  }
}

function reopenSkipped(state: RunState, session: SessionState): void {
  for (const spec of state.dependents.get(session.spec.id) ?? []) {
    const id = state.sessionOfSpec.get(spec);
    const dependent = id === undefined ? undefined : state.sessions.get(id);
    if (id !== undefined && (dependent?.status === 'skipped' || dependent?.status === 'cancelled'))
      reopenSession(state, id);
    else if (id !== undefined && dependent !== undefined && state.doomed.delete(id)) {
      doomIfBlocked(state, id, dependent);
    }
  }
}
