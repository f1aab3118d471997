import assert from 'node:assert/strict';
import { fail, ok } from '../../src/base/result.ts';
import type { Engine } from '../../src/engine/model/engine-api.ts';
import { FakeWorld, until } from './rig/fake-world.ts';
import { ScriptedRun, runId, runSpec, sessionOf } from './rig/scripted-run.ts';

describe('what a person asks of a run from another terminal', () => {
  let world: FakeWorld;

  afterEach(() => world.dispose());

  const call = (run: ScriptedRun, live: boolean, argv: string, engine: Partial<Engine> = {}): Promise<number> => {
    const { startedAt } = run.view();
    world = new FakeWorld({
      argv: argv.split(' '),
      engine: {
        watch: () => Promise.resolve(ok(run)),
        runs: () => Promise.resolve([{ runId, startedAt, live, specs: [] }]),
        request: () => Promise.resolve(ok(live ? 'applied' : 'queued')),
        ...engine,
      },
    });
    return world.run();
  };

  const failed = (): ScriptedRun => {
    const run = new ScriptedRun([runSpec('SPEC-001'), runSpec('SPEC-002')]);
    return run.start('SPEC-001').end('SPEC-001', 'failed', { reason: 'agent_exit', exitCode: 1 });
  };

  const requests = (): unknown[] => world.engine.calls.filter(([name]) => name === 'request');

  it('hands a retry to the living orchestrator, by spec or by run and spec', async () => {
    assert.equal(await call(failed(), true, 'retry spec-001'), 0);
    assert.deepEqual(requests(), [['request', runId, { type: 'retry', session: sessionOf('SPEC-001') }]]);
    assert.equal(world.out, 'Done: the orchestrator has taken it.\n');
    world.dispose();
    assert.equal(await call(failed(), true, 'retry aaaa/SPEC-001'), 0);
    assert.deepEqual(world.engine.calls[0], ['watch', 'aaaa']);
  });

  it('keeps a retry for later when nobody orchestrates, and says how it takes effect', async () => {
    assert.equal(await call(failed(), false, `retry SPEC-001 --run ${runId}`), 0);
    assert.equal(world.out, `Kept for later: it takes effect with \`orchestra run --resume ${runId}\`.\n`);
  });

  it('resumes at once with --resume', async () => {
    const run = failed();
    const code = call(run, false, 'retry SPEC-001 --resume', { resume: () => Promise.resolve(ok(run)) });
    await until(() => world.out.includes('\n\n'));
    run.finish('partial_failure');
    assert.equal(await code, 1);
    assert.deepEqual(
      world.engine.calls.map(([name]) => name),
      ['watch', 'request', 'resume', 'dispose'],
    );
  });

  it('refuses to retry what has not ended or is completed, and what is not there', async () => {
    const run = failed();
    run.start('SPEC-002');
    assert.equal(await call(run, true, 'retry SPEC-002'), 2);
    assert.equal(world.err, 'Error: SPEC-002 has not ended yet.\n');
    world.dispose();
    run.end('SPEC-002', 'completed');
    assert.equal(await call(run, true, 'retry SPEC-002'), 2);
    assert.equal(world.err, 'Error: SPEC-002 is completed; there is nothing to retry.\n');
    world.dispose();
    assert.equal(await call(run, true, 'retry SPEC-009 --locale ja'), 2);
    assert.equal(world.err, 'エラー: この実行にセッション SPEC-009 はありません。\n対象: SPEC-001, SPEC-002\n');
    assert.deepEqual(requests(), []);
  });

  it('answers a question with all words that follow', async () => {
    const run = new ScriptedRun([runSpec('A')]);
    run.start('A').launch('A', 1);
    const [session] = run.view().sessions;
    assert.ok(session?.terminals[0]);
    const status = { state: 'blocked', kind: 'question', message: 'Colour?' } as const;
    run.record({ type: 'program_status', session: session.id, terminal: session.terminals[0].id, status }).escalate();
    assert.equal(await call(run, true, 'answer ESC-1 a dark blue'), 0);
    assert.deepEqual(requests(), [['request', runId, { type: 'answer', escalation: 'esc-1', text: 'a dark blue' }]]);
    world.dispose();
    assert.equal(await call(run, true, 'answer esc-7 blue'), 2);
    assert.equal(world.err, 'Error: There is no escalation esc-7 in this run.\nThere are: esc-1\n');
  });

  it('approves or refuses a step that waits', async () => {
    const run = new ScriptedRun([runSpec('A')], { mode: 'approve' }).await('A', 'start');
    assert.equal(await call(run, true, 'approve a:start'), 0);
    assert.deepEqual(requests(), [['request', runId, { type: 'approve', step: 'A:start', granted: true }]]);
    world.dispose();
    assert.equal(await call(run, true, 'approve A:start --refuse'), 0);
    assert.deepEqual(requests(), [['request', runId, { type: 'approve', step: 'A:start', granted: false }]]);
    world.dispose();
    assert.equal(await call(run, true, 'approve A:merge'), 2);
    assert.equal(world.err, 'Error: A:merge does not wait for an approval.\nWaiting: A:start\n');
  });

  it('stops one session, or the whole run', async () => {
    assert.equal(await call(failed(), true, 'stop SPEC-002'), 0);
    assert.deepEqual(requests(), [['request', runId, { type: 'stop', session: sessionOf('SPEC-002') }]]);
    world.dispose();
    assert.equal(await call(failed(), true, 'stop'), 0);
    assert.deepEqual(requests(), [['request', runId, { type: 'stop' }]]);
  });

  it('orchestrates itself to stop a run that nobody orchestrates, until every agent has ended', async () => {
    const run = failed();
    const code = call(run, false, 'stop', { resume: () => Promise.resolve(ok(run)) });
    await until(() => run.asked.length > 0);
    run.end('SPEC-002', 'cancelled', { reason: 'stopped' }).finish('cancelled');
    assert.equal(await code, 0);
    assert.deepEqual(run.asked, [{ type: 'stop' }]);
    assert.deepEqual(requests(), []);
    assert.match(world.out, /none of its agents is left\.\n$/);
  });

  it('does not stop a run that has ended', async () => {
    const run = failed();
    run.end('SPEC-002', 'completed').finish('partial_failure');
    assert.equal(await call(run, false, 'stop'), 0);
    assert.equal(world.out, `Run ${runId} has ended already: partly failed.\n`);
    assert.deepEqual(requests(), []);
  });

  it('passes on what the engine refuses', async () => {
    const engine: Partial<Engine> = {
      request: () => Promise.resolve(fail({ reason: 'store', message: 'The disk is full.' })),
    };
    assert.equal(await call(failed(), true, 'stop', engine), 1);
    assert.equal(world.err, 'Error: The disk is full.\n');
  });
});
