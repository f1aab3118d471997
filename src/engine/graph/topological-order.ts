import type { CompiledGraph } from './compile-graph.ts';

/** Dependencies first; what waits for a cycle, or is in one, is missing. */
export interface TopologicalOrder {
  readonly order: Int32Array;
  /** True when every node has its place, that is, there is no cycle. */
  readonly isComplete: boolean;
}

/**
 * Kahn's algorithm with a plain queue: nodes that become free together stay in the given order, and the result goes wave by wave.
 */
export function topologicalOrder(graph: CompiledGraph): TopologicalOrder {
  const { dependencies, dependents } = graph;
  const size = graph.ids.length;
  const waiting = new Int32Array(size);
  const queue = new Int32Array(size);
  let end = 0;
  for (let node = 0; node < size; node++) {
    const count = (dependencies.offsets[node + 1] ?? 0) - (dependencies.offsets[node] ?? 0);
    waiting[node] = count;
    if (count === 0) queue[end++] = node;
  }
  const { offsets, targets } = dependents;
  for (let at = 0; at < end; at++) {
    const node = queue[at] ?? 0;
    const last = offsets[node + 1] ?? 0;
    for (let edge = offsets[node] ?? 0; edge < last; edge++) {
      const dependent = targets[edge] ?? 0;
      const left = (waiting[dependent] ?? 0) - 1;
      waiting[dependent] = left;
      if (left === 0) queue[end++] = dependent;
    }
  }
  return { order: queue.subarray(0, end), isComplete: end === size };
}
