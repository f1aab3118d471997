import type { EscalationId } from '../model/ids.ts';
import type { Command } from './command.ts';
import type { RunState, SessionState } from './run-state.ts';

/** Whether a step may go on; in approve mode asks a person once and answers false until one has released it. */
export function isReleased(
  state: RunState,
  session: SessionState,
  what: 'start' | 'merge',
  commands: Command[],
): boolean {
  if (state.settings.mode === 'auto') return true;
  const step = `${session.spec.id}:${what}`;
  const granted = state.approvals.get(step);
  if (granted !== undefined) return granted;
  const key = `${session.id}:approve:${step}`;
  if (state.escalationKeys.has(key)) return false;
  commands.push({
    kind: 'record',
    id: key,
    event: {
      type: 'escalated',
      id: nextEscalationId(state, commands),
      key,
      session: session.id,
      level: 'Warning',
      kind: 'approval',
      reason: `${step} waits for your approval to ${what}.`,
      step,
    },
  });
  return false;
}

/** The number after those that are raised and those about to be. */
export function nextEscalationId(state: RunState, commands: readonly Command[]): EscalationId {
  const raised = commands.filter((command) => command.kind === 'record' && command.event.type === 'escalated').length;
  return `esc-${state.escalations.size + raised + 1}` as EscalationId;
}
