import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ok } from '../../src/base/result.ts';
import type { PlanReport } from '../../src/engine/model/engine-api.ts';
import type { SpecId } from '../../src/engine/model/ids.ts';
import type { Plan, PlannedSpec } from '../../src/engine/model/plan.ts';
import { createProblem, createRelated, createWarning } from '../../src/engine/model/create-problem.ts';
import type { Spec } from '../../src/engine/model/spec.ts';
import { FakeWorld } from './rig/fake-world.ts';
import { runSpec } from './rig/scripted-run.ts';

describe('orchestra plan', () => {
  let world: FakeWorld;

  afterEach(() => world.dispose());

  const call = async (report: Partial<PlanReport>, ...argv: readonly string[]): Promise<number> => {
    const whole = { config: {}, specs: [], problems: [], notes: [], ...report } as unknown as PlanReport;
    world = new FakeWorld({ argv, engine: { plan: () => Promise.resolve(ok(whole)) } });
    return world.run();
  };

  it('draws the documents’ own dry run in Japanese', async () => {
    const code = await call({ plan: fan }, 'run', '--dry-run', '--specs', 'SPEC-001,SPEC-002', '--locale=ja');
    assert.equal(code, 0);
    assert.equal(
      world.out,
      `📋 実行計画（ドライラン）:
  ┌─ SPEC-001
  │   ├─ SPEC-002
  │   └─ SPEC-003

  実行順序: SPEC-001 → [SPEC-002, SPEC-003 並列]
  推定時間: 約10分
  クリティカルパス: SPEC-001 → SPEC-002
  最大並列数: 4
`,
    );
    assert.deepEqual(world.engine.calls, [['plan', ['SPEC-001', 'SPEC-002']], ['dispose']]);
  });

  it('draws each spec of a graph that is no tree once, and marks what was not selected', async () => {
    const specs = [
      planned('A', { selected: false }),
      planned('X'),
      planned('B', { dependsOn: ['A'] }),
      planned('C', { dependsOn: ['A'], selected: false }),
      planned('D', { dependsOn: ['B', 'C'] }),
      planned('E', { dependsOn: ['D'] }),
      planned('Y', { dependsOn: ['X'] }),
    ];
    const plan = planOf(specs, [['A', 'X'], ['B', 'C', 'Y'], ['D'], ['E']], ['A', 'B', 'D', 'E']);
    assert.equal(await call({ plan: { ...plan, estimateMs: 5_400_000 } }, 'plan', '--locale', 'en'), 0);
    assert.equal(
      world.out,
      `📋 Execution plan (dry run):
  ┌─ A [added as a dependency]
  │   ├─ B
  │   │   └─ D (also depends on: C)
  │   │       └─ E
  │   └─ C [added as a dependency]
  └─ X
      └─ Y

  Order: [A, X in parallel] → [B, C, Y in parallel] → D → E
  Estimated time: about 1h 30m
  Critical path: A → B → D → E
  At most at once: 4
`,
    );
  });

  it('prints exactly the promised object with --json', async () => {
    const specs = fan.specs.map(({ spec }) => spec);
    assert.equal(await call({ plan: fan, specs }, 'plan', '--json'), 0);
    assert.deepEqual(JSON.parse(world.out), {
      specs: [
        { id: 'SPEC-001', title: 'Title of SPEC-001', depends_on: [], selected: true },
        { id: 'SPEC-002', title: 'Title of SPEC-002', depends_on: ['SPEC-001'], selected: true },
        { id: 'SPEC-003', title: 'Title of SPEC-003', depends_on: ['SPEC-001'], selected: true },
      ],
      order: ['SPEC-001', 'SPEC-002', 'SPEC-003'],
      waves: [['SPEC-001'], ['SPEC-002', 'SPEC-003']],
      critical_path: ['SPEC-001', 'SPEC-002'],
      estimate_seconds: 600,
      problems: [],
      notes: [],
    });
  });

  it('names every problem with file, line and column, and ends with 2', async () => {
    world = new FakeWorld({ argv: [] });
    const place = { file: join(world.root, 'specs', 'B.md'), line: 3, column: 15 };
    world.dispose();
    const problems = [createProblem('unknown-dependency', place, { id: 'NOPE' })];
    const specs = [planned('B').spec];
    const engineRoot = (): string => world.root;
    const call2 = async (...argv: readonly string[]): Promise<number> => {
      const report = { config: {}, specs, notes: [] } as unknown as PlanReport;
      world = new FakeWorld({
        argv,
        engine: {
          plan: () =>
            Promise.resolve(
              ok({
                ...report,
                problems: problems.map((each) => ({ ...each, file: join(engineRoot(), 'specs', 'B.md') })),
              }),
            ),
        },
      });
      return world.run();
    };
    assert.equal(await call2('plan', '--json', '--specs', 'a'), 2);
    const printed = JSON.parse(world.out) as { readonly problems: readonly { readonly message: string }[] };
    assert.deepEqual(printed, {
      specs: [{ id: 'B', title: 'Title of B', depends_on: [], selected: false }],
      ...{ order: [], waves: [], critical_path: [], estimate_seconds: null, notes: [] },
      problems: [
        {
          ...{ severity: 'error', code: 'unknown-dependency', message: problems[0]?.message },
          ...{ file: 'specs/B.md', line: 3, column: 15 },
        },
      ],
    });
    world.dispose();
    assert.equal(await call2('plan'), 2);
    assert.equal(world.out, '');
    assert.equal(
      world.err,
      `specs/B.md:3:15: error: ${problems[0]?.message} [unknown-dependency]\nNo plan can be made until the errors are mended.\n`,
    );
  });

  it('shows warnings and what is not part of a run beside the plan, and ends with 0', async () => {
    const place = { file: '/elsewhere/A.md', line: 1, column: 1 };
    const warning = {
      ...createWarning('unknown-dependency', place, { id: 'X' }),
      related: [createRelated('unknown-dependency', { ...place, line: 9 }, { id: 'Y' })],
    };
    const notes = [{ code: 'dirty_checkout', message: 'English.', files: ['a.txt', 'b.txt'] }] as const;
    assert.equal(await call({ plan: fan, problems: [warning], notes }, 'plan', '--locale', 'ja'), 0);
    const [first, second, third] = world.err.split('\n');
    assert.match(first ?? '', /^\.\..*A\.md:1:1: 警告: .* \[unknown-dependency\]$/);
    assert.match(second ?? '', /^ {2}\.\..*A\.md:9:1: /);
    assert.equal(third, '注意: コミットされていない変更は実行に含まれません: a.txt, b.txt');
  });

  it('says how to begin where there is no spec', async () => {
    await call({ plan: planOf([], [], []) }, 'plan');
    assert.equal(
      world.out,
      '📋 Execution plan (dry run):\n  There is no spec yet. `orchestra init` writes an example.\n',
    );
  });
});

function planned(
  id: string,
  more: { readonly dependsOn?: readonly string[]; readonly selected?: boolean } = {},
): PlannedSpec {
  const { dependsOn = [], selected = true } = more;
  const spec = { ...runSpec(id, ...dependsOn) } as unknown as Spec;
  return { spec, selected, estimateMs: 300_000, estimateSource: 'default', criticalMs: 300_000 };
}

function planOf(
  specs: readonly PlannedSpec[],
  waves: readonly (readonly string[])[],
  criticalPath: readonly string[],
): Plan {
  return {
    specs,
    order: specs.map(({ spec }) => spec.id),
    waves: waves as readonly (readonly SpecId[])[],
    criticalPath: criticalPath as readonly SpecId[],
    estimateMs: 600_000,
    maxParallel: 4,
  };
}

const fan = planOf(
  [
    planned('SPEC-001'),
    planned('SPEC-002', { dependsOn: ['SPEC-001'] }),
    planned('SPEC-003', { dependsOn: ['SPEC-001'] }),
  ],
  [['SPEC-001'], ['SPEC-002', 'SPEC-003']],
  ['SPEC-001', 'SPEC-002'],
);
