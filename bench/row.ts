/** One line of a benchmark's report: both figures were measured in the same run, interleaved. */
export interface BenchRow {
  readonly what: string;
  readonly unit: string;
  /** Our median. */
  readonly ours: number;
  /** The median of what it is compared with; a fixed limit where there is no peer. */
  readonly anchor: number;
  readonly ratio: number;
  /** The ratio that is aimed at. */
  readonly goal: number;
  readonly met: boolean;
}

/** A row from two figures where less is better: met when ours is at most `goal` times the anchor. */
export function makeRow(what: string, unit: string, figures: { ours: number; anchor: number; goal: number }): BenchRow {
  const { ours, anchor, goal } = figures;
  const ratio = ours / anchor;
  return { what, unit, ours, anchor, ratio, goal, met: ratio <= goal };
}

/** The middle of some figures; NaN of none. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
