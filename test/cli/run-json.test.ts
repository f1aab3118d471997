import assert from 'node:assert/strict';
import { ok } from '../../src/base/result.ts';
import type { AgentConfig } from '../../src/engine/model/config.ts';
import { FakeWorld } from './rig/fake-world.ts';
import { ScriptedRun, runId, runSpec } from './rig/scripted-run.ts';

describe('orchestra run --json', () => {
  let world: FakeWorld;

  afterEach(() => world.dispose());

  const call = (run: ScriptedRun): Promise<number> => {
    world = new FakeWorld({ argv: ['run', '--json'], engine: { start: () => Promise.resolve(ok(run)) } });
    return world.run();
  };

  const lines = (): unknown[] =>
    world.out
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));

  it('prints one event a line in snake case and last the result, once', async () => {
    const run = new ScriptedRun([runSpec('A'), runSpec('B', 'A')]);
    const code = call(run);
    await world.begun();
    run.start('A').launch('A', 42).pass(1500).exit('A', 3);
    run.end('A', 'failed', { reason: 'agent_exit', exitCode: 3 });
    run.end('B', 'skipped', { reason: 'dependency', specId: runSpec('A').id }).finish('failed');
    assert.equal(await code, 1);
    const at = '2026-01-18T00:00:00.000Z';
    const session = `${runId}/A`;
    const branch = `orchestra/${runId}/A`;
    assert.deepEqual(lines(), [
      { type: 'attempt_started', seq: 2, t: 0, at, session, attempt: 1, cause: 'first' },
      {
        type: 'worktree_ready',
        seq: 3,
        t: 0,
        at,
        session,
        path: '/w/.orchestra/worktrees/A',
        branch,
        base_commit: 'c0',
      },
      {
        ...{ type: 'terminal_started', seq: 4, t: 0, at, session, terminal: 'A.a1', role: 'agent', index: 0 },
        ...{ command: 'agent', pid: 42, start_time: '1' },
      },
      {
        ...{ type: 'terminal_exited', seq: 5, t: 1500, at, session, terminal: 'A.a1' },
        exit: { reason: 'exited', exit_code: 3, bytes: 1, redactions: 0, survivors: [] },
      },
      {
        ...{ type: 'session_ended', seq: 6, t: 1500, at, session, status: 'failed' },
        failure: { reason: 'agent_exit', exit_code: 3 },
      },
      {
        ...{ type: 'session_ended', seq: 7, t: 1500, at, session: `${runId}/B`, status: 'skipped' },
        failure: { reason: 'dependency', spec_id: 'A' },
      },
      {
        type: 'run_finished',
        run_id: runId,
        result: 'failed',
        duration_ms: 1500,
        branch: `orchestra/${runId}/_integration`,
        sessions: [
          {
            ...{ spec_id: 'A', status: 'failed', attempts: 1, duration_ms: 1500, branch },
            ...{ reason: 'agent_exit', message: 'The agent ended with exit code 3.' },
          },
          {
            ...{ spec_id: 'B', status: 'skipped', attempts: 0, duration_ms: 0, branch: null },
            ...{ reason: 'dependency', message: 'It depends on A, which did not complete.' },
          },
        ],
      },
    ]);
    assert.equal(world.err, '');
  });

  it('keeps the names that people gave to their agents', async () => {
    const agent: AgentConfig = { name: 'myAgent', driver: 'command', command: [], args: [], env: [], maxTerminals: 2 };
    const run = new ScriptedRun([runSpec('A')], { agents: { myAgent: agent } });
    const code = call(run);
    await world.begun();
    const { maxTerminals } = agent;
    const settings = { agents: { myAgent: agent }, maxTerminals } as never;
    run.record({ type: 'run_started', runId, base: { commit: 'c' }, integrationBranch: 'b', specs: [], settings });
    run.finish('completed');
    await code;
    assert.deepEqual((lines()[0] as { settings: unknown }).settings, {
      agents: { myAgent: { name: 'myAgent', driver: 'command', command: [], args: [], env: [], max_terminals: 2 } },
      max_terminals: 2,
    });
  });

  it('ends with a line of its own when the run goes on without it', async () => {
    const run = new ScriptedRun([runSpec('A')]);
    const code = call(run);
    await world.begun();
    world.send('SIGTERM');
    assert.equal(await code, 143);
    assert.deepEqual(lines(), [{ type: 'run_detached', run_id: runId }]);
    assert.deepEqual(world.err, 'Interrupted. No agent is running.\n');
  });
});
