import type { SpecId } from './ids.ts';
import type { Spec } from './spec.ts';

/** Where an estimate comes from, most trusted first. */
export type EstimateSource = 'history' | 'spec' | 'default';

/** One spec of a plan with what scheduling needs to know about it. */
export interface PlannedSpec {
  readonly spec: Spec;
  /** False for one that is here only because a selected one depends on it. */
  readonly selected: boolean;
  readonly estimateMs: number;
  readonly estimateSource: EstimateSource;
  /** Milliseconds from this spec's start to the end of the longest chain that it holds up, itself included. */
  readonly criticalMs: number;
}

/** What a run would do: the output of a dry run and the input of a run. */
export interface Plan {
  /** In topological order. */
  readonly specs: readonly PlannedSpec[];
  readonly order: readonly SpecId[];
  /** Specs by their distance from those that depend on nothing. A display of the graph; the scheduler knows no waves. */
  readonly waves: readonly (readonly SpecId[])[];
  readonly criticalPath: readonly SpecId[];
  /** Wall clock at `maxParallel`, simulated with the estimates; approximate by nature. */
  readonly estimateMs: number;
  readonly maxParallel: number;
}
