import type { CompiledGraph } from './compile-graph.ts';

/** All that wait for one of `nodes`, directly or not, without `nodes` themselves; ascending. */
export function transitiveDependents(graph: CompiledGraph, nodes: Iterable<number>): readonly number[] {
  const { offsets, targets } = graph.dependents;
  const given = new Set(nodes);
  const reached = new Set(given);
  // A set can grow while it is walked: each node comes up once.
  for (const node of reached) {
    const end = offsets[node + 1] ?? 0;
    for (let edge = offsets[node] ?? 0; edge < end; edge++) reached.add(targets[edge] ?? 0);
  }
  return [...reached].filter((node) => !given.has(node)).sort((a, b) => a - b);
}
