import assert from 'node:assert/strict';
import type { Engine, EngineFailure } from '../../../src/engine/model/engine-api.ts';
import type { RunId } from '../../../src/engine/model/ids.ts';
import { RunControl } from '../../../src/extension/run/run-control.ts';
import { FakeClock } from '../../rig/fake-clock.ts';
import { until } from '../../rig/until.ts';
import { runId } from '../views.ts';
import { FakeEngine } from './fake-engine.ts';

describe('the run of a window', () => {
  let engine: FakeEngine;
  let clock: FakeClock;
  let remembered: RunId | undefined;
  let trusted: boolean;
  let broken: EngineFailure[];
  let control: RunControl;

  beforeEach(() => {
    engine = new FakeEngine();
    clock = new FakeClock();
    remembered = undefined;
    trusted = true;
    broken = [];
    control = open();
  });

  afterEach(() => {
    control.dispose();
    assert.equal(clock.pending, 0);
  });

  it('is the newest of the folder, watched, as long as nothing was orchestrated here', async () => {
    await control.restore();
    assert.deepEqual([control.part, engine.calls], ['interrupted', ['watch']]);
    engine.holder = { holder: 'cli', pid: 5 };
    clock.advance(3_000);
    await until('the window sees that somebody orchestrates', () => control.part === 'watching');
    assert.deepEqual(engine.calls, ['watch']);
  });

  it('goes on by itself after a reload, once the window before has let go', async () => {
    remembered = runId;
    engine.holder = { holder: 'vscode', pid: 5 };
    const restored = control.restore();
    await until('the first try was refused', () => engine.calls.includes('resume: held') && clock.pending > 0);
    engine.holder = undefined;
    clock.advance(400);
    await restored;
    assert.deepEqual([control.part, engine.calls], ['orchestrating', ['watch', 'resume: held', 'resume']]);
    assert.equal(engine.opened[0]?.disposed, true);
  });

  it('is only watched when another process holds it longer than a window takes to go', async () => {
    remembered = runId;
    engine.holder = { holder: 'cli', pid: 5 };
    let restored = false;
    const restoring = control.restore().then(() => (restored = true));
    await until('it gives up', () => {
      clock.advance(400);
      return restored;
    });
    await restoring;
    assert.equal(control.part, 'watching');
  });

  it('is not resumed in a folder that is not trusted, and nothing is started there', async () => {
    remembered = runId;
    trusted = false;
    await control.restore();
    const refused = await control.start({ specs: ['A'] });
    assert.deepEqual([control.part, engine.calls], ['interrupted', ['watch']]);
    assert.equal(!refused.ok && refused.failure.reason, 'refused');
  });

  it('is remembered from its start to its end, and forgotten when it cannot be resumed', async () => {
    await control.start({ specs: ['A'] });
    assert.equal(remembered, runId);
    engine.last.end({ kind: 'finished', result: 'completed' });
    await until('it is forgotten', () => remembered === undefined);
    assert.equal(control.part, 'ended');
    remembered = runId;
    engine.refusal = { reason: 'unknown_run', message: 'gone' };
    control.dispose();
    control = open();
    await control.restore();
    assert.deepEqual([remembered, broken.map(({ reason }) => reason)], [undefined, ['unknown_run']]);
  });

  it('is watched on when another process takes it over', async () => {
    await control.start({ specs: ['A'] });
    engine.holder = { holder: 'cli', pid: 5 };
    engine.last.end({ kind: 'fenced' });
    await until('the window watches', () => control.part === 'watching');
    assert.deepEqual([remembered, engine.calls], [undefined, ['start A', 'watch']]);
  });

  it('takes wishes itself while it orchestrates, and hands them over else', async () => {
    await control.restore();
    assert.deepEqual(await control.request({ type: 'stop' }), { ok: true, value: 'queued' });
    await control.resume({});
    assert.deepEqual(await control.request({ type: 'stop' }), { ok: true, value: 'applied' });
    assert.deepEqual([engine.calls, engine.last.requests], [['watch', 'request', 'resume'], [{ type: 'stop' }]]);
  });

  it('is started once, however often that is asked', async () => {
    const [first, second] = await Promise.all([control.start({ specs: ['A'] }), control.start({ specs: ['A'] })]);
    assert.deepEqual([first.ok, second.ok, engine.calls], [true, false, ['start A']]);
  });

  it('is let go without ending it when the window goes', async () => {
    await control.start({ specs: ['A'] });
    await control.detach();
    assert.deepEqual([engine.last.detached, remembered], [true, runId]);
  });

  function open(): RunControl {
    return new RunControl({
      engine: () => Promise.resolve(engine as unknown as Engine),
      memory: {
        get orchestrated() {
          return remembered;
        },
        setOrchestrated(run) {
          remembered = run;
          return Promise.resolve();
        },
      },
      clock,
      isTrusted: () => trusted,
      onBroken: (failure) => broken.push(failure),
    });
  }
});
