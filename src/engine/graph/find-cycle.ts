import type { CompiledGraph } from './compile-graph.ts';
import { topologicalOrder } from './topological-order.ts';

/**
 * A cycle as a path along `depends on`, whose first node is also its last; undefined when there is none. `order` may be given when
 * it is known already.
 */
export function findCycle(graph: CompiledGraph, order = topologicalOrder(graph)): readonly number[] | undefined {
  if (order.isComplete) return undefined;
  const isOrdered = new Uint8Array(graph.ids.length);
  for (const node of order.order) isOrdered[node] = 1;
  // Every node without a place has a dependency without one: following those must come round.
  const path: number[] = [];
  const positions = new Map<number, number>();
  let node = isOrdered.indexOf(0);
  while (!positions.has(node)) {
    positions.set(node, path.length);
    path.push(node);
    node = firstUnordered(graph, node, isOrdered);
  }
  return [...path.slice(positions.get(node)), node];
}

function firstUnordered(graph: CompiledGraph, node: number, isOrdered: Uint8Array): number {
  const { offsets, targets } = graph.dependencies;
  const dependencies = targets.subarray(offsets[node], offsets[node + 1]);
  const found = dependencies.find((dependency) => isOrdered[dependency] === 0);
  if (found === undefined) throw new Error(`Node ${node} waits for nothing`);
  return found;
}
