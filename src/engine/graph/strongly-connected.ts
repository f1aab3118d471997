import type { CompiledGraph } from './compile-graph.ts';

/**
 * For each node the number of its group: two nodes share one when each waits for the other. Tarjan's algorithm with a stack of its
 * own, as recursion ends on long chains.
 */
export function stronglyConnected(graph: CompiledGraph): Int32Array {
  const search = new Search(graph);
  for (let node = 0; node < graph.ids.length; node++) search.visit(node);
  return search.groupOf;
}

class Search {
  readonly groupOf: Int32Array;
  readonly #graph: CompiledGraph;
  /** When each node was first seen, from 1; 0: not yet. */
  readonly #seenAt: Int32Array;
  readonly #lowest: Int32Array;
  readonly #nextEdge: Int32Array;
  /** The way from where the search began to where it is. */
  readonly #path: number[] = [];
  /** Nodes seen whose group is still open. */
  readonly #open: number[] = [];
  #seen = 0;
  #groups = 0;

  constructor(graph: CompiledGraph) {
    const size = graph.ids.length;
    this.#graph = graph;
    this.groupOf = new Int32Array(size).fill(-1);
    this.#seenAt = new Int32Array(size);
    this.#lowest = new Int32Array(size);
    this.#nextEdge = graph.dependencies.offsets.slice(0, size);
  }

  visit(start: number): void {
    if (this.#seenAt[start] !== 0) return;
    const { offsets, targets } = this.#graph.dependencies;
    this.#enter(start);
    for (let node = this.#path.at(-1); node !== undefined; node = this.#path.at(-1)) {
      const edge = this.#nextEdge[node] ?? 0;
      if (edge === (offsets[node + 1] ?? 0)) {
        this.#leave(node);
        continue;
      }
      this.#nextEdge[node] = edge + 1;
      const target = targets[edge] ?? 0;
      if (this.#seenAt[target] === 0) this.#enter(target);
      else if (this.groupOf[target] === -1) this.#lower(node, this.#seenAt[target] ?? 0);
    }
  }

  #enter(node: number): void {
    this.#seen++;
    this.#seenAt[node] = this.#seen;
    this.#lowest[node] = this.#seen;
    this.#path.push(node);
    this.#open.push(node);
  }

  #leave(node: number): void {
    this.#path.pop();
    const parent = this.#path.at(-1);
    if (parent !== undefined) this.#lower(parent, this.#lowest[node] ?? 0);
    if (this.#lowest[node] !== this.#seenAt[node]) return;
    let member: number | undefined;
    do {
      member = this.#open.pop();
      if (member !== undefined) this.groupOf[member] = this.#groups;
    } while (member !== undefined && member !== node);
    this.#groups++;
  }

  #lower(node: number, value: number): void {
    this.#lowest[node] = Math.min(this.#lowest[node] ?? 0, value);
  }
}
