import type { SessionId } from '../model/ids.ts';
import type { AttemptCause, RunEntry, RunEvent } from '../model/run-event.ts';
import { describeFailure } from '../model/describe-failure.ts';
import { applyTerminalEvent } from './apply-terminal.ts';
import { applyEscalationEvent, dropApprovalRequests } from './apply-escalation.ts';
import { afterGate, changeSession, closeWith, enterPhase } from './change-session.ts';
import { endSession, reopenSession } from './end-session.ts';
import { startState } from './start-state.ts';
import type { RunState } from './run-state.ts';

/**
 * Folds one journal entry into the state: the same entries give the same state, whatever the machine and the hour. The first entry must be `run_started`
 * (pass `undefined` as state); throws on any other, which the journal's reader has excluded. Updates and returns the state.
 */
export function applyEntry(before: RunState | undefined, entry: RunEntry): RunState {
  const { event } = entry;
  const state = before ?? firstState(entry);
  state.seq = entry.seq;
  state.t = Math.max(state.t, entry.t);
  applyEvent(state, event, entry.at);
  return state;
}

function firstState({ event, at }: RunEntry): RunState {
  if (event.type !== 'run_started') throw new Error(`A journal begins with run_started, not ${event.type}.`);
  return startState(event, at);
}

function applyEvent(state: RunState, event: RunEvent, at: string): void {
  switch (event.type) {
    case 'run_started':
      return;
    case 'run_resumed':
      resolveRunEscalations(state);
      return applyResumed(state, event);
    case 'run_finished':
      state.result = event.result;
      return;
    case 'stop_requested':
      return applyStop(state, event.session);
    case 'retry_requested':
      return reopenSession(state, event.session);
    case 'session_ended':
      return endSession(state, event);
    case 'terminal_started':
    case 'terminal_exited':
    case 'program_status':
    case 'control_changed':
      return applyTerminalEvent(state, event);
    case 'escalated':
    case 'escalation_delivered':
    case 'escalation_resolved':
    case 'approval_given':
    case 'answer_given':
    case 'answer_delivered':
      return applyEscalationEvent(state, event, at);
    default:
      return applyStepEvent(state, event);
  }
}

function applyResumed(state: RunState, event: Extract<RunEvent, { type: 'run_resumed' }>): void {
  const { maxParallel = state.settings.maxParallel, mode = state.settings.mode } = event;
  state.settings = { ...state.settings, maxParallel, mode };
  if (mode === 'auto') dropApprovalRequests(state);
}

/** Going on is the answer to what said that the run could not. */
function resolveRunEscalations(state: RunState): void {
  for (const escalation of state.escalations.values()) {
    if (escalation.kind === 'run') state.escalations.set(escalation.id, { ...escalation, open: false });
  }
}

type StepEvent = Extract<
  RunEvent,
  {
    type:
      | 'attempt_started'
      | 'worktree_ready'
      | 'work_collected'
      | 'merge_started'
      | 'merge_prepared'
      | 'merge_moved'
      | 'merge_done'
      | 'step_failed'
      | 'attempt_ended'
      | 'deadline_passed';
  }
>;

function applyStepEvent(state: RunState, event: StepEvent): void {
  const session = state.sessions.get(event.session);
  if (!session || session.status !== undefined) return;
  switch (event.type) {
    case 'attempt_started':
      changeSession(state, session, {
        attempt: event.attempt,
        cause: event.cause,
        tries: session.tries + (event.cause === 'answer' || session.resolving ? 0 : 1),
        startedT: session.startedT ?? state.t,
      });
      return enterPhase(state, event.session, { kind: 'preparing' });
    case 'worktree_ready':
      changeSession(state, session, { worktree: event.path, branch: event.branch, baseCommit: event.baseCommit });
      return enterPhase(state, event.session, firstTerminalPhase(state, session.cause));
    case 'work_collected':
      changeSession(state, session, { commit: event.commit });
      if (!event.changed && !session.spec.allowEmpty) {
        return enterPhase(state, event.session, { kind: 'judging', failure: { reason: 'nothing_changed' } });
      }
      return afterGate(state, event.session, -1);
    case 'merge_started':
      changeSession(state, session, { mergeRound: session.mergeRound + 1 });
      return enterPhase(state, event.session, { kind: 'rebasing' });
    case 'merge_prepared': {
      const { commit, tip } = event;
      const gated = event.needsGate && session.spec.gate.length > 0;
      return enterPhase(
        state,
        event.session,
        gated ? { kind: 'combined_gate', index: 0, launched: false, commit, tip } : { kind: 'merging', commit, tip },
      );
    }
    case 'merge_moved':
      changeSession(state, session, { mergeRound: session.mergeRound + 1 });
      return enterPhase(state, event.session, { kind: 'rebasing' });
    case 'merge_done':
      changeSession(state, session, { mergeCommit: event.mergeCommit, resolving: false });
      return enterPhase(state, event.session, { kind: 'closing' });
    case 'step_failed':
      return enterPhase(state, event.session, { kind: 'judging', failure: event.failure });
    case 'deadline_passed':
      return closeWith(state, event.session, {
        status: 'timed_out',
        failure: { reason: 'timeout', scope: 'session', limitMs: event.limitMs },
      });
    case 'attempt_ended':
      return applyAttemptEnd(state, event);
  }
}

/** Only a fresh worktree is set up; one that was kept has been. */
function firstTerminalPhase(state: RunState, cause: AttemptCause) {
  const isKept = cause === 'rework' || cause === 'answer';
  return state.settings.workspace.setup.length > 0 && !isKept
    ? ({ kind: 'setup', index: 0, launched: false } as const)
    : ({ kind: 'working', launched: false } as const);
}

function applyAttemptEnd(state: RunState, event: Extract<RunEvent, { type: 'attempt_ended' }>): void {
  const session = state.sessions.get(event.session);
  if (!session) return;
  const { failure, next } = event;
  if (next === 'none') return closeWith(state, event.session, { status: 'failed', failure });
  const afterMerge =
    failure.reason === 'conflict' || (failure.reason === 'gate_red' && failure.combined) || session.resolving;
  if (!afterMerge) state.retriesUsed += 1;
  changeSession(state, session, {
    lastFailure: failure,
    resolving: afterMerge,
    mergeReworks: session.mergeReworks + (afterMerge ? 1 : 0),
  });
  state.unescalated.set(`${session.id}:retry:${session.attempt}`, {
    key: `${session.id}:retry:${session.attempt}`,
    session: session.id,
    level: 'Warning',
    kind: 'retry',
    reason: describeFailure(failure),
  });
  enterPhase(state, event.session, { kind: 'waiting', cause: next, dueT: event.dueT });
}

function applyStop(state: RunState, session: SessionId | undefined): void {
  const ending = { status: 'cancelled', failure: { reason: 'stopped' } } as const;
  if (session !== undefined) return closeWith(state, session, ending);
  state.stopping = true;
  for (const id of state.sessions.keys()) closeWith(state, id, ending);
}
