import assert from 'node:assert/strict';
import type { RunSettings } from '../../../src/engine/model/run-event.ts';
import type { SessionFailure } from '../../../src/engine/model/session-failure.ts';
import type { SpecId } from '../../../src/engine/model/ids.ts';
import { nextAfterFailure, type NextStep } from '../../../src/engine/core/retry-policy.ts';
import { CoreRun, exited, exitedBadly, plainSettings, sessionId } from './core-fixture.ts';

const ownGate: SessionFailure = {
  reason: 'gate_red',
  combined: false,
  command: 'test',
  terminal: 'A.a1.g0',
  timedOut: false,
};
const combinedGate: SessionFailure = { ...ownGate, combined: true };
const conflict: SessionFailure = { reason: 'conflict', files: ['a.ts'], details: '' };

const reactions: readonly (readonly [SessionFailure, NextStep])[] = [
  [
    { reason: 'agent_exit', exitCode: 1 },
    { next: 'retry', dueT: 1_100 },
  ],
  [{ reason: 'agent_lost' }, { next: 'retry', dueT: 1_100 }],
  [
    { reason: 'setup_failed', terminal: 'A.a1.s0' },
    { next: 'retry', dueT: 1_100 },
  ],
  [
    { reason: 'workspace', message: '' },
    { next: 'retry', dueT: 1_100 },
  ],
  [{ reason: 'nothing_changed' }, { next: 'rework', dueT: 1_000 }],
  [
    { reason: 'work_refused', message: '' },
    { next: 'rework', dueT: 1_000 },
  ],
  [ownGate, { next: 'rework', dueT: 1_000 }],
  [combinedGate, { next: 'rework', dueT: 1_000 }],
  [conflict, { next: 'rework', dueT: 1_000 }],
  [
    { reason: 'spawn_failed', message: '' },
    { next: 'none', dueT: 1_000 },
  ],
  [
    { reason: 'timeout', scope: 'session', limitMs: 1 },
    { next: 'none', dueT: 1_000 },
  ],
  [{ reason: 'stopped' }, { next: 'none', dueT: 1_000 }],
  [
    { reason: 'refused', step: 'A:start' },
    { next: 'none', dueT: 1_000 },
  ],
  [
    { reason: 'dependency', specId: 'B' as SpecId },
    { next: 'none', dueT: 1_000 },
  ],
];

describe('The reaction to a failed attempt', () => {
  for (const [failure, expected] of reactions) {
    const name = failure.reason === 'gate_red' && failure.combined ? 'gate_red (combined)' : failure.reason;
    it(`is ${expected.next} after ${name}`, () => {
      const run = new CoreRun([{ id: 'A' }]);
      assert.deepEqual(nextAfterFailure(run.state, run.session('A'), failure, 1_000), expected);
    });
  }

  it('is nothing more when the tries of the session are used up', () => {
    const run = runWith({ attempts: 2 });
    fail(run, 'A', { reason: 'nothing_changed' });
    fail(run, 'A', { reason: 'nothing_changed' });
    assert.deepEqual(nexts(run), ['rework', 'none']);
    assert.deepEqual(run.statuses(), { A: 'failed', B: 'running' });
  });

  it("is nothing more when the run's budget is used up", () => {
    const run = runWith({ runBudget: 1 });
    fail(run, 'A', { reason: 'nothing_changed' });
    fail(run, 'B', { reason: 'nothing_changed' });
    assert.deepEqual(nexts(run), ['rework', 'none']);
    assert.equal(run.state.retriesUsed, 1);
  });

  it("does not overdraw the run's budget when two fail at the same instant", () => {
    const run = runWith({ runBudget: 1 });
    run.toWork('A');
    run.toWork('B');
    run.tellAtOnce(exited('A', 'A.a1', exitedBadly), exited('B', 'B.a1', exitedBadly));
    assert.deepEqual(nexts(run), ['retry', 'none']);
  });

  it('sends back after a conflict on a budget of its own', () => {
    const run = runWith({ attempts: 1, runBudget: 0, mergeRework: 2 });
    for (let round = 0; round < 3; round += 1) {
      run.toQueue('A');
      run.tell({ type: 'step_failed', session: sessionId('A'), failure: conflict });
    }
    assert.deepEqual(nexts(run), ['rework', 'rework', 'none']);
    assert.deepEqual([run.session('A').tries, run.session('A').mergeReworks, run.state.retriesUsed], [1, 2, 0]);
  });

  it('counts every failure on the way to a merge after a conflict as that rework, whatever it is', () => {
    const run = runWith({ attempts: 1, runBudget: 0, mergeRework: 2 });
    run.toQueue('A');
    run.tell({ type: 'step_failed', session: sessionId('A'), failure: conflict });
    run.toWork('A');
    run.tell(exited('A', 'A.a2', exitedBadly));
    run.later(100);
    run.toWork('A');
    run.tell(exited('A', 'A.a3', exitedBadly));
    assert.deepEqual(nexts(run), ['rework', 'retry', 'none']);
    assert.equal(run.session('A').tries, 1);
  });

  it('starts a retry from a fresh cut and a rework in the same worktree', () => {
    const run = runWith({});
    run.toWork('A');
    run.tell(exited('A', 'A.a1', exitedBadly));
    run.later(100);
    assert.equal(run.session('A').cause, 'retry');
    fail(run, 'A', { reason: 'nothing_changed' });
    assert.equal(run.session('A').cause, 'rework');
  });
});

function runWith(retry: Partial<RunSettings['retry']>): CoreRun {
  return new CoreRun([{ id: 'A' }, { id: 'B' }], { retry: { ...plainSettings.retry, ...retry } });
}

function fail(run: CoreRun, id: string, failure: SessionFailure): void {
  run.toWork(id);
  run.tell({ type: 'step_failed', session: sessionId(id), failure });
}

function nexts(run: CoreRun): string[] {
  return run.events('attempt_ended').map(({ next }) => next);
}
