import { fail, ok, type Result } from '../../base/result.ts';
import type { SpecId } from '../model/ids.ts';
import { compileGraph, idAt, type GraphNode } from './compile-graph.ts';
import { findCycle } from './find-cycle.ts';
import { findPath, IncrementalOrder, type Neighbours } from './incremental-order.ts';
import type { CycleFailure } from './plan.ts';
import { topologicalOrder } from './topological-order.ts';

/** Which spec waits for which. An edge that would close a cycle is not added; cycles can only come from {@link fromSpecs}. */
export class DependencyGraph {
  readonly #ids: SpecId[] = [];
  readonly #indexOf = new Map<SpecId, number>();
  readonly #dependencies: Set<number>[] = [];
  readonly #dependents: Set<number>[] = [];
  readonly #order = new IncrementalOrder();
  #isAcyclic = true;

  /** A graph of what the specs say, cycles included: for these ask `detectCycle`. */
  static fromSpecs(nodes: readonly GraphNode[]): DependencyGraph {
    const graph = new DependencyGraph();
    for (const { id } of nodes) graph.addSpec(id);
    for (const { id, dependsOn } of nodes) {
      for (const dependency of dependsOn) graph.#link(graph.#index(id, false), graph.#index(dependency, true));
    }
    const sorted = topologicalOrder(compileGraph(graph.#list()));
    graph.#isAcyclic = sorted.isComplete;
    graph.#order.reset(sorted.order);
    return graph;
  }

  /** Each spec with what it depends on, in the order in which they came. */
  get nodes(): ReadonlyMap<SpecId, readonly SpecId[]> {
    return new Map(this.#list().map(({ id, dependsOn }) => [id, dependsOn]));
  }

  /** Makes `specId` known; again is harmless. */
  addSpec(specId: SpecId): void {
    this.#index(specId, false);
  }

  /**
   * Makes `specId` wait for `dependsOn`; both become known. An edge that would close a cycle is rolled back, and the failure holds
   * the cycle, which begins and ends with `specId`.
   */
  addDependency(specId: SpecId, dependsOn: SpecId): Result<undefined, CycleFailure> {
    const dependency = this.#index(dependsOn, true);
    const node = this.#index(specId, false);
    if (node === dependency) return fail({ reason: 'cycle', path: [specId, specId] });
    if (this.#dependencies[node]?.has(dependency) === true) return ok(undefined);
    const path = this.#pathBetween(node, dependency);
    if (path !== undefined) {
      return fail({ reason: 'cycle', path: [specId, ...path.flatMap((index) => this.#ids[index] ?? [])] });
    }
    this.#link(node, dependency);
    return ok(undefined);
  }

  /** All specs, dependencies first; specs that could go first together keep the order in which they came. */
  topologicalSort(): Result<readonly SpecId[], CycleFailure> {
    return sortSpecs(this.#list());
  }

  /** A cycle along `depends on`, first and last the same; undefined when there is none. */
  detectCycle(): readonly SpecId[] | undefined {
    const sorted = this.topologicalSort();
    return sorted.ok ? undefined : sorted.failure.path;
  }

  /** The path from `dependency` to `node`; if there is none, there is room for the edge now. */
  #pathBetween(node: number, dependency: number): readonly number[] | undefined {
    const dependenciesOf: Neighbours = (other) => this.#dependencies[other] ?? [];
    // Nodes in a cycle have no order that could be kept up.
    if (!this.#isAcyclic) return findPath(dependency, node, dependenciesOf);
    return this.#order.addEdge(node, dependency, dependenciesOf, (other) => this.#dependents[other] ?? []);
  }

  #link(node: number, dependency: number): void {
    this.#dependencies[node]?.add(dependency);
    this.#dependents[dependency]?.add(node);
  }

  #index(id: SpecId, isDependency: boolean): number {
    const known = this.#indexOf.get(id);
    if (known !== undefined) return known;
    const index = this.#ids.push(id) - 1;
    this.#indexOf.set(id, index);
    this.#dependencies.push(new Set());
    this.#dependents.push(new Set());
    this.#order.addNode(isDependency);
    return index;
  }

  #list(): readonly GraphNode[] {
    return this.#ids.map((id, index) => ({
      id,
      dependsOn: Array.from(this.#dependencies[index] ?? []).flatMap((other) => this.#ids[other] ?? []),
    }));
  }
}

/** Specs in dependency order, or a cycle among them. */
function sortSpecs(nodes: readonly GraphNode[]): Result<readonly SpecId[], CycleFailure> {
  const graph = compileGraph(nodes);
  const sorted = topologicalOrder(graph);
  const cycle = findCycle(graph, sorted);
  if (cycle !== undefined) return fail({ reason: 'cycle', path: cycle.map((node) => idAt(graph, node)) });
  return ok(Array.from(sorted.order, (node) => idAt(graph, node)));
}
