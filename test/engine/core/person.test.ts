import assert from 'node:assert/strict';
import type { RunEvent } from '../../../src/engine/model/run-event.ts';
import {
  agentSays,
  CoreRun,
  escalationId,
  exited,
  exitedBadly,
  exitedWell,
  mergePrepared,
  sessionId,
  started,
} from './core-fixture.ts';

describe('A question', () => {
  it('of an agent that ended starts another attempt in the same worktree once it is answered', () => {
    const run = new CoreRun([{ id: 'A' }]);
    run.toWork('A');
    assert.deepEqual(run.tell(exited('A', 'A.a1', exitedWell, 'Which one?')), ['deliver_escalation esc-1:deliver']);
    assert.deepEqual(run.statuses(), { A: 'blocked' });
    run.tell(answer(1));
    const { attempt, cause, answers, tries } = run.session('A');
    assert.deepEqual(
      { attempt, cause, answers, tries },
      { attempt: 2, cause: 'answer', answers: [{ question: 'Which one?', text: 'This one.' }], tries: 1 },
    );
    assert.deepEqual(run.open(), []);
  });

  it('of a live agent is answered in its terminal, but never while a person types there', () => {
    const run = new CoreRun([{ id: 'A' }]);
    run.toWork('A');
    run.tell(asks('Which one?'), delivered(1));
    const control = { type: 'control_changed', session: sessionId('A'), terminal: agent } as const;
    run.tell({ ...control, owner: 'person' });
    assert.deepEqual(run.tell(answer(1)), []);
    assert.deepEqual(run.tell({ ...control, owner: 'orchestrator' }), ['deliver_answer esc-1:answer']);
    assert.deepEqual(run.tell({ type: 'answer_delivered', session: sessionId('A'), terminal: agent }), []);
    assert.deepEqual(run.open(), []);
    assert.deepEqual(run.statuses(), { A: 'running' });
  });

  it('is asked anew when the agent waits again after its answer', () => {
    const run = new CoreRun([{ id: 'A' }]);
    run.toWork('A');
    run.tell(asks('Which one?'), answer(1), { type: 'answer_delivered', session: sessionId('A'), terminal: agent });
    run.tell(asks('And then?'));
    assert.deepEqual(run.open(), ['esc-2 question']);
    assert.deepEqual(run.state.escalations.get(escalationId(2))?.reason, 'The agent asks: And then?');
  });

  it('is closed when the agent goes on by itself, and an answer that comes late moves nothing', () => {
    const run = new CoreRun([{ id: 'A' }]);
    run.toWork('A');
    run.tell(asks('Which one?'), agentSays('A', agent, { state: 'working' }));
    assert.deepEqual(run.open(), []);
    assert.deepEqual(run.tell(delivered(1), answer(1)), []);
  });

  it('that the agent left at its end is not closed by the late word that an older one was answered', () => {
    const run = new CoreRun([{ id: 'A' }]);
    run.toWork('A');
    run.tell(asks('Which one?'), answer(1), exited('A', agent, exitedWell, 'And then?'));
    run.tell({ type: 'answer_delivered', session: sessionId('A'), terminal: agent });
    assert.deepEqual(run.open(), ['esc-2 question']);
  });

  it('cannot be acknowledged away, nor answered twice', () => {
    const run = new CoreRun([{ id: 'A' }]);
    run.toWork('A');
    run.tell(exited('A', agent, exitedWell, 'Which one?'));
    run.tell({ type: 'escalation_resolved', id: escalationId(1), by: 'person' });
    assert.deepEqual(run.open(), ['esc-1 question']);
    run.tell(answer(1), answer(1));
    assert.deepEqual(run.session('A').answers.length, 1);
  });

  it('of an agent that is being stopped is not raised', () => {
    const run = new CoreRun([{ id: 'A' }]);
    run.toWork('A');
    run.tell({ type: 'stop_requested', session: sessionId('A'), by: 'cli' });
    run.tell(exited('A', agent, exitedWell, 'Which one?'));
    assert.deepEqual([...run.state.escalations], []);
    assert.deepEqual(run.statuses(), { A: 'cancelled' });
  });
});

describe('Approve mode', () => {
  it('asks before each start and each merge, once, and lets others pass', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B' }], { mode: 'approve' });
    assert.deepEqual(run.open(), ['esc-1 approval', 'esc-2 approval']);
    assert.deepEqual(run.statuses(), { A: 'blocked', B: 'blocked' });
    run.later(1_000, approval('B:start'));
    assert.deepEqual(run.starts(), ['B']);
    run.toQueue('B');
    assert.deepEqual(run.open(), ['esc-1 approval', 'esc-3 approval']);
    assert.equal(run.view('B').step, 'approval');
    assert.ok(run.tell(approval('B:merge')).includes('prepare_merge run/B#1:rebase.1'));
  });

  it('does not let one that waits for its approval keep others from merging', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B' }], { mode: 'approve' });
    run.tell(approval('A:start'), approval('B:start'));
    run.toQueue('A');
    run.toQueue('B');
    assert.ok(run.tell(approval('B:merge')).includes('prepare_merge run/B#1:rebase.1'));
  });

  it('ends a refused session and skips what depends on it', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B', needs: ['A'] }], { mode: 'approve' });
    run.tell(approval('A:start', false));
    assert.deepEqual(run.statuses(), { A: 'failed', B: 'skipped' });
    assert.deepEqual(run.session('A').failure, { reason: 'refused', step: 'A:start' });
  });

  it('takes no decision on a step that does not wait, nor a second one', () => {
    const run = new CoreRun([{ id: 'A' }], { mode: 'approve' });
    run.tell(approval('A:merge', false), approval('B:start', false), approval('A:start'), approval('A:start', false));
    run.toQueue('A');
    assert.deepEqual(run.open(), ['esc-2 approval']);
    run.tell(approval('A:merge'));
    run.merge('A');
    assert.deepEqual(run.statuses(), { A: 'completed' });
  });

  it('asks again for a refused step of a session that is tried again, and tells of a second refusal', () => {
    const run = new CoreRun([{ id: 'A' }], { mode: 'approve' });
    run.tell(approval('A:start', false), retry('A'));
    assert.deepEqual(run.statuses(), { A: 'blocked' });
    run.tell(approval('A:start', false));
    const failures = [...run.state.escalations.values()].filter(({ kind }) => kind === 'failure');
    assert.deepEqual(
      failures.map(({ id, open }) => [id, open]),
      [
        ['esc-2', false],
        ['esc-4', true],
      ],
    );
  });

  it('needs no approval any more after a resume in auto mode, and asks again after one in approve mode', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B' }], { mode: 'approve', maxParallel: 1 });
    run.tell({ type: 'run_resumed', holder: 'cli', mode: 'auto' });
    assert.deepEqual([run.open(), run.starts()], [[], ['A']]);
    run.tell({ type: 'run_resumed', holder: 'cli', mode: 'approve' });
    assert.deepEqual(run.open(), ['esc-3 approval']);
  });
});

describe('A retry that a person asks for', () => {
  it('opens the session and what was skipped because of it, with a fresh budget', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B', needs: ['A'] }, { id: 'C', needs: ['B'] }]);
    run.toWork('A');
    run.tell(exited('A', agent, spawnFailed));
    assert.deepEqual(run.statuses(), { A: 'failed', B: 'skipped', C: 'skipped' });
    run.tell(retry('A'));
    assert.deepEqual(run.statuses(), { A: 'running', B: 'pending', C: 'pending' });
    assert.deepEqual([run.session('A').cause, run.session('A').attempt, run.session('A').tries], ['requested', 2, 1]);
    assert.deepEqual(run.open(), []);
    run.complete('A');
    run.complete('B');
    run.complete('C');
    assert.deepEqual(run.statuses(), { A: 'completed', B: 'completed', C: 'completed' });
  });

  it('of one dependency finds the others completed while the dependent was skipped', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B' }, { id: 'C', needs: ['A', 'B'] }]);
    run.toWork('A');
    run.tell(exited('A', agent, spawnFailed));
    run.complete('B');
    run.tell(retry('A'));
    run.complete('A');
    assert.deepEqual(run.statuses(), { A: 'completed', B: 'completed', C: 'running' });
  });

  it('skips again what depends on another one that did not complete', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B' }, { id: 'C', needs: ['A', 'B'] }]);
    run.toWork('A');
    run.toWork('B');
    run.tellAtOnce(exited('A', 'A.a1', spawnFailed), exited('B', 'B.a1', spawnFailed), retry('A'));
    run.tell(retry('A'));
    assert.deepEqual(run.statuses(), { A: 'running', B: 'failed', C: 'skipped' });
  });

  it('opens a run that has finished', () => {
    const run = new CoreRun([{ id: 'A' }]);
    run.toWork('A');
    run.tell(exited('A', agent, spawnFailed), delivered(1));
    assert.equal(run.state.result, 'failed');
    run.tell(retry('A'));
    assert.equal(run.state.result, undefined);
    run.complete('A');
    assert.deepEqual(
      run.events('run_finished').map(({ result }) => result),
      ['failed', 'completed'],
    );
  });

  it('changes nothing for a session that runs or is completed', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B' }]);
    run.complete('A');
    const before = structuredClone(run.state.sessions);
    run.tell(retry('A'), retry('B'), retry('NOBODY'));
    assert.deepEqual(run.state.sessions, before);
  });
});

describe('A stop that a person asks for', () => {
  it('of a session ends it and skips its dependents, while others go on', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B', needs: ['A'] }, { id: 'C' }]);
    run.toWork('A');
    const effects = run.tell({ type: 'stop_requested', session: sessionId('A'), by: 'cli' });
    assert.ok(effects.includes('kill A.a1:kill'));
    run.tell(exited('A', agent, { ...exitedWell, reason: 'killed' }));
    assert.deepEqual(run.statuses(), { A: 'cancelled', B: 'skipped', C: 'running' });
  });

  it('of a session whose agent has not been started kills what a lost start may have left', () => {
    const run = new CoreRun([{ id: 'A' }]);
    run.tell({ type: 'worktree_ready', session: sessionId('A'), path: 'p', branch: 'b', baseCommit: 'c' });
    assert.deepEqual(run.tell({ type: 'stop_requested', by: 'cli' }), ['kill A.a1:kill']);
  });

  it('of the run cancels what waits at once and each other session once it is dead', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B', needs: ['A'] }, { id: 'C' }]);
    run.toWork('A');
    run.toQueue('C');
    run.tell(mergePrepared('C'));
    run.tell({ type: 'stop_requested', by: 'cli' });
    assert.deepEqual(run.statuses(), { A: 'running', B: 'cancelled', C: 'running' });
    run.tell(exited('A', agent, exitedBadly), exited('C', 'C.a1.m1.g0', { ...exitedWell, reason: 'killed' }));
    assert.deepEqual(run.statuses(), { A: 'cancelled', B: 'cancelled', C: 'cancelled' });
    assert.deepEqual(run.events('run_finished'), [{ type: 'run_finished', result: 'cancelled' }]);
  });
});

const agent = started('A', 'A.a1').terminal;
const spawnFailed = { ...exitedBadly, reason: 'spawn_failed', message: 'ENOENT' } as const;

function answer(number: number): RunEvent {
  return { type: 'answer_given', id: escalationId(number), text: 'This one.', by: 'cli' };
}

function delivered(number: number): RunEvent {
  return { type: 'escalation_delivered', id: escalationId(number), file: `esc-${number}.json`, at: '' };
}

function asks(message: string): RunEvent {
  return agentSays('A', agent, { state: 'blocked', kind: 'question', message });
}

function approval(step: string, granted = true): RunEvent {
  return { type: 'approval_given', step, granted, by: 'cli' };
}

function retry(id: string): RunEvent {
  return { type: 'retry_requested', session: sessionId(id), by: 'cli' };
}
