import assert from 'node:assert/strict';
import { agentSays, CoreRun, escalationId, exited, exitedBadly, exitedWell, plainSettings } from './core-fixture.ts';

describe('Scheduling', () => {
  it('starts the spec with the longest chain behind it first, equals in the order of the plan', () => {
    const run = new CoreRun(
      [
        { id: 'A', criticalMs: 1_000 },
        { id: 'B', criticalMs: 3_000 },
        { id: 'C', criticalMs: 1_000 },
        { id: 'D', criticalMs: 2_000 },
      ],
      { maxParallel: 8 },
    );
    assert.deepEqual(run.starts(), ['B', 'D', 'A', 'C']);
  });

  it('starts no more than max_parallel and fills a slot as soon as it is free', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B' }, { id: 'C' }], { maxParallel: 2 });
    assert.deepEqual(run.starts(), ['A', 'B']);
    run.complete('B');
    assert.deepEqual(run.starts(), ['A', 'B', 'C']);
  });

  it('starts no more than max_terminals', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B' }], { maxTerminals: 1 });
    assert.deepEqual(run.starts(), ['A']);
  });

  it('goes by the limit that a resume brings, and stops nothing that runs', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B' }, { id: 'C' }, { id: 'D' }], { maxParallel: 2 });
    run.tell({ type: 'run_resumed', holder: 'cli', maxParallel: 1 });
    run.complete('A');
    assert.deepEqual(run.starts(), ['A', 'B']);
    run.tell({ type: 'run_resumed', holder: 'cli', maxParallel: 3 });
    assert.deepEqual(run.starts(), ['A', 'B', 'C', 'D']);
  });

  it("keeps an agent's own limit and lets others pass", () => {
    const alpha = { name: 'alpha', driver: 'command', command: [], args: [], env: [], maxTerminals: 1 };
    const run = new CoreRun([{ id: 'A' }, { id: 'B' }, { id: 'C', agent: 'beta' }], {
      agents: { alpha, beta: { ...alpha, name: 'beta' } },
    });
    assert.deepEqual(run.starts(), ['A', 'C']);
    run.complete('A');
    assert.deepEqual(run.starts(), ['A', 'C', 'B']);
  });

  it('never runs specs at once that touch the same files, and lets others pass', () => {
    const run = new CoreRun([
      { id: 'A', touches: ['src/a/**'] },
      { id: 'B', touches: ['src/**'] },
      { id: 'C', touches: ['docs/**'] },
      { id: 'D' },
    ]);
    assert.deepEqual(run.starts(), ['A', 'C', 'D']);
    run.complete('A');
    assert.deepEqual(run.starts(), ['A', 'C', 'D', 'B']);
  });

  it('starts a dependent at once after its last dependency, in an uneven diamond', () => {
    const run = new CoreRun([
      { id: 'ROOT' },
      { id: 'SHORT', needs: ['ROOT'] },
      { id: 'LONG-1', needs: ['ROOT'] },
      { id: 'LONG-2', needs: ['LONG-1'] },
      { id: 'END', needs: ['SHORT', 'LONG-2'] },
    ]);
    assert.deepEqual(run.starts(), ['ROOT']);
    run.complete('ROOT');
    assert.deepEqual(run.starts(), ['ROOT', 'SHORT', 'LONG-1']);
    run.complete('LONG-1');
    assert.deepEqual(run.starts(), ['ROOT', 'SHORT', 'LONG-1', 'LONG-2'], 'SHORT still runs');
    run.complete('LONG-2');
    assert.equal(run.starts().length, 4);
    run.later(50);
    assert.equal(run.starts().length, 4);
    const effects = run.complete('SHORT');
    assert.deepEqual(effects, ['prepare_worktree run/END#1:prepare']);
  });

  it('gives the slot of a session that asked and ended to another one, and none to the answer before one is free', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B' }], { maxParallel: 1 });
    run.toWork('A');
    run.tell(exited('A', 'A.a1', exitedWell, 'Which one?'));
    assert.deepEqual(run.starts(), ['A', 'B']);
    run.tell({ type: 'answer_given', id: escalationId(1), text: 'This one.', by: 'cli' });
    assert.deepEqual(run.starts(), ['A', 'B']);
    run.complete('B');
    assert.deepEqual(run.starts(), ['A', 'B', 'A']);
  });

  it('keeps the slot of a session whose live agent waits for a person', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B' }], { maxParallel: 1 });
    run.toWork('A');
    run.tell(agentSays('A', 'A.a1', { state: 'blocked', kind: 'question', message: 'Which one?' }));
    assert.deepEqual(run.starts(), ['A']);
  });

  it('gives the slot away while a retry waits for its time', () => {
    const run = new CoreRun([{ id: 'A', criticalMs: 9_000 }, { id: 'B' }, { id: 'C' }], {
      maxParallel: 1,
      retry: { ...plainSettings.retry, delayMs: 100 },
    });
    run.toWork('A');
    run.tell(exited('A', 'A.a1', exitedBadly));
    assert.deepEqual(run.starts(), ['A', 'B']);
    run.later(100);
    run.complete('B');
    assert.deepEqual(run.starts(), ['A', 'B', 'A'], 'the retry is more urgent than C');
  });
});
