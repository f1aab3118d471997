import assert from 'node:assert/strict';
import { compileGraph, type CompiledGraph } from '../../../src/engine/graph/compile-graph.ts';
import { criticalPath } from '../../../src/engine/graph/critical-path.ts';
import { transitiveDependents } from '../../../src/engine/graph/dependents.ts';
import { findCycle } from '../../../src/engine/graph/find-cycle.ts';
import { findCycles } from '../../../src/engine/graph/find-cycles.ts';
import { stronglyConnected } from '../../../src/engine/graph/strongly-connected.ts';
import { topologicalOrder } from '../../../src/engine/graph/topological-order.ts';
import { waves } from '../../../src/engine/graph/waves.ts';
import { chain, graphOf, randomDependencies, randomNumbers, specId } from './random-graph.ts';

type Lists = readonly (readonly number[])[];

/** For each node all it reaches along its dependencies, one search for each: the naive measure for the real algorithms. */
function closure(lists: Lists): readonly ReadonlySet<number>[] {
  return lists.map((list) => {
    const reached = new Set(list);
    for (const node of reached) for (const further of lists[node] ?? []) reached.add(further);
    return reached;
  });
}

/** Longest way from each node to its last dependency, by following every path. */
function level(lists: Lists, node: number): number {
  return Math.max(-1, ...(lists[node] ?? []).map((dependency) => level(lists, dependency))) + 1;
}

function assertCycle(lists: Lists, cycle: readonly number[]): void {
  assert.ok(cycle.length >= 2);
  assert.equal(cycle[0], cycle.at(-1));
  for (const [at, node] of cycle.slice(0, -1).entries()) assert.ok(lists[node]?.includes(cycle[at + 1] ?? -1));
  assert.equal(new Set(cycle).size, cycle.length - 1);
}

function order(graph: CompiledGraph): Int32Array {
  const sorted = topologicalOrder(graph);
  assert.ok(sorted.isComplete);
  return sorted.order;
}

describe('graph algorithms', () => {
  const diamond = graphOf([[], [0], [0], [1, 2], []]);

  it('keep the given order among nodes that are free together', () => {
    assert.deepEqual([...order(compileGraph(diamond))], [0, 4, 1, 2, 3]);
    assert.deepEqual([...order(compileGraph(graphOf([[3], [], [], [1]])))], [1, 2, 3, 0]);
  });

  it('leave unknown dependencies out and take doubled ones once', () => {
    const graph = compileGraph([
      { id: specId(0), dependsOn: [specId(1), specId(1), specId(9)] },
      { id: specId(1), dependsOn: [] },
    ]);
    assert.deepEqual([...order(graph)], [1, 0]);
    assert.deepEqual(
      [graph.dependencies, graph.dependents].map(({ offsets, targets }) => [[...offsets], [...targets]]),
      [
        [
          [0, 2, 2],
          [1, 1],
        ],
        [
          [0, 0, 2],
          [0, 0],
        ],
      ],
    );
  });

  it('answer an empty graph', () => {
    const graph = compileGraph([]);
    assert.deepEqual([...order(graph)], []);
    assert.deepEqual(waves(graph, order(graph)), []);
    assert.deepEqual(criticalPath(graph, order(graph), new Float64Array()).path, []);
    assert.equal(findCycle(graph), undefined);
    assert.deepEqual(findCycles(graph), []);
  });

  it('find waves, the critical path and what each node holds up', () => {
    const graph = compileGraph(diamond);
    const critical = criticalPath(graph, order(graph), Float64Array.of(10, 5, 7, 1, 17));
    assert.deepEqual(waves(graph, order(graph)), [[0, 4], [1, 2], [3]]);
    assert.deepEqual(
      [[...critical.criticalMs], critical.path],
      [
        [18, 6, 8, 1, 17],
        [0, 2, 3],
      ],
    );
    assert.deepEqual(transitiveDependents(graph, [2]), [3]);
    assert.deepEqual(transitiveDependents(graph, [0, 3]), [1, 2]);
  });

  it('find a critical path of specs that take no time', () => {
    const graph = compileGraph(graphOf(chain(3)));
    assert.deepEqual(criticalPath(graph, order(graph), new Float64Array(3)).path, [0, 1, 2]);
  });

  it('find one cycle for each group of nodes that wait for each other, the shortest through its first', () => {
    const lists = [[1], [2, 0], [0], [4], [3], [5], [0, 3], []];
    const graph = compileGraph(graphOf(lists));
    assert.deepEqual(findCycles(graph), [
      [0, 1, 0],
      [3, 4, 3],
      [5, 5],
    ]);
    assertCycle(lists, findCycle(graph) ?? []);
  });

  it('agree with a naive search on random graphs', () => {
    for (let seed = 0; seed < 400; seed++) {
      const random = randomNumbers(seed);
      const size = 1 + random(9);
      const lists = randomDependencies(random, size, random(16), seed % 2 === 0);
      const graph = compileGraph(graphOf(lists));
      const reached = closure(lists);
      const sorted = topologicalOrder(graph);
      const inCycle = [...reached.keys()].filter((node) => reached[node]?.has(node));
      assert.equal(sorted.isComplete, inCycle.length === 0, `seed ${seed}`);
      const groups = stronglyConnected(graph);
      for (const [a, b] of [...reached.keys()].flatMap((x) => [...reached.keys()].map((y) => [x, y] as const))) {
        const isMutual = a === b || (reached[a]?.has(b) === true && reached[b]?.has(a) === true);
        assert.equal(groups[a] === groups[b], isMutual, `seed ${seed}`);
      }
      const cycles = findCycles(graph);
      for (const cycle of cycles) assertCycle(lists, cycle);
      assert.equal(cycles.length, new Set(inCycle.map((node) => groups[node])).size, `seed ${seed}`);
      const dependents = transitiveDependents(graph, [0]);
      const expected = [...reached.keys()].filter((node) => node !== 0 && reached[node]?.has(0) === true);
      assert.deepEqual(dependents, expected, `seed ${seed}`);
      if (!sorted.isComplete) {
        assertCycle(lists, findCycle(graph, sorted) ?? []);
        continue;
      }
      const position = new Map([...sorted.order].map((node, at) => [node, at]));
      for (const [node, list] of lists.entries()) {
        for (const other of list) assert.ok((position.get(other) ?? 0) < (position.get(node) ?? 0), `seed ${seed}`);
      }
      const found = waves(graph, sorted.order);
      assert.deepEqual(found.flat(), [...sorted.order], `seed ${seed}`);
      for (const [at, wave] of found.entries()) for (const node of wave) assert.equal(level(lists, node), at);
      const unit = criticalPath(graph, sorted.order, new Float64Array(size).fill(1));
      assert.equal(unit.path.length, found.length, `seed ${seed}`);
      assert.equal(Math.max(...unit.criticalMs), found.length, `seed ${seed}`);
    }
  });

  it('walk a chain of 100,000 and a ring of as many without a stack of calls', () => {
    const size = 100_000;
    const graph = compileGraph(graphOf(chain(size)));
    const sorted = order(graph);
    assert.equal(waves(graph, sorted).length, size);
    assert.equal(criticalPath(graph, sorted, new Float64Array(size).fill(1)).path.length, size);
    assert.equal(transitiveDependents(graph, [0]).length, size - 1);
    const ring = compileGraph(graphOf(chain(size).map((list, index) => (index === 0 ? [size - 1] : list))));
    assert.equal(findCycle(ring)?.length, size + 1);
    assert.deepEqual(
      findCycles(ring).map((cycle) => cycle.length),
      [size + 1],
    );
  });

  it('take linear time on 10,000 specs with 50,000 edges', () => {
    const nodes = graphOf(randomDependencies(randomNumbers(1), 10_000, 100_000, true));
    const start = performance.now();
    const graph = compileGraph(nodes);
    const sorted = order(graph);
    waves(graph, sorted);
    criticalPath(graph, sorted, new Float64Array(10_000).fill(1));
    assert.ok(graph.dependencies.targets.length > 45_000);
    // Some milliseconds; the limit is for busy machines and still far from anything quadratic.
    assert.ok(performance.now() - start < 1000);
  });
});
