import type { CompiledGraph } from './compile-graph.ts';

/**
 * Nodes by their distance from those that depend on nothing: the longest way counts. `order` is a complete topological order;
 * within a wave its order holds.
 */
export function waves(graph: CompiledGraph, order: Int32Array): readonly (readonly number[])[] {
  const { offsets, targets } = graph.dependents;
  const level = new Int32Array(graph.ids.length);
  const found: number[][] = [];
  for (const node of order) {
    const own = level[node] ?? 0;
    const end = offsets[node + 1] ?? 0;
    for (let edge = offsets[node] ?? 0; edge < end; edge++) {
      const dependent = targets[edge] ?? 0;
      if ((level[dependent] ?? 0) <= own) level[dependent] = own + 1;
    }
    const wave = found[own];
    if (wave === undefined) found[own] = [node];
    else wave.push(node);
  }
  return found;
}
