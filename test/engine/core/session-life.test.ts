import assert from 'node:assert/strict';
import { applyEntry } from '../../../src/engine/core/apply.ts';
import { decide } from '../../../src/engine/core/decide.ts';
import type { RunState } from '../../../src/engine/core/run-state.ts';
import {
  agentSays,
  collected,
  CoreRun,
  escalationId,
  exited,
  exitedBadly,
  exitedWell,
  mergePrepared,
  sessionId,
  started,
  worktreeReady,
} from './core-fixture.ts';

describe('A session', () => {
  it('goes from its worktree through agent, gate, combined gate and merge, one effect at a time', () => {
    const run = new CoreRun([{ id: 'A', gate: ['lint', 'test'] }], {
      workspace: { copy: [], link: [], setup: ['install'] },
    });
    const session = sessionId('A');
    const steps = [
      run.effects(),
      run.tell(worktreeReady('A')),
      run.tell({ ...started('A', 'A.a1.s0'), role: 'setup' }, exited('A', 'A.a1.s0', exitedWell)),
      run.tell(started('A', 'A.a1')),
      run.tell(exited('A', 'A.a1', exitedWell)),
      run.tell(collected('A')),
      run.tell({ ...started('A', 'A.a1.g0'), role: 'gate' }, exited('A', 'A.a1.g0', exitedWell)),
      run.tell({ ...started('A', 'A.a1.g1'), role: 'gate', index: 1 }, exited('A', 'A.a1.g1', exitedWell)),
      run.tell(mergePrepared('A')),
      run.tell({ ...started('A', 'A.a1.m1.g0'), role: 'combined_gate' }, exited('A', 'A.a1.m1.g0', exitedWell)),
      run.tell({ ...started('A', 'A.a1.m1.g1'), role: 'combined_gate' }, exited('A', 'A.a1.m1.g1', exitedWell)),
      run.tell({ type: 'merge_moved', session }),
      run.tell(mergePrepared('A', false)),
      run.tell({ type: 'merge_done', session, mergeCommit: 'merge' }),
    ];
    assert.deepEqual(steps, [
      ['prepare_worktree run/A#1:prepare'],
      ['launch A.a1.s0:launch'],
      ['launch A.a1:launch'],
      [],
      ['collect run/A#1:collect'],
      ['launch A.a1.g0:launch'],
      ['launch A.a1.g1:launch'],
      ['prepare_merge run/A#1:rebase.1'],
      ['launch A.a1.m1.g0:launch'],
      ['launch A.a1.m1.g1:launch'],
      ['merge run/A#1:merge.1'],
      ['prepare_merge run/A#1:rebase.2'],
      ['merge run/A#1:merge.2'],
      [],
    ]);
    assert.deepEqual(run.events('run_finished'), [{ type: 'run_finished', result: 'completed' }]);
    assert.deepEqual(decide(run.state, run.t), []);
  });

  it('is not done because its agent says so', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B', needs: ['A'] }]);
    run.toWork('A');
    run.tell(exited('A', 'A.a1', exitedWell), collected('A', false));
    assert.deepEqual(run.session('A').lastFailure, { reason: 'nothing_changed' });
    assert.deepEqual(run.statuses(), { A: 'running', B: 'pending' });
  });

  it('may change nothing where its spec allows it', () => {
    const run = new CoreRun([{ id: 'A', allowEmpty: true, gate: [] }]);
    run.toWork('A');
    run.tell(exited('A', 'A.a1', exitedWell));
    assert.deepEqual(run.tell(collected('A', false)), ['prepare_merge run/A#1:rebase.1']);
  });

  it('takes its dependents along when it fails, however far they are, and nobody else', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B', needs: ['A'] }, { id: 'C', needs: ['B', 'D'] }, { id: 'D' }]);
    run.toWork('A');
    run.tell(exited('A', 'A.a1', { ...exitedBadly, reason: 'spawn_failed', message: 'ENOENT' }));
    assert.deepEqual(run.statuses(), { A: 'failed', B: 'skipped', C: 'skipped', D: 'running' });
    assert.deepEqual(run.session('C').failure, { reason: 'dependency', specId: 'B' });
    run.complete('D');
    assert.deepEqual(run.tell({ type: 'escalation_delivered', id: escalationId(1), file: 'f', at: '' }), []);
    assert.deepEqual(run.events('run_finished'), [{ type: 'run_finished', result: 'partial_failure' }]);
  });

  it('ends at its deadline: the agent is killed first', () => {
    const run = new CoreRun([{ id: 'A', timeoutMs: 1_000 }]);
    run.toWork('A');
    assert.deepEqual(run.later(999), []);
    assert.deepEqual(run.later(1), ['kill A.a1:kill']);
    assert.equal(run.session('A').status, undefined);
    run.tell(exited('A', 'A.a1', { ...exitedWell, reason: 'killed' }));
    assert.deepEqual(run.session('A').failure, { reason: 'timeout', scope: 'session', limitMs: 1_000 });
    assert.equal(run.session('A').status, 'timed_out');
  });

  it('spends no time of its deadline while it waits for a person, a retry or the merge', () => {
    const run = new CoreRun([{ id: 'A', timeoutMs: 1_000 }]);
    run.toWork('A');
    run.later(300, agentSays('A', 'A.a1', { state: 'blocked', kind: 'permission' }));
    run.later(50_000, agentSays('A', 'A.a1', { state: 'working' }));
    run.later(300, exited('A', 'A.a1', exitedBadly));
    run.later(50_000);
    run.toWork('A');
    assert.equal(run.session('A').spentMs, 600);
    run.later(399, exited('A', 'A.a2', exitedWell), collected('A'));
    run.passGates('A', 'gating');
    run.later(50_000);
    assert.equal(run.session('A').status, undefined);
    assert.equal(run.session('A').spentMs, 999);
    run.merge('A');
    assert.equal(run.session('A').status, 'completed');
  });

  it('spends its deadline again once its agent has the answer', () => {
    const run = new CoreRun([{ id: 'A', timeoutMs: 1_000 }]);
    run.toWork('A');
    run.tell(agentSays('A', 'A.a1', { state: 'blocked', kind: 'question', message: 'Which one?' }));
    run.later(5_000, { type: 'answer_given', id: escalationId(1), text: 'This one.', by: 'cli' });
    run.tell({ type: 'answer_delivered', session: sessionId('A'), terminal: started('A', 'A.a1').terminal });
    assert.deepEqual(run.later(1_000), ['deliver_escalation esc-1:deliver', 'kill A.a1:kill'].toReversed());
  });

  it('listens to its present terminal alone', () => {
    const run = new CoreRun([{ id: 'A' }]);
    run.toWork('A');
    run.tell(exited('A', 'A.a1', exitedBadly));
    run.later(100);
    run.toWork('A');
    const before = run.session('A');
    run.tell(exited('A', 'A.a1', { ...exitedWell, survivors: [7] }, 'Late?'));
    run.tell(agentSays('A', 'A.a1', { state: 'blocked', kind: 'question' }));
    const after = run.session('A');
    assert.deepEqual(after.phase, before.phase);
    assert.deepEqual(after.terminals[0]?.exit, exitedBadly, 'the first word about an end stands');
    assert.deepEqual(run.open(), ['esc-1 retry']);
  });

  it('tells of processes that outlived a kill, and keeps telling when it has ended', () => {
    const run = new CoreRun([{ id: 'A' }]);
    run.toWork('A');
    assert.deepEqual(run.tell({ type: 'stop_requested', by: 'cli' }), ['kill A.a1:kill']);
    run.tell(exited('A', 'A.a1', { ...exitedWell, reason: 'killed', survivors: [7, 8] }));
    assert.deepEqual(run.statuses(), { A: 'cancelled' });
    assert.deepEqual(run.open(), ['esc-1 kill']);
    assert.deepEqual(
      run.state.escalations.get(escalationId(1))?.reason,
      'Processes of A.a1 could not be confirmed dead: pid 7, 8. End them by hand.',
    );
  });

  it('is not taken back once its work is being merged', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B' }]);
    run.toQueue('A');
    run.tell(mergePrepared('A', false));
    run.toWork('B');
    assert.deepEqual(
      run.tell({ type: 'stop_requested', by: 'cli' }),
      ['merge run/A#1:merge.1', 'kill B.a1:kill'].toSorted((a, b) => b.localeCompare(a)),
    );
    run.tell({ type: 'merge_done', session: sessionId('A'), mergeCommit: 'merge' });
    run.tell(exited('B', 'B.a1', { ...exitedWell, reason: 'killed' }));
    assert.deepEqual(run.statuses(), { A: 'completed', B: 'cancelled' });
    assert.deepEqual(run.events('run_finished'), [{ type: 'run_finished', result: 'cancelled' }]);
  });

  it('merges one at a time, in the order of asking', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B' }]);
    run.toQueue('B');
    assert.deepEqual(run.toQueue('A'), ['prepare_merge run/B#1:rebase.1']);
    run.merge('B');
    assert.deepEqual(run.effects(), ['prepare_merge run/A#1:rebase.1']);
  });
});

describe('A journal', () => {
  it('gives the same state and the same commands at every place where a process may have died', () => {
    const run = eventfulRun();
    let live: RunState | undefined;
    for (const [index, entry] of run.journal.entries()) {
      live = applyEntry(live, entry);
      let replayed: RunState | undefined;
      for (const earlier of run.journal.slice(0, index + 1)) {
        replayed = applyEntry(replayed, JSON.parse(JSON.stringify(earlier)) as typeof earlier);
      }
      assert.ok(replayed);
      assert.deepEqual(replayed, live, `after entry ${entry.seq}`);
      assert.deepEqual(decide(replayed, entry.t), decide(live, entry.t));
    }
    assert.equal(run.state.result, 'partial_failure');
  });

  it('begins with run_started', () => {
    const [, second] = eventfulRun().journal;
    assert.ok(second);
    assert.throws(() => applyEntry(undefined, second), /begins with run_started/);
  });
});

/** A run with a merge, a retry, a question, a stop and a skip in it. */
function eventfulRun(): CoreRun {
  const run = new CoreRun([{ id: 'A' }, { id: 'B' }, { id: 'C', needs: ['B'] }, { id: 'D', needs: ['A'] }]);
  run.toWork('A');
  run.later(10, exited('A', 'A.a1', exitedWell, 'Which one?'));
  run.later(10, { type: 'answer_given', id: escalationId(1), text: 'This one.', by: 'cli' });
  run.complete('A');
  run.toWork('B');
  run.later(10, exited('B', 'B.a1', exitedBadly));
  run.later(500, { type: 'stop_requested', session: sessionId('B'), by: 'cli' });
  run.complete('D');
  run.later(10, { type: 'run_resumed', holder: 'cli' });
  if (run.session('B').status === undefined)
    run.tell(exited('B', run.terminal('B'), { ...exitedWell, reason: 'killed' }));
  for (const id of run.state.undelivered) run.tell({ type: 'escalation_delivered', id, file: `${id}.json`, at: '' });
  return run;
}
