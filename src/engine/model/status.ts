/** What a session, team or task is at (DESIGN 4). The last five are final. */
export type SessionStatus =
  'pending' | 'running' | 'blocked' | 'completed' | 'failed' | 'timed_out' | 'cancelled' | 'skipped';

/** A status that only a person's request can leave again. */
export type FinalStatus = Exclude<SessionStatus, 'pending' | 'running' | 'blocked'>;

/** How a run ended. */
export type RunResult = 'completed' | 'partial_failure' | 'failed' | 'cancelled';

/** What a live agent is at; `blocked` means that an approval is pending: nothing may be typed. */
export type AgentStatus = 'starting' | 'working' | 'waiting_input' | 'blocked' | 'reported' | 'exited';

/** Warning: work can go on. Error: a session failed, timed out or was refused. Critical: the run cannot go on. */
export type EscalationLevel = 'Warning' | 'Error' | 'Critical';

/** Whether nothing more happens to a session by itself. */
export function isFinal(status: SessionStatus): status is FinalStatus {
  return status !== 'pending' && status !== 'running' && status !== 'blocked';
}
