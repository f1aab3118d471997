import assert from 'node:assert/strict';
import { checkGraph } from '../../../src/engine/graph/check-graph.ts';
import { compileGraph } from '../../../src/engine/graph/compile-graph.ts';
import { criticalPath } from '../../../src/engine/graph/critical-path.ts';
import { createPlan } from '../../../src/engine/graph/plan.ts';
import { scheduleEstimate } from '../../../src/engine/graph/schedule-estimate.ts';
import { topologicalOrder } from '../../../src/engine/graph/topological-order.ts';
import type { SpecId } from '../../../src/engine/model/ids.ts';
import type { Spec } from '../../../src/engine/model/spec.ts';
import { graphOf, randomDependencies, randomNumbers, specId } from './random-graph.ts';

function spec(id: string, dependsOn: readonly string[], changes: Partial<Spec> = {}): Spec {
  const place = { file: `/w/${id}.md`, line: 1, column: 1 };
  return {
    id: id as SpecId,
    title: id,
    file: place.file,
    dependsOn: dependsOn as readonly SpecId[],
    strategy: 'solo',
    agent: 'blocks',
    gate: [],
    touches: [],
    timeoutMs: 60_000,
    allowEmpty: false,
    body: 'x',
    text: 'x',
    hash: '',
    places: {
      heading: place,
      dependsOn: new Map(dependsOn.map((other, index) => [other as SpecId, { ...place, line: index + 2 }])),
    },
    ...changes,
  };
}

const noHistory = { historyMs: new Map<SpecId, number>(), defaultMs: 100 };

function estimateOf(specs: readonly Spec[], maxParallel: number): number {
  const plan = createPlan(specs, new Set(), noHistory, maxParallel);
  assert.ok(plan.ok);
  return plan.value.estimateMs;
}

describe('createPlan', () => {
  it('tells order, waves, critical path and time, with the source of every estimate', () => {
    const specs = [
      spec('C', ['A', 'B'], { estimateMs: 30 }),
      spec('A', [], { estimateMs: 10 }),
      spec('B', ['A']),
      spec('D', []),
    ];
    const historyMs = new Map([['A' as SpecId, 20]]);
    const plan = createPlan(specs, new Set(['C', 'D'] as SpecId[]), { historyMs, defaultMs: 50 }, 2);
    assert.ok(plan.ok);
    const { specs: planned, ...rest } = plan.value;
    assert.deepEqual(rest, {
      order: ['A', 'D', 'B', 'C'],
      waves: [['A', 'D'], ['B'], ['C']],
      criticalPath: ['A', 'B', 'C'],
      estimateMs: 100,
      maxParallel: 2,
    });
    assert.deepEqual(planned, [
      { spec: specs[1], selected: false, estimateMs: 20, estimateSource: 'history', criticalMs: 100 },
      { spec: specs[3], selected: true, estimateMs: 50, estimateSource: 'default', criticalMs: 50 },
      { spec: specs[2], selected: false, estimateMs: 50, estimateSource: 'default', criticalMs: 80 },
      { spec: specs[0], selected: true, estimateMs: 30, estimateSource: 'spec', criticalMs: 30 },
    ]);
  });

  it('answers a cycle as a failure with its path', () => {
    const specs = [spec('A', ['B']), spec('B', ['A'])];
    assert.deepEqual(createPlan(specs, new Set(), noHistory, 1), {
      ok: false,
      failure: { reason: 'cycle', path: ['A', 'B', 'A'] },
    });
  });

  it('estimates with the limit, with the longest chains first, and with one spec at a time where globs overlap', () => {
    const fan = ['A', 'B', 'C', 'D', 'E'].map((id) => spec(id, []));
    assert.deepEqual(
      [1, 2, 3, 5, 9].map((limit) => estimateOf(fan, limit)),
      [500, 300, 200, 100, 100],
    );
    const longLast = [spec('A', []), spec('B', []), spec('C', []), spec('D', ['C']), spec('E', ['D'])];
    assert.equal(estimateOf(longLast, 2), 300);
    const touching = fan.map(({ id }, index) => spec(id, [], { touches: [index < 3 ? 'src/**' : `docs/${index}/**`] }));
    assert.equal(estimateOf(touching, 5), 300);
  });

  it('never estimates less than the critical path or the work shared among all, nor more than the work in a row', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = randomNumbers(seed);
      const size = 1 + random(20);
      const graph = compileGraph(graphOf(randomDependencies(random, size, 30, true)));
      const estimatesMs = Float64Array.from({ length: size }, () => 1 + random(50));
      const { criticalMs } = criticalPath(graph, topologicalOrder(graph).order, estimatesMs);
      const maxParallel = 1 + random(5);
      const work = estimatesMs.reduce((sum, milliseconds) => sum + milliseconds, 0);
      const estimate = scheduleEstimate(graph, { estimatesMs, criticalMs, maxParallel });
      const least = Math.max(...criticalMs, work / maxParallel);
      assert.ok(estimate >= least && estimate <= work, `seed ${seed}`);
      // Graham's bound for any schedule that leaves no slot free while something could run.
      assert.ok(estimate <= work / maxParallel + Math.max(...criticalMs), `seed ${seed}`);
      const alone = scheduleEstimate(graph, { estimatesMs, criticalMs, maxParallel, conflict: () => true });
      assert.equal(alone, work, `seed ${seed}`);
    }
  });

  it('plans 10,000 specs in time', () => {
    const lists = randomDependencies(randomNumbers(3), 10_000, 100_000, true);
    const specs = lists.map((list, index) => spec(specId(index), list.map(specId)));
    const start = performance.now();
    assert.ok(createPlan(specs, new Set(), noHistory, 8).ok);
    assert.ok(performance.now() - start < 2000);
  });
});

describe('checkGraph', () => {
  it('reports each cycle once, at the first dependency, with the others as related places', () => {
    const specs = [spec('A', ['D', 'B']), spec('B', ['C']), spec('C', ['A']), spec('D', []), spec('E', ['E'])];
    assert.deepEqual(checkGraph(specs), [
      {
        file: '/w/A.md',
        line: 3,
        column: 1,
        severity: 'error',
        code: 'cycle',
        message: 'These specs wait for each other: A -> B -> C -> A. Remove one of the dependencies.',
        parameters: { path: 'A -> B -> C -> A' },
        related: [
          {
            file: '/w/B.md',
            line: 2,
            column: 1,
            code: 'cycle-member',
            message: 'B depends on C here.',
            parameters: { id: 'B', dependency: 'C' },
          },
          {
            file: '/w/C.md',
            line: 2,
            column: 1,
            code: 'cycle-member',
            message: 'C depends on A here.',
            parameters: { id: 'C', dependency: 'A' },
          },
        ],
      },
      {
        file: '/w/E.md',
        line: 2,
        column: 1,
        severity: 'error',
        code: 'cycle',
        message: 'These specs wait for each other: E -> E. Remove one of the dependencies.',
        parameters: { path: 'E -> E' },
      },
    ]);
  });
});
