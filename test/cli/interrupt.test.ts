import assert from 'node:assert/strict';
import { fail, ok } from '../../src/base/result.ts';
import type { Engine } from '../../src/engine/model/engine-api.ts';
import { FakeWorld, until } from './rig/fake-world.ts';
import { ScriptedRun, runId, runSpec } from './rig/scripted-run.ts';

describe('orchestra run, interrupted', () => {
  let world: FakeWorld;

  afterEach(() => world.dispose());

  const call = (run: ScriptedRun, engine: Partial<Engine> = {}): Promise<number> => {
    world = new FakeWorld({ argv: ['run'], engine: { start: () => Promise.resolve(ok(run)), ...engine } });
    return world.run();
  };

  const running = (): ScriptedRun => new ScriptedRun([runSpec('A'), runSpec('B', 'A')]);

  const heldWords = `Interrupted. These agents go on: A.a1
Nothing more is started. To go on: orchestra run --resume ${runId}
Press Ctrl-C again within 5 s to stop them.
`;

  it('lets go at the first Ctrl-C, says which agents go on, and leaves after five seconds', async () => {
    const run = running();
    const code = call(run);
    await world.begun();
    run.start('A').launch('A', 1);
    world.send('SIGINT');
    await until(() => world.clock.waiting > 0);
    assert.deepEqual(run.asked, ['detach']);
    assert.equal(world.err, heldWords);
    world.clock.advance(4_999);
    assert.equal(world.listening > 0, true);
    world.clock.advance(1);
    assert.equal(await code, 130);
    assert.equal(world.listening, 0);
    assert.equal(world.clock.waiting, 0);
  });

  it('leaves at once when no agent runs', async () => {
    const run = running();
    const code = call(run);
    await world.begun();
    world.send('SIGINT');
    assert.equal(await code, 130);
    assert.deepEqual(run.asked, ['detach']);
    assert.match(world.err, /^Interrupted\. No agent is running\.\nNothing more is started/);
  });

  it('takes the run up again at a second Ctrl-C only to stop it, and sees it to its end', async () => {
    const run = running();
    const again = running();
    const code = call(run, { resume: () => Promise.resolve(ok(again)) });
    await world.begun();
    run.start('A').launch('A', 1);
    world.send('SIGINT');
    world.send('SIGINT');
    await until(() => again.asked.length > 0);
    assert.deepEqual(again.asked, [{ type: 'stop' }]);
    again.end('A', 'cancelled', { reason: 'stopped' }).end('B', 'cancelled', { reason: 'stopped' }).finish('cancelled');
    assert.equal(await code, 130);
    assert.deepEqual(world.engine.calls.slice(1, 2), [['resume', { run: runId }]]);
    assert.equal(world.err, `${heldWords}Stopping all agents...\n`);
    assert.match(world.out, /■ A was cancelled\n■ B was cancelled\n\n📈 Results:\n/);
  });

  it('asks the new orchestrator to stop when somebody took the run up in between', async () => {
    const run = running();
    const held = { reason: 'held', message: 'Held.', holder: 'vscode', pid: 1 } as const;
    const code = call(run, { resume: () => Promise.resolve(fail(held)) });
    await world.begun();
    run.start('A').launch('A', 1);
    world.send('SIGINT');
    world.send('SIGINT');
    assert.equal(await code, 130);
    assert.deepEqual(world.engine.calls.slice(2, 3), [['request', runId, { type: 'stop' }]]);
    assert.match(world.err, /Another process orchestrates by now; it was asked to stop the run\.\n$/);
  });

  it('leaves at a third Ctrl-C without waiting for the agents, and says so', async () => {
    const run = running();
    const again = running();
    const code = call(run, { resume: () => Promise.resolve(ok(again)) });
    await world.begun();
    run.start('A').launch('A', 1);
    for (let count = 0; count < 3; count++) world.send('SIGINT');
    assert.equal(await code, 130);
    assert.deepEqual(again.asked, [{ type: 'stop' }, 'detach']);
    assert.match(world.err, /Left before every agent was confirmed to have ended\.\n$/);
  });

  for (const [signal, expected] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    it(`detaches at once at ${signal} and stops nothing`, async () => {
      const run = running();
      const code = call(run);
      await world.begun();
      run.start('A').launch('A', 1);
      world.send(signal);
      assert.equal(await code, expected);
      assert.deepEqual(run.asked, ['detach']);
    });
  }

  it('detaches when the reader of its output goes away', async () => {
    const run = running();
    const code = call(run);
    await world.begun();
    world.stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    assert.equal(await code, 141);
    assert.deepEqual(run.asked, ['detach']);
    assert.match(world.err, /To go on: orchestra run --resume/);
  });

  it('tells the end of a run that finished while it let go', async () => {
    const run = running();
    const code = call(run);
    await world.begun();
    run.start('A').end('A', 'completed').end('B', 'completed');
    run.finish('completed');
    world.send('SIGINT');
    assert.equal(await code, 0);
    assert.match(world.out, /Succeeded: 2 \(A, B\)/);
  });
});
