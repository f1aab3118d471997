import assert from 'node:assert/strict';
import { ok } from '../../src/base/result.ts';
import type { RunSummary } from '../../src/engine/model/engine-api.ts';
import { FakeWorld } from './rig/fake-world.ts';
import { ScriptedRun, runId, runSpec } from './rig/scripted-run.ts';

describe('orchestra status', () => {
  let world: FakeWorld;

  afterEach(() => world.dispose());

  const summary = (run: ScriptedRun, live: boolean): RunSummary => {
    const { result, sessions, startedAt } = run.view();
    return { runId, startedAt, live, specs: sessions.map(({ spec }) => spec.id), ...(result ? { result } : {}) };
  };

  const call = (run: ScriptedRun, live: boolean, ...argv: readonly string[]): Promise<number> => {
    world = new FakeWorld({
      argv: ['status', ...argv],
      engine: { watch: () => Promise.resolve(ok(run)), runs: () => Promise.resolve([summary(run, live)]) },
    });
    return world.run();
  };

  const midway = (): ScriptedRun => {
    const specs = [runSpec('SPEC-001'), runSpec('SPEC-002'), runSpec('SPEC-003'), runSpec('SPEC-004', 'SPEC-003')];
    const run = new ScriptedRun(specs, { mode: 'approve' });
    run.start('SPEC-001').launch('SPEC-001', 11).pass(2000).exit('SPEC-001', 0).end('SPEC-001', 'completed');
    run.start('SPEC-002').launch('SPEC-002', 22).await('SPEC-004', 'start');
    run.start('SPEC-003').launch('SPEC-003', 33).exit('SPEC-003', 3);
    return run.end('SPEC-003', 'failed', { reason: 'agent_exit', exitCode: 3 }).escalate();
  };

  it('shows a run with everything that is asked of the person', async () => {
    assert.equal(await call(midway(), true), 0);
    assert.equal(
      world.out,
      `Run ${runId}: running
Time: 2s · Branch: orchestra/${runId}/_integration

    SPEC      STATUS         STEP             PROGRESS  TRIES  TIME  BRANCH
✅  SPEC-001  completed                       100%      1      2s    orchestra/${runId}/SPEC-001
🔄  SPEC-002  running        working           10%      1      0s    orchestra/${runId}/SPEC-002
❌  SPEC-003  failed                           10%      1      0s    orchestra/${runId}/SPEC-003
✋  SPEC-004  waits for you  awaits approval    0%      0

Reasons:
  SPEC-003: The agent ended with exit code 3.

Open escalations:
  esc-1 🟡 Warning SPEC-004:start waits.
    → Approve: orchestra approve SPEC-004:start (refuse: orchestra approve SPEC-004:start --refuse)
  esc-2 🔴 Error The agent ended with exit code 3.
    → Escalation log: .orchestra/escalations/SPEC-003-error.json

Live agents:
  SPEC-002.a1 working → orchestra attach SPEC-002.a1
`,
    );
  });

  it('says in Japanese that nobody orchestrates, and what each status rests on', async () => {
    assert.equal(await call(midway(), false, '-v', '--locale', 'ja'), 0);
    assert.equal(
      world.out,
      `実行 ${runId}: 中断 (オーケストレーターなし)
  → 続行: orchestra run --resume ${runId}
時間: 2秒 · ブランチ: orchestra/${runId}/_integration

    SPEC      状態      段階      進捗  試行  時間  ブランチ
✅  SPEC-001  完了                100%  1     2秒   orchestra/${runId}/SPEC-001
🔄  SPEC-002  実行中    作業       10%  1     0秒   orchestra/${runId}/SPEC-002
❌  SPEC-003  失敗                 10%  1     0秒   orchestra/${runId}/SPEC-003
✋  SPEC-004  回答待ち  承認待ち    0%  0

理由:
  SPEC-003: エージェントが異常終了しました (exit code 3)。

未解決のエスカレーション:
  esc-1 🟡 警告 SPEC-004:start waits.
    → 承認: orchestra approve SPEC-004:start (拒否: orchestra approve SPEC-004:start --refuse)
  esc-2 🔴 エラー エージェントが異常終了しました (exit code 3)。
    → エスカレーションログ: .orchestra/escalations/SPEC-003-error.json

動作中のエージェント:
  SPEC-002.a1 作業中 → orchestra attach SPEC-002.a1

端末:
  SPEC-001.a1 (pid 11) 正常終了: process 11 ended: exited, exit code 0
  SPEC-002.a1 (pid 22) 作業中: process 22 lives, started at 2000 ms of the run; the program tells no status
  SPEC-003.a1 (pid 33) 終了: process 33 ended: exited, exit code 3
`,
    );
  });

  it('prints the view as it is with --json', async () => {
    const run = new ScriptedRun([runSpec('A')]);
    run.start('A').end('A', 'cancelled', { reason: 'stopped' }).finish('cancelled');
    assert.equal(await call(run, false, '--json', 'aaaa'), 0);
    assert.deepEqual(world.engine.calls[0], ['watch', 'aaaa']);
    const printed = JSON.parse(world.out) as { readonly sessions: readonly unknown[] };
    assert.deepEqual(Object.keys(printed), [
      ...['live', 'run_id', 'seq', 't', 'started_at', 'mode', 'max_parallel', 'base_commit', 'base_ref'],
      ...['integration_branch', 'stopping', 'result', 'duration_ms', 'retries_used', 'sessions', 'escalations'],
    ]);
    assert.deepEqual(printed.sessions, [
      {
        id: `${runId}/A`,
        spec: {
          ...{ id: 'A', title: 'Title of A', file: 'specs/A.md', hash: 'f00d', depends_on: [], selected: true },
          ...{ strategy: 'solo', agent: 'blocks', gate: [], touches: [], timeout_ms: 3_600_000 },
          ...{ estimate_ms: 300_000, critical_ms: 300_000, allow_empty: false },
        },
        ...{ status: 'cancelled', step: 'ended', attempts: 1, progress: 2, started_t: 0, duration_ms: 0 },
        ...{ failure: { reason: 'stopped' }, terminals: [] },
      },
    ]);
  });

  it('lists all runs', async () => {
    const run = new ScriptedRun([runSpec('A'), runSpec('B')]);
    assert.equal(await call(run, true, '--all'), 0);
    assert.equal(
      world.out,
      `RUN                                   STARTED                   STATE    SPECS
${runId}  2026-01-18T00:00:00.000Z  running  2
`,
    );
    world.dispose();
    await call(run, false, '--all', '--json');
    assert.deepEqual(JSON.parse(world.out), [
      { run_id: runId, started_at: '2026-01-18T00:00:00.000Z', live: false, specs: ['A', 'B'] },
    ]);
  });

  it('ends with 2 where there is no run', async () => {
    world = new FakeWorld({ argv: ['status'] });
    assert.equal(await world.run(), 2);
    assert.equal(world.err, 'Error: There is no run.\n  → Runs: orchestra status --all\n');
  });
});
