import type { SessionId, SpecId } from '../model/ids.ts';
import type { RunEvent, RunSpec } from '../model/run-event.ts';
import type { RunState, SessionState } from './run-state.ts';

/** The state right after `run_started`: every session waits. */
export function startState(event: Extract<RunEvent, { type: 'run_started' }>, at: string): RunState {
  const sessions = new Map<SessionId, SessionState>();
  const sessionOfSpec = new Map<SpecId, SessionId>();
  const dependents = new Map<SpecId, SpecId[]>();
  const rank = new Map<SessionId, number>();
  const unmet = new Map<SessionId, number>();
  for (const [index, spec] of event.specs.entries()) {
    const id = `${event.runId}/${spec.id}` as SessionId;
    sessions.set(id, newSession(id, spec));
    sessionOfSpec.set(spec.id, id);
    rank.set(id, index);
    unmet.set(id, spec.dependsOn.length);
    for (const needed of spec.dependsOn) {
      const list = dependents.get(needed);
      if (list) list.push(spec.id);
      else dependents.set(needed, [spec.id]);
    }
  }
  const state: RunState = {
    runId: event.runId,
    settings: event.settings,
    base: event.base,
    integrationBranch: event.integrationBranch,
    startedAt: at,
    seq: 0,
    t: 0,
    sessions,
    sessionOfSpec,
    dependents,
    rank,
    unmet,
    ready: [],
    active: new Set(),
    mergeQueue: [],
    merging: undefined,
    doomed: new Map(),
    endedCount: 0,
    retriesUsed: 0,
    stopping: false,
    approvals: new Map(),
    escalations: new Map(),
    escalationKeys: new Set(),
    unescalated: new Map(),
    undelivered: new Set(),
    result: undefined,
  };
  for (const id of sessions.keys()) if (unmet.get(id) === 0) enqueueReady(state, id);
  return state;
}

/** Puts a waiting session among the ready ones: longest remaining chain first, then the plan's order. */
export function enqueueReady(state: RunState, id: SessionId): void {
  let low = 0;
  let high = state.ready.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = state.ready[middle];
    if (other !== undefined && comesBefore(state, other, id)) low = middle + 1;
    else high = middle;
  }
  state.ready.splice(low, 0, id);
}

function comesBefore(state: RunState, left: SessionId, right: SessionId): boolean {
  const difference =
    (state.sessions.get(right)?.spec.criticalMs ?? 0) - (state.sessions.get(left)?.spec.criticalMs ?? 0);
  if (difference !== 0) return difference < 0;
  return (state.rank.get(left) ?? 0) < (state.rank.get(right) ?? 0);
}

function newSession(id: SessionId, spec: RunSpec): SessionState {
  return {
    id,
    spec,
    phase: { kind: 'waiting', cause: 'first', dueT: 0 },
    attempt: 0,
    cause: 'first',
    tries: 0,
    mergeReworks: 0,
    resolving: false,
    mergeRound: 0,
    terminals: [],
    questions: 0,
    answers: [],
    spentMs: 0,
    progressFloor: 0,
  };
}
