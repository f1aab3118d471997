import type { CompiledGraph } from './compile-graph.ts';

/** The longest chain of a graph, and how much each node holds up. */
export interface CriticalPath {
  /** For each node the milliseconds from its start to the end of the longest chain it begins, itself included. */
  readonly criticalMs: Float64Array;
  /** A longest chain, dependencies first; of equals the one that comes first in the given order. */
  readonly path: readonly number[];
}

/** `order` is a complete topological order, `estimatesMs` holds the time of each node. */
export function criticalPath(graph: CompiledGraph, order: Int32Array, estimatesMs: Float64Array): CriticalPath {
  const { offsets, targets } = graph.dependents;
  const criticalMs = new Float64Array(graph.ids.length);
  const next = new Int32Array(graph.ids.length).fill(-1);
  let first = -1;
  for (let at = order.length - 1; at >= 0; at--) {
    const node = order[at] ?? 0;
    let longest = 0;
    const end = offsets[node + 1] ?? 0;
    for (let edge = offsets[node] ?? 0; edge < end; edge++) {
      const dependent = targets[edge] ?? 0;
      const chain = criticalMs[dependent] ?? 0;
      if (next[node] !== -1 && chain <= longest) continue;
      longest = chain;
      next[node] = dependent;
    }
    criticalMs[node] = longest + (estimatesMs[node] ?? 0);
    if (first === -1 || (criticalMs[node] ?? 0) >= (criticalMs[first] ?? 0)) first = node;
  }
  const path: number[] = [];
  for (let node = first; node !== -1; node = next[node] ?? -1) path.push(node);
  return { criticalMs, path };
}
