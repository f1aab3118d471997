import type { SessionId } from '../model/ids.ts';
import { touchesOverlap } from '../graph/touches-overlap.ts';
import type { Command } from './command.ts';
import { isReleased } from './release.ts';
import type { RunState, SessionState } from './run-state.ts';

/**
 * Names the sessions that start now: ready ones by remaining chain, while slots, terminals and their agent's own limit last, and only beside others that touch other
 * files. One that cannot start for its own reasons never keeps the next from starting.
 */
export function scheduleStarts(state: RunState, t: number, commands: Command[]): void {
  const limit = Math.min(state.settings.maxParallel, state.settings.maxTerminals);
  const running = slotHolders(state)
    .map((id) => state.sessions.get(id))
    .filter((session) => session !== undefined);
  for (const id of state.ready) {
    if (running.length >= limit && state.settings.mode === 'auto') break;
    const session = state.sessions.get(id);
    if (!session || !isReleased(state, session, 'start', commands)) continue;
    if (running.length >= limit || !mayStart(state, session, running, t)) continue;
    running.push(session);
    commands.push(start(session, id));
  }
}

function start(session: SessionState, id: SessionId): Command {
  const attempt = session.attempt + 1;
  const cause = session.phase.kind === 'waiting' ? session.phase.cause : 'first';
  return {
    kind: 'record',
    id: `${id}#${attempt}:start`,
    event: { type: 'attempt_started', session: id, attempt, cause },
  };
}

function mayStart(state: RunState, session: SessionState, running: readonly SessionState[], t: number): boolean {
  if (session.phase.kind !== 'waiting' || session.phase.dueT > t || state.doomed.has(session.id)) return false;
  const ownLimit = state.settings.agents[session.spec.agent]?.maxTerminals;
  if (ownLimit !== undefined) {
    const own = running.filter((other) => other.spec.agent === session.spec.agent).length;
    if (own >= ownLimit) return false;
  }
  return !running.some((other) => touchesOverlap(session.spec.touches, other.spec.touches));
}

/** Sessions that use one of the `max_parallel` slots: from their start to their end, except while they wait for a person's answer with no program running. */
function slotHolders(state: RunState): SessionId[] {
  return [...state.active].filter((id) => {
    const kind = state.sessions.get(id)?.phase.kind;
    return kind !== 'asking' && kind !== 'closing';
  });
}
