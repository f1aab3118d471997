import type { GraphNode } from '../../../src/engine/graph/compile-graph.ts';
import type { SpecId } from '../../../src/engine/model/ids.ts';

/** Numbers from 0 up to, not including, `limit`, the same for the same seed (xorshift). */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = (seed + 1) * 2_654_435_761;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** `S0`, `S1`, … */
export function specId(index: number): SpecId {
  return `S${index}` as SpecId;
}

/** Nodes from lists of indices: node `n` depends on `dependencies[n]`. */
export function graphOf(dependencies: readonly (readonly number[])[]): readonly GraphNode[] {
  return dependencies.map((list, index) => ({ id: specId(index), dependsOn: list.map(specId) }));
}

/** Lists of indices with about `edges` edges; cycles come as they may unless `isAcyclic`. */
export function randomDependencies(
  random: (limit: number) => number,
  size: number,
  edges: number,
  isAcyclic: boolean,
): readonly (readonly number[])[] {
  const rank = Array.from({ length: size }, (_, index) => index);
  for (let at = size - 1; at > 0; at--) {
    const other = random(at + 1);
    [rank[at], rank[other]] = [rank[other] ?? 0, rank[at] ?? 0];
  }
  const lists = Array.from({ length: size }, () => new Set<number>());
  for (let edge = 0; edge < edges; edge++) {
    const [a, b] = [random(size), random(size)];
    if (isAcyclic && (rank[a] ?? 0) <= (rank[b] ?? 0)) continue;
    lists[a]?.add(b);
  }
  return lists.map((list) => Array.from(list));
}

/** `length` nodes, each but the first depending on the one before. */
export function chain(length: number): readonly (readonly number[])[] {
  return Array.from({ length }, (_, index) => (index === 0 ? [] : [index - 1]));
}
