import assert from 'node:assert/strict';
import { viewRun } from '../../../src/engine/core/view-run.ts';
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
  spec,
  started,
  worktreeReady,
} from './core-fixture.ts';

describe('The view of a run', () => {
  it('names status, step and progress of each situation in a life', () => {
    const run = new CoreRun(
      [
        { id: 'A', gate: ['lint', 'test'] },
        { id: 'B', needs: ['A'] },
      ],
      {
        workspace: { copy: [], link: [], setup: ['install'] },
      },
    );
    const seen: (readonly [string, string, number])[] = [];
    const look = (): void => {
      const { status, step, progress } = run.view('A');
      seen.push([status, step, progress]);
    };
    look();
    run.tell(worktreeReady('A'));
    look();
    run.tell({ ...started('A', 'A.a1.s0'), role: 'setup' }, exited('A', 'A.a1.s0', exitedWell));
    run.tell(started('A', 'A.a1'));
    look();
    run.later(1_000);
    look();
    run.tell(agentSays('A', 'A.a1', { state: 'blocked', kind: 'question' }));
    look();
    run.tell(exited('A', 'A.a1', exitedWell));
    look();
    run.tell(collected('A'));
    look();
    run.passGates('A', 'gating');
    look();
    run.tell(mergePrepared('A'));
    look();
    run.tell({ ...started('A', 'A.a1.m1.g0'), role: 'combined_gate' }, exited('A', 'A.a1.m1.g0', exitedWell));
    look();
    run.tell({ ...started('A', 'A.a1.m1.g1'), role: 'combined_gate' }, exited('A', 'A.a1.m1.g1', exitedWell));
    look();
    run.tell({ type: 'merge_done', session: sessionId('A'), mergeCommit: 'merge' });
    look();
    assert.deepEqual(seen, [
      ['running', 'preparing', 2],
      ['running', 'setup', 5],
      ['running', 'working', 10],
      ['running', 'working', 41],
      ['blocked', 'asking', 41],
      ['running', 'collecting', 62],
      ['running', 'gating', 65],
      ['running', 'rebasing', 88],
      ['running', 'combined_gate', 90],
      ['running', 'combined_gate', 93],
      ['running', 'merging', 98],
      ['completed', 'ended', 100],
    ]);
  });

  it('never shows less progress than before, and 100 for completed work alone', () => {
    const run = new CoreRun([{ id: 'A' }], { retry: { attempts: 2, delayMs: 100, runBudget: 5, mergeRework: 1 } });
    run.toQueue('A');
    run.tell({ type: 'step_failed', session: sessionId('A'), failure: { reason: 'workspace', message: 'git' } });
    const { status, step, progress } = run.view('A');
    assert.deepEqual({ status, step, progress }, { status: 'pending', step: 'retry_delay', progress: 88 });
    run.later(100);
    run.toWork('A');
    assert.equal(run.view('A').progress, 88);
    run.tell(exited('A', 'A.a2', exitedBadly));
    assert.deepEqual([run.view('A').status, run.view('A').progress], ['failed', 88]);
  });

  it('shows a waiting and a queued session as what they are', () => {
    const run = new CoreRun([{ id: 'A' }, { id: 'B' }, { id: 'C', needs: ['A'] }]);
    run.toQueue('A');
    run.toQueue('B');
    assert.deepEqual(
      ['A', 'B', 'C'].map((id) => [run.view(id).status, run.view(id).step]),
      [
        ['running', 'rebasing'],
        ['running', 'merge_queue'],
        ['pending', 'waiting'],
      ],
    );
  });

  it('is plain data with everything a front needs', () => {
    const run = new CoreRun([{ id: 'A' }]);
    run.toWork('A');
    run.later(250, exited('A', 'A.a1', exitedBadly));
    run.tell({ type: 'escalation_delivered', id: escalationId(1), file: 'escalations/A.json', at: 'now' });
    const view = viewRun(run.state, run.t);
    assert.deepEqual(view, {
      runId: 'run',
      seq: run.journal.length,
      t: 250,
      startedAt: '2026-01-01T00:00:00Z',
      mode: 'auto',
      maxParallel: 8,
      baseCommit: 'base',
      integrationBranch: 'orchestra/run',
      stopping: false,
      durationMs: 250,
      retriesUsed: 1,
      sessions: [
        {
          id: 'run/A',
          spec: spec({ id: 'A' }),
          status: 'pending',
          step: 'retry_delay',
          attempts: 1,
          progress: 21,
          startedT: 0,
          durationMs: 250,
          branch: 'orchestra/run/A',
          worktree: '.orchestra/worktrees/A',
          lastFailure: { reason: 'agent_exit', exitCode: 1 },
          terminals: [
            {
              id: 'A.a1',
              role: 'agent',
              command: 'work',
              attempt: 1,
              pid: 42,
              status: 'exited',
              evidence: 'process 42 ended: exited, exit code 1',
              control: 'orchestrator',
              exit: exitedBadly,
            },
          ],
        },
      ],
      escalations: [
        {
          id: 'esc-1',
          session: 'run/A',
          specId: 'A',
          level: 'Warning',
          kind: 'retry',
          reason: 'The agent ended with exit code 1.',
          file: 'escalations/A.json',
          at: 'now',
          open: true,
        },
      ],
    });
    assert.deepEqual(JSON.parse(JSON.stringify(view)), view);
  });

  it('says what the status of a live terminal rests on', () => {
    const run = new CoreRun([{ id: 'A' }]);
    run.toWork('A');
    const shown = (): readonly string[] =>
      run.view('A').terminals.map(({ status, evidence }) => `${status}: ${evidence}`);
    assert.deepEqual(shown(), ['working: process 42 lives, started at 0 ms of the run; the program tells no status']);
    run.later(10, agentSays('A', 'A.a1', { state: 'blocked', kind: 'permission' }));
    assert.deepEqual(shown(), [`blocked: the program's own status "blocked" at 10 ms of the run`]);
    run.later(10, agentSays('A', 'A.a1', { state: 'blocked', kind: 'question' }));
    assert.deepEqual(shown(), [`waiting_input: the program's own status "blocked" at 20 ms of the run`]);
  });
});
