import type { CompiledGraph } from './compile-graph.ts';
import { stronglyConnected } from './strongly-connected.ts';
import { topologicalOrder } from './topological-order.ts';

/**
 * One cycle for each group of nodes that all wait for each other, as in `findCycle`: a shortest one through the group's first node.
 * Ordered by that node.
 */
export function findCycles(graph: CompiledGraph): readonly (readonly number[])[] {
  if (topologicalOrder(graph).isComplete) return [];
  const groupOf = stronglyConnected(graph);
  const sizes = new Int32Array(graph.ids.length);
  for (const group of groupOf) sizes[group] = (sizes[group] ?? 0) + 1;
  const isDone = new Uint8Array(graph.ids.length);
  const cycles: (readonly number[])[] = [];
  for (const [node, group] of groupOf.entries()) {
    if (isDone[group] === 1 || ((sizes[group] ?? 0) === 1 && !dependsOnItself(graph, node))) continue;
    isDone[group] = 1;
    cycles.push(shortestCycle(graph, node, groupOf));
  }
  return cycles;
}

function dependsOnItself(graph: CompiledGraph, node: number): boolean {
  const { offsets, targets } = graph.dependencies;
  return targets.subarray(offsets[node], offsets[node + 1]).includes(node);
}

/** Breadth first from `start` within its group until an edge leads back. */
function shortestCycle(graph: CompiledGraph, start: number, groupOf: Int32Array): readonly number[] {
  const { offsets, targets } = graph.dependencies;
  const cameFrom = new Map<number, number>([[start, start]]);
  const queue = [start];
  for (const node of queue) {
    for (const dependency of targets.subarray(offsets[node], offsets[node + 1])) {
      if (dependency === start) return pathBack(cameFrom, node, start);
      if (groupOf[dependency] !== groupOf[start] || cameFrom.has(dependency)) continue;
      cameFrom.set(dependency, node);
      queue.push(dependency);
    }
  }
  throw new Error(`Node ${start} is in no cycle`);
}

function pathBack(cameFrom: ReadonlyMap<number, number>, last: number, start: number): readonly number[] {
  const path = [start];
  for (let node = last; node !== start; node = cameFrom.get(node) ?? start) path.push(node);
  return [...path, start].reverse();
}
