/** What {@link IncrementalOrder} asks of the graph: the neighbours of a node in one direction. */
export type Neighbours = (node: number) => Iterable<number>;

/**
 * A topological order that is kept up while edges are added one by one (Pearce and Kelly, "A dynamic topological sort algorithm for
 * directed acyclic graphs", 2006): only nodes between the two ends of an edge that stands the wrong way are looked at.
 */
export class IncrementalOrder {
  /** Dependencies have the lower rank. Ranks are unique and may be negative. */
  readonly #ranks: number[] = [];
  #lowest = 0;
  #highest = 0;

  /** Adds the next node: before all others if something will wait for it, else after all. */
  addNode(isDependency: boolean): void {
    this.#ranks.push(isDependency ? --this.#lowest : ++this.#highest);
  }

  /** Takes a complete topological order of all nodes for its own. */
  reset(order: Iterable<number>): void {
    [this.#lowest, this.#highest] = [0, 0];
    for (const node of order) this.#ranks[node] = ++this.#highest;
  }

  /**
   * Makes room for an edge from `node` to `dependency`, which differ. Answers the path from `dependency` to `node` if there is one:
   * the edge would close a cycle and must not be added; nothing was changed then.
   */
  addEdge(
    node: number,
    dependency: number,
    dependenciesOf: Neighbours,
    dependentsOf: Neighbours,
  ): readonly number[] | undefined {
    const lower = this.#rank(node);
    const upper = this.#rank(dependency);
    if (upper < lower) return undefined;
    const below = reach(dependency, dependenciesOf, (other) => this.#rank(other) >= lower, node);
    if (below.path !== undefined) return below.path;
    const above = reach(node, dependentsOf, (other) => this.#rank(other) <= upper);
    this.#reorder([...below.reached], [...above.reached]);
    return undefined;
  }

  /** Gives the ranks of both lists to the first list, then to the second; within a list the order stays. */
  #reorder(first: number[], second: number[]): void {
    const byRank = (a: number, b: number): number => this.#rank(a) - this.#rank(b);
    const nodes = [...first.sort(byRank), ...second.sort(byRank)];
    const ranks = nodes.map((node) => this.#rank(node)).sort((a, b) => a - b);
    for (const [index, node] of nodes.entries()) this.#ranks[node] = ranks[index] ?? 0;
  }

  #rank(node: number): number {
    return this.#ranks[node] ?? 0;
  }
}

/** A path from `start` to `goal`, both included; undefined when there is none. */
export function findPath(start: number, goal: number, neighbours: Neighbours): readonly number[] | undefined {
  return reach(start, neighbours, () => true, goal).path;
}

/** All that can be reached from `start` through allowed nodes, and the path to `goal` if it is among them. */
function reach(
  start: number,
  neighbours: Neighbours,
  isAllowed: (node: number) => boolean,
  goal?: number,
): { reached: Iterable<number>; path?: readonly number[] } {
  const cameFrom = new Map<number, number>([[start, start]]);
  for (const node of cameFrom.keys()) {
    if (node === goal) return { reached: cameFrom.keys(), path: pathTo(node, start, cameFrom) };
    for (const next of neighbours(node)) if (!cameFrom.has(next) && isAllowed(next)) cameFrom.set(next, node);
  }
  return { reached: cameFrom.keys() };
}

function pathTo(end: number, start: number, cameFrom: ReadonlyMap<number, number>): readonly number[] {
  const path = [end];
  for (let node = end; node !== start;) {
    node = cameFrom.get(node) ?? start;
    path.push(node);
  }
  return path.reverse();
}
