import type { Random } from './random.ts';
import type { Scenario } from './scenario.ts';
import type { Timeline } from './timeline.ts';

/** What every part of one simulated world shares. */
export interface Rig {
  readonly scenario: Scenario;
  readonly random: Random;
  readonly timeline: Timeline;
  /** What has happened in this world at least once. */
  readonly coverage: Set<Sight>;
  /** How often an orchestrator died before the run was over. */
  deaths: number;
  /** Notes what happens, for a breach and for those who watch; the text is made only when it is read. */
  note(line: () => string): void;
}

/** Everything that the worlds of a suite together must have shown. */
export const sights = [
  'kill',
  'kill_in_flush',
  'torn_line',
  'disk_full',
  'half_done_effect',
  'merge_without_event',
  'adopted_terminal',
  'exit_while_dead',
  'host_lost',
  'other_limits',
  'wall_jump',
  'time_leap',
  'lie',
  'hang',
  'crash',
  'signal',
  'spawn_failed',
  'ask_exit',
  'ask_live',
  'ask_permission',
  'typed_answer',
  'answer_at_terminal',
  'slow_death',
  'survivors',
  'late_fact',
  'red_gate',
  'red_combined_gate',
  'gate_hangs',
  'setup_failed',
  'worktree_failed',
  'work_refused',
  'conflict',
  'moved_tip',
  'merge_failed',
  'escalation_unwritable',
  'timed_out',
  'skipped',
  'refused',
  'stop_session',
  'stop_run',
  'retry_ended',
  'retry_finished_run',
  'acknowledged',
  'useless_request',
  'repeated_request',
  'request_while_dead',
  'approve_mode',
  'completed_run',
  'partial_failure_run',
  'failed_run',
  'cancelled_run',
] as const;

/** See {@link sights}. */
export type Sight = (typeof sights)[number];

/** A promise of the product that did not hold. */
export class Breach extends Error {
  readonly invariant: string;

  constructor(invariant: string, message: string) {
    super(message);
    this.name = 'Breach';
    this.invariant = invariant;
  }
}

/** Throws a {@link Breach} unless `holds`; `tell` is asked for the message only then. */
export function mustHold(invariant: string, holds: boolean, tell: () => string): asserts holds {
  if (!holds) throw new Breach(invariant, tell());
}
