import { assertNever } from '../../base/assert-never.ts';
import type { SessionFailure } from '../model/session-failure.ts';
import type { RunState, SessionState } from './run-state.ts';

/** What follows a failed attempt, and not before which run time. */
export interface NextStep {
  readonly next: 'retry' | 'rework' | 'none';
  readonly dueT: number;
}

/**
 * Decides what follows a failed attempt. `rework` keeps the worktree and tells the agent what was wrong, at once; `retry` starts from a fresh cut after the delay. Both are
 * bounded: by the session's tries and the run's budget, or, where the cause is what others merged meanwhile, by `merge_rework` alone.
 */
export function nextAfterFailure(state: RunState, session: SessionState, failure: SessionFailure, t: number): NextStep {
  const reaction = reactionTo(failure);
  const { retry } = state.settings;
  const none: NextStep = { next: 'none', dueT: t };
  if (reaction === 'none') return none;
  const afterMerge =
    failure.reason === 'conflict' || (failure.reason === 'gate_red' && failure.combined) || session.resolving;
  const allowed = afterMerge
    ? session.mergeReworks < retry.mergeRework
    : session.tries < retry.attempts && state.retriesUsed < retry.runBudget;
  if (!allowed) return none;
  return { next: reaction, dueT: reaction === 'retry' ? t + retry.delayMs : t };
}

/** The one table of reactions. */
function reactionTo(failure: SessionFailure): NextStep['next'] {
  switch (failure.reason) {
    case 'nothing_changed':
    case 'work_refused':
    case 'gate_red':
    case 'conflict':
      return 'rework';
    case 'agent_exit':
    case 'agent_lost':
    case 'setup_failed':
    case 'workspace':
      return 'retry';
    case 'spawn_failed':
    case 'timeout':
    case 'stopped':
    case 'refused':
    case 'dependency':
      return 'none';
    default:
      return assertNever(failure);
  }
}
