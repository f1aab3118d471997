import type { SpecId } from '../model/ids.ts';

/** What the graph needs to know of a spec. */
export interface GraphNode {
  readonly id: SpecId;
  readonly dependsOn: readonly SpecId[];
}

/** The neighbours of node `n` are `targets[offsets[n]]` up to, not including, `targets[offsets[n + 1]]`. */
export interface Adjacency {
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
}

/** Specs as indices, in the order in which they were given, with their edges in both directions. */
export interface CompiledGraph {
  readonly ids: readonly SpecId[];
  readonly indexOf: ReadonlyMap<SpecId, number>;
  readonly dependencies: Adjacency;
  readonly dependents: Adjacency;
}

/** Compiles specs with unique ids. Dependencies on what is not among them are left out; doubled ones stay and do no harm. */
export function compileGraph(nodes: readonly GraphNode[]): CompiledGraph {
  const indexOf = new Map<SpecId, number>();
  const ids = nodes.map((node, index) => {
    indexOf.set(node.id, index);
    return node.id;
  });
  const dependencies = compileDependencies(nodes, indexOf);
  return { ids, indexOf, dependencies, dependents: reverse(dependencies) };
}

/** The spec of index `index`, which must exist. */
export function idAt(graph: CompiledGraph, index: number): SpecId {
  const id = graph.ids[index];
  if (id === undefined) throw new RangeError(`No spec ${index} in a graph of ${graph.ids.length}`);
  return id;
}

function compileDependencies(nodes: readonly GraphNode[], indexOf: ReadonlyMap<SpecId, number>): Adjacency {
  let most = 0;
  for (const node of nodes) most += node.dependsOn.length;
  const offsets = new Int32Array(nodes.length + 1);
  const targets = new Int32Array(most);
  let count = 0;
  for (const [index, node] of nodes.entries()) {
    for (const id of node.dependsOn) {
      const target = indexOf.get(id);
      if (target !== undefined) targets[count++] = target;
    }
    offsets[index + 1] = count;
  }
  return { offsets, targets: targets.subarray(0, count) };
}

/** Turns every edge round; the sources of one target keep their order. */
function reverse({ offsets, targets }: Adjacency): Adjacency {
  const size = offsets.length - 1;
  const reversedOffsets = new Int32Array(size + 1);
  for (const target of targets) reversedOffsets[target + 1] = (reversedOffsets[target + 1] ?? 0) + 1;
  for (let node = 0; node < size; node++) {
    reversedOffsets[node + 1] = (reversedOffsets[node + 1] ?? 0) + (reversedOffsets[node] ?? 0);
  }
  const next = reversedOffsets.slice();
  const sources = new Int32Array(targets.length);
  for (let node = 0; node < size; node++) {
    const end = offsets[node + 1] ?? 0;
    for (let edge = offsets[node] ?? 0; edge < end; edge++) {
      const target = targets[edge] ?? 0;
      const slot = next[target] ?? 0;
      sources[slot] = node;
      next[target] = slot + 1;
    }
  }
  return { offsets: reversedOffsets, targets: sources };
}
