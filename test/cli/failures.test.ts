import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok } from '../../src/base/result.ts';
import { createProblem } from '../../src/engine/model/create-problem.ts';
import type { EngineFailure } from '../../src/engine/model/engine-api.ts';
import { FakeWorld } from './rig/fake-world.ts';

describe('the exit code and the words for what goes wrong', () => {
  let world: FakeWorld;

  afterEach(() => world.dispose());

  const place = { file: '/w/specs/A.md', line: 2, column: 1 };
  const problem = createProblem('unknown-dependency', place, { id: 'NOPE' });
  const failures: readonly (readonly [EngineFailure, number])[] = [
    [{ reason: 'problems', message: 'One problem.', problems: [problem] }, 2],
    [{ reason: 'unknown_spec', message: 'No spec X.', spec: 'X' }, 2],
    [{ reason: 'unknown_run', message: 'No run.' }, 2],
    [{ reason: 'unknown_session', message: 'No session.' }, 2],
    [{ reason: 'unknown_terminal', message: 'No terminal.' }, 2],
    [{ reason: 'nothing_to_resume', message: 'Nothing.' }, 2],
    [{ reason: 'held', message: 'Window 7 orchestrates.', holder: 'vscode', pid: 7 }, 2],
    [{ reason: 'workspace', message: 'No repository.' }, 2],
    [{ reason: 'exists', message: 'There already.' }, 2],
    [{ reason: 'refused', message: 'No.' }, 2],
    [{ reason: 'terminal', message: 'No terminal host.' }, 1],
    [{ reason: 'store', message: 'Disk full.' }, 1],
  ];
  for (const [failure, code] of failures) {
    it(`is ${code} for ${failure.reason}, on stderr alone`, async () => {
      world = new FakeWorld({ argv: ['run', '--json'], engine: { start: () => Promise.resolve(fail(failure)) } });
      assert.equal(await world.run(), code);
      assert.equal(world.out, '');
      assert.ok(world.err.includes(failure.reason === 'problems' ? problem.message : failure.message));
    });
  }

  it('says who holds the workspace, how to watch, and how to take over', async () => {
    const held: EngineFailure = { reason: 'held', message: 'Window 7 orchestrates.', holder: 'vscode', pid: 7 };
    world = new FakeWorld({ argv: ['run'], engine: { start: () => Promise.resolve(fail(held)) } });
    await world.run();
    assert.equal(
      world.err,
      'Error: Window 7 orchestrates.\n  → Watch: orchestra status · Take over: orchestra run --resume --take-over\n',
    );
  });

  it('is 2 for wrong arguments, in the language that was asked for', async () => {
    world = new FakeWorld({ argv: ['run', '--locale', 'ja', '--spec', 'A'] });
    assert.equal(await world.run(), 2);
    assert.equal(
      world.err,
      'エラー: "run" にオプション "--spec" はありません。 "--specs" の間違いではありませんか? 参照: orchestra help run\n',
    );
    assert.deepEqual(world.engine.calls, []);
  });

  it('is 2 where there is no workspace, except for init and doctor', async () => {
    world = new FakeWorld({ argv: ['plan'] });
    rmSync(join(world.root, 'specs'), { recursive: true });
    mkdirSync(join(world.root, '.git'));
    assert.equal(await world.run(), 2);
    assert.match(world.err, /^Error: Neither .* holds orchestra\.toml or specs\//);
    world.dispose();
    world = new FakeWorld({
      argv: ['init'],
      engine: { init: () => Promise.resolve(ok(['orchestra.toml', 'specs/A.md'])) },
    });
    rmSync(join(world.root, 'specs'), { recursive: true });
    assert.equal(await world.run(), 0);
    assert.match(world.out, /^✓ orchestra\.toml\n✓ specs\/A\.md\nNext: /);
  });

  it('is 1 when doctor finds something missing', async () => {
    const doctor = () =>
      Promise.resolve([
        { name: 'node', status: 'ok', detail: '20.19.0' },
        { name: 'agent claude', status: 'error', detail: 'claude was not found.', advice: 'Install claude.' },
      ] as const);
    world = new FakeWorld({ argv: ['doctor'], engine: { doctor } });
    assert.equal(await world.run(), 1);
    assert.equal(
      world.out,
      `✅  node          ok     20.19.0
❌  agent claude  error  claude was not found.
    → Install claude.
`,
    );
  });

  it('tells what merge did', async () => {
    const report = { base: 'main', commit: '0123456789abcdef', alreadyMerged: false };
    world = new FakeWorld({ argv: ['merge', 'aaaa'], engine: { merge: () => Promise.resolve(ok(report)) } });
    assert.equal(await world.run(), 0);
    assert.deepEqual(world.engine.calls[0], ['merge', 'aaaa']);
    assert.equal(world.out, '✓ Merged into main (0123456789ab)\n');
    world.dispose();
    const again = { ...report, alreadyMerged: true };
    world = new FakeWorld({ argv: ['merge'], engine: { merge: () => Promise.resolve(ok(again)) } });
    await world.run();
    assert.equal(world.out, '✓ Everything is in main already (0123456789ab)\n');
  });

  it('prints its version', async () => {
    world = new FakeWorld({ argv: ['--version'] });
    writeFileSync(join(world.root, 'package.json'), '{"version":"1.2.3"}');
    assert.equal(await world.run(), 0);
    assert.equal(world.out, '1.2.3\n');
  });
});
