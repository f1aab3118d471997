import assert from 'node:assert/strict';
import { DependencyGraph } from '../../../src/engine/graph/dependency-graph.ts';
import type { SpecId } from '../../../src/engine/model/ids.ts';
import { chain, graphOf, randomDependencies, randomNumbers, specId } from './random-graph.ts';

const a = 'A' as SpecId;
const b = 'B' as SpecId;
const c = 'C' as SpecId;
const d = 'D' as SpecId;

describe('DependencyGraph', () => {
  it('sorts specs after what they depend on', () => {
    const graph = new DependencyGraph();
    graph.addSpec(d);
    assert.deepEqual(graph.addDependency(c, b), { ok: true, value: undefined });
    assert.deepEqual(graph.addDependency(b, a), { ok: true, value: undefined });
    assert.deepEqual(graph.addDependency(c, b), { ok: true, value: undefined });
    assert.deepEqual(graph.topologicalSort(), { ok: true, value: [d, a, b, c] });
    assert.equal(graph.detectCycle(), undefined);
    assert.deepEqual(
      [...graph.nodes],
      [
        [d, []],
        [b, [a]],
        [c, [b]],
        [a, []],
      ],
    );
  });

  it('rolls an edge back that would close a cycle, and tells the cycle', () => {
    const graph = new DependencyGraph();
    graph.addDependency(c, b);
    graph.addDependency(b, a);
    const before = graph.nodes;
    assert.deepEqual(graph.addDependency(a, c), { ok: false, failure: { reason: 'cycle', path: [a, c, b, a] } });
    assert.deepEqual(graph.addDependency(a, a), { ok: false, failure: { reason: 'cycle', path: [a, a] } });
    assert.deepEqual(graph.nodes, before);
    assert.equal(graph.detectCycle(), undefined);
    assert.deepEqual(graph.addDependency(d, a), { ok: true, value: undefined });
    assert.deepEqual(graph.addDependency(a, d), { ok: false, failure: { reason: 'cycle', path: [a, d, a] } });
  });

  it('keeps the cycles of specs as they were declared, and detects them', () => {
    const graph = DependencyGraph.fromSpecs([
      { id: a, dependsOn: [c] },
      { id: b, dependsOn: [a] },
      { id: c, dependsOn: [b] },
      { id: d, dependsOn: [] },
    ]);
    assert.deepEqual(graph.detectCycle(), [a, c, b, a]);
    assert.deepEqual(graph.topologicalSort(), { ok: false, failure: { reason: 'cycle', path: [a, c, b, a] } });
    assert.deepEqual(graph.addDependency(d, a), { ok: true, value: undefined });
    assert.deepEqual(graph.addDependency(b, d), { ok: false, failure: { reason: 'cycle', path: [b, d, a, c, b] } });
  });

  it('refuses exactly the edges that would close a cycle, in whatever order they come', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = randomNumbers(seed);
      const size = 2 + random(12);
      const start = seed % 2 === 0 ? [] : graphOf(randomDependencies(random, size, 8, true));
      const graph = DependencyGraph.fromSpecs(start);
      for (let edge = 0; edge < 40; edge++) {
        const [from, to] = [specId(random(size)), specId(random(size))];
        const before = graph.nodes;
        const added = graph.addDependency(from, to);
        const wanted = new Map(before);
        wanted.set(from, [...new Set([...(before.get(from) ?? []), to])]);
        const cycle = DependencyGraph.fromSpecs(
          [...wanted].map(([id, dependsOn]) => ({ id, dependsOn })),
        ).detectCycle();
        assert.equal(added.ok, cycle === undefined, `seed ${seed}, edge ${edge}`);
        if (added.ok) continue;
        const { path } = added.failure;
        assert.deepEqual([path[0], path[1], path.at(-1)], [from, to, from], `seed ${seed}`);
        for (const [at, id] of path.slice(0, -1).entries()) {
          assert.ok(wanted.get(id)?.includes(path[at + 1] ?? id), `seed ${seed}`);
        }
      }
    }
  });

  it('takes chains of 100,000, built from either end or at once', () => {
    const size = 100_000;
    const [forward, backward] = [new DependencyGraph(), new DependencyGraph()];
    for (let index = 1; index < size; index++) {
      forward.addDependency(specId(index), specId(index - 1));
      backward.addDependency(specId(index - 1), specId(index));
    }
    const whole = DependencyGraph.fromSpecs([...graphOf(chain(size))].reverse());
    for (const graph of [forward, backward, whole]) assert.ok(graph.topologicalSort().ok);
    const closed = whole.addDependency(specId(0), specId(size - 1));
    assert.equal(closed.ok ? 0 : closed.failure.path.length, size + 1);
  });
});
