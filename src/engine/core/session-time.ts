import type { SessionState, TerminalRecord } from './run-state.ts';

/** Milliseconds spent under the session's deadline at run time `t`. Waiting for a person, for the merge or for a retry costs nothing. */
export function spentMs(session: SessionState, t: number): number {
  return session.spentMs + (session.clockSinceT === undefined ? 0 : Math.max(0, t - session.clockSinceT));
}

/** Whether the deadline's clock runs in the session's present situation. */
export function clockRuns(session: SessionState): boolean {
  switch (session.phase.kind) {
    case 'preparing':
    case 'setup':
    case 'collecting':
    case 'gating':
    case 'judging':
      return true;
    case 'working':
      return !waitsForPerson(session);
    default:
      return false;
  }
}

/** Whether the live agent said that it waits for somebody. */
export function waitsForPerson(session: SessionState): boolean {
  return session.phase.kind === 'working' && liveAgent(session)?.status?.state === 'blocked';
}

/** The agent's terminal of the present attempt while it lives. */
export function liveAgent(session: SessionState): TerminalRecord | undefined {
  const last = session.terminals.at(-1);
  return last?.role === 'agent' && last.attempt === session.attempt && last.exit === undefined ? last : undefined;
}

/**
 * Progress of a session at run time `t`, 0..100, whole. Steps have fixed marks; inside `working` it nears the next mark by the share of the estimate that
 * has passed, which is a guess and shown as such. Never less than it was.
 */
export function progressAt(session: SessionState, t: number): number {
  if (session.status === 'completed') return 100;
  return Math.max(session.progressFloor, Math.floor(mark(session, t)));
}

function mark(session: SessionState, t: number): number {
  const { phase, spec } = session;
  const gates = Math.max(1, spec.gate.length);
  switch (phase.kind) {
    case 'preparing':
      return 2;
    case 'setup':
      return 5;
    case 'working': {
      const started = liveAgent(session)?.startedT ?? t;
      return 10 + 50 * (1 - Math.exp(-Math.max(0, t - started) / Math.max(1, spec.estimateMs)));
    }
    case 'collecting':
      return 62;
    case 'gating':
      return 65 + (20 * phase.index) / gates;
    case 'queued':
      return 86;
    case 'rebasing':
      return 88;
    case 'combined_gate':
      return 90 + (7 * phase.index) / gates;
    case 'merging':
      return 98;
    default:
      return 0;
  }
}
