import assert from 'node:assert/strict';
import { ok } from '../../src/base/result.ts';
import { FakeWorld, settle, until } from './rig/fake-world.ts';
import { ScriptedRun, runId, runSpec } from './rig/scripted-run.ts';

describe('orchestra run, as lines', () => {
  let world: FakeWorld;

  afterEach(() => world.dispose());

  const call = (run: ScriptedRun, argv: readonly string[]): Promise<number> => {
    const handle = () => Promise.resolve(ok(run));
    world = new FakeWorld({ argv, engine: { start: handle, resume: handle } });
    return world.run();
  };

  const threeSpecs = () =>
    new ScriptedRun([runSpec('SPEC-001'), runSpec('SPEC-002', 'SPEC-001'), runSpec('SPEC-003', 'SPEC-001')]);

  /** The run of the documents: one, then two at once, of which the second fails. */
  async function documented(run: ScriptedRun): Promise<void> {
    await world.begun();
    run.start('SPEC-001');
    await settle();
    run.pass(312_000).end('SPEC-001', 'completed').start('SPEC-002', 'SPEC-003');
    await settle();
    run.pass(100_000).launch('SPEC-003', 7).exit('SPEC-003', 3);
    run.pass(125_000).end('SPEC-002', 'completed');
    run.end('SPEC-003', 'failed', { reason: 'agent_exit', exitCode: 3 }).escalate();
    run.finish('partial_failure');
  }

  it('prints the documents’ own screen in Japanese', async () => {
    const run = threeSpecs();
    const code = call(run, ['run', '--locale', 'ja', '--specs', 'SPEC-001,SPEC-002,SPEC-003']);
    await documented(run);
    assert.equal(await code, 1);
    assert.equal(
      world.out,
      `🚀 オーケストレーターを起動しました
📊 実行計画:
  - SPEC-001 (依存なし)
  - SPEC-002 (依存: SPEC-001)
  - SPEC-003 (依存: SPEC-001)

⏳ SPEC-001 を開始...
✓ SPEC-001 が完了しました (5分12秒)

⏳ SPEC-002, SPEC-003 を並列実行...
✓ SPEC-002 が完了しました (3分45秒)
⚠ SPEC-003 でエラーが発生しました
  → エスカレーションログ: .orchestra/escalations/SPEC-003-error.json
  → 理由: エージェントが異常終了しました (exit code 3)。

📈 実行結果サマリー:
  成功: 2件 (SPEC-001, SPEC-002)
  失敗: 1件 (SPEC-003)
  合計時間: 8分57秒

📂 確認先:
  この実行のブランチ: orchestra/${runId}/_integration
  元のブランチへの取り込み: orchestra merge ${runId}
  SPEC-003 のエスカレーション: .orchestra/escalations/SPEC-003-error.json
  SPEC-003 の端末記録: .orchestra/runs/${runId}/transcripts/SPEC-003.a1.log
  SPEC-003 のワークツリー (保持): /w/.orchestra/worktrees/SPEC-003
  失敗した Spec の再試行: orchestra run --resume ${runId} --retry-failed
`,
    );
    assert.equal(world.err, '');
    assert.deepEqual(world.engine.calls, [
      ['start', { takeOver: false, specs: ['SPEC-001', 'SPEC-002', 'SPEC-003'] }],
      ['dispose'],
    ]);
  });

  it('says the same in English', async () => {
    const run = threeSpecs();
    const code = call(run, ['run']);
    await documented(run);
    assert.equal(await code, 1);
    assert.equal(
      world.out,
      `🚀 Orchestrator started
📊 Execution plan:
  - SPEC-001 (no dependencies)
  - SPEC-002 (depends on: SPEC-001)
  - SPEC-003 (depends on: SPEC-001)

⏳ Starting SPEC-001...
✓ SPEC-001 completed (5m 12s)

⏳ Running SPEC-002, SPEC-003 in parallel...
✓ SPEC-002 completed (3m 45s)
⚠ SPEC-003 failed
  → Escalation log: .orchestra/escalations/SPEC-003-error.json
  → Reason: The agent ended with exit code 3.

📈 Results:
  Succeeded: 2 (SPEC-001, SPEC-002)
  Failed: 1 (SPEC-003)
  Total time: 8m 57s

📂 Where to look:
  Branch of this run: orchestra/${runId}/_integration
  Bring it into your branch: orchestra merge ${runId}
  Escalation of SPEC-003: .orchestra/escalations/SPEC-003-error.json
  Transcript of SPEC-003: .orchestra/runs/${runId}/transcripts/SPEC-003.a1.log
  Worktree of SPEC-003, kept: /w/.orchestra/worktrees/SPEC-003
  Try the failed ones again: orchestra run --resume ${runId} --retry-failed
`,
    );
  });

  it('tells retries, time limits, cancelled and skipped specs, the latter below what they depend on', async () => {
    const run = new ScriptedRun([runSpec('A'), runSpec('B', 'A'), runSpec('C', 'B'), runSpec('D'), runSpec('E')]);
    const code = call(run, ['run']);
    await world.begun();
    run.start('A', 'D', 'E').launch('A', 1).exit('A', 1);
    const failure = { reason: 'agent_exit', exitCode: 1 } as const;
    const session = run.view().sessions[0]?.id;
    assert.ok(session);
    run.record({ type: 'attempt_ended', session, failure, next: 'retry', dueT: 0 }).escalate();
    run.start('A').end('A', 'timed_out', { reason: 'timeout', scope: 'session', limitMs: 90_000 });
    run.end('B', 'skipped', { reason: 'dependency', specId: runSpec('A').id });
    run.end('C', 'skipped', { reason: 'dependency', specId: runSpec('B').id });
    run.escalate().end('D', 'cancelled', { reason: 'stopped' }).end('E', 'completed').finish('partial_failure');
    assert.equal(await code, 1);
    assert.equal(
      world.out.split('\n\n').slice(1, 3).join('\n\n'),
      `⏳ Running A, D, E in parallel...
↻ A will be tried again: The agent ended with exit code 1.
↻ A: attempt 2 begins
⚠ A ran out of time
  → Escalation log: .orchestra/escalations/A-error.json
  → Reason: The time limit of 90 s for the session has passed.
↷ B was skipped: It depends on A, which did not complete.
↷ C was skipped: It depends on B, which did not complete.
■ D was cancelled
✓ E completed (0s)

📈 Results:
  Succeeded: 1 (E)
  Failed: 0
  Timed out: 1 (A)
  Cancelled: 1 (D)
  Skipped: 2 (B: needs A, C: needs B)
  Total time: 0s`,
    );
  });

  it('ends with 0 when every spec was accepted', async () => {
    const run = new ScriptedRun([runSpec('A')]);
    const code = call(run, ['run', '--max-parallel', '3', '--mode', 'approve', '--take-over']);
    await world.begun();
    run.start('A').end('A', 'completed').finish('completed');
    assert.equal(await code, 0);
    assert.deepEqual(world.engine.calls[0], ['start', { takeOver: true, maxParallel: 3, mode: 'approve' }]);
    assert.equal(world.listening, 0);
  });

  it('asks the person once, with the command that answers', async () => {
    const run = new ScriptedRun([runSpec('SPEC-001')], { mode: 'approve' });
    const code = call(run, ['run']);
    await world.begun();
    run.await('SPEC-001', 'start');
    run.start('SPEC-001').launch('SPEC-001', 5);
    const [session] = run.view().sessions;
    assert.ok(session?.terminals[0]);
    run.record({
      ...{ type: 'program_status', session: session.id, terminal: session.terminals[0].id },
      status: { state: 'blocked', kind: 'question', message: 'Which \u001b[2Jcolour?' },
    });
    run.escalate().finish('completed');
    await code;
    assert.equal(
      world.out.split('\n\n').slice(1, 3).join('\n\n'),
      `✋ SPEC-001:start waits for your approval
  → Approve: orchestra approve SPEC-001:start (refuse: orchestra approve SPEC-001:start --refuse)

⏳ Starting SPEC-001...
✋ SPEC-001 asks (esc-2): The agent asks: Which [2Jcolour?
  → Answer: orchestra answer esc-2 "…"
  → Or look: orchestra attach SPEC-001`,
    );
  });

  it('repeats open questions when it resumes, and only once', async () => {
    const run = new ScriptedRun([runSpec('SPEC-001')], { mode: 'approve' });
    run.await('SPEC-001', 'start');
    const code = call(run, ['run', '--resume', 'aaaa', '--retry-failed']);
    await world.begun();
    run.finish('completed');
    await code;
    assert.deepEqual(world.engine.calls[0], ['resume', { takeOver: false, retryFailed: true, run: 'aaaa' }]);
    assert.equal(world.out.split('\n')[0], `🚀 Orchestrator resumed (run ${runId})`);
    assert.equal(world.out.split('SPEC-001:start waits').length, 2);
  });

  it('says who took over, or what broke', async () => {
    const fenced = new ScriptedRun([runSpec('A')]);
    const first = call(fenced, ['run']);
    await world.begun();
    fenced.close({ kind: 'fenced' });
    assert.equal(await first, 1);
    assert.match(world.err, /^Another process has taken the orchestration over/);
    world.dispose();
    const broken = new ScriptedRun([runSpec('A')]);
    const second = call(broken, ['run']);
    await world.begun();
    broken.close({ kind: 'broken', failure: { reason: 'store', message: 'The disk is full.' } });
    assert.equal(await second, 1);
    assert.equal(world.err, 'Error: The disk is full.\n');
  });

  it('goes on when the reader of its warnings is gone', async () => {
    const run = new ScriptedRun([runSpec('A')]);
    const code = call(run, ['run']);
    await world.begun();
    world.stderr.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await until(() => world.stderr.destroyed);
    run.start('A').end('A', 'completed').finish('completed');
    assert.equal(await code, 0);
  });
});
