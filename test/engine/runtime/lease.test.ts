import assert from 'node:assert/strict';
import { OrchestratorProcess } from '../../rig/orchestrator-process.ts';
import { until } from '../../rig/until.ts';
import { refusal, value, Workspace } from '../../rig/workspace.ts';
import { WatchedRun } from '../../rig/watched-run.ts';

describe('two orchestrators on one workspace', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  const specs = {
    LONG: { script: 'await long; echo long >LONG.txt' },
    ASKING: {
      script: 'test "$ORCHESTRA_ATTEMPT" = 2 || { echo "What?" >"$ORCHESTRA_QUESTION_FILE"; exit 0; }; echo a >a.txt',
    },
    AFTER: { after: ['LONG'] },
  };

  it('are one that orchestrates and one that watches, live and with its questions', async () => {
    workspace = new Workspace({ specs });
    const first = new OrchestratorProcess(workspace, { holder: 'vscode' });
    await first.entry('LONG works', (event) => event.type === 'terminal_started' && event.terminal === 'LONG.a1');
    const engine = workspace.engine();
    for (const refused of [refusal(await engine.start({})), refusal(await engine.resume({}))]) {
      assert.equal(refused.reason, 'held');
      assert.deepEqual(refused.reason === 'held' && [refused.holder, refused.pid], ['vscode', first.pid]);
    }
    assert.deepEqual(
      (await engine.runs()).map(({ runId, live, specs: ids }) => ({ runId, live, ids })),
      [{ runId: first.run, live: true, ids: ['ASKING', 'LONG', 'AFTER'] }],
    );

    const watched = new WatchedRun(value(await engine.watch()));
    assert.equal(watched.feed.isOrchestrator, false);
    const question = await until('the question is seen', () =>
      watched.feed.view().escalations.find(({ kind, open }) => kind === 'question' && open),
    );
    assert.equal(
      value(await engine.request(watched.id, { type: 'answer', escalation: question.id, text: 'That.' })),
      'applied',
    );
    workspace.go('long');
    assert.deepEqual(await watched.feed.ended, { kind: 'finished', result: 'completed' });
    await first.exited();
    assert.deepEqual(first.end, { kind: 'finished', result: 'completed' });
    assert.deepEqual(watched.outcome(), { LONG: 'completed 1', AFTER: 'completed 1', ASKING: 'completed 2' });
    assert.deepEqual(watched.entries.at(-1)?.event, { type: 'run_finished', result: 'completed' });
    await workspace.assertNothingRuns();
  });

  it('change places when the second says so: the first is fenced, agents live on, the run goes on', async () => {
    workspace = new Workspace({ specs });
    const first = new OrchestratorProcess(workspace, {});
    await first.entry('a question', ({ type }) => type === 'escalation_delivered');
    await workspace.noted('LONG', 'start');
    const run = await workspace.resume({ takeOver: true }, workspace.engine({}, 'vscode'));
    await first.exited();
    assert.deepEqual(first.end, { kind: 'fenced' });
    const question = run.feed.view().escalations.find(({ kind }) => kind === 'question');
    assert.ok(question);
    assert.equal((await run.feed.request({ type: 'answer', escalation: question.id, text: 'That.' })).ok, true);
    workspace.go('long');
    await workspace.finish(run);
    assert.deepEqual(run.outcome(), { LONG: 'completed 1', AFTER: 'completed 1', ASKING: 'completed 2' });
    assert.equal(workspace.launches('LONG'), 1);
    assert.equal(run.events('run_resumed')[0]?.holder, 'vscode');
  });

  it('take turns when the first lets go', async () => {
    workspace = new Workspace({ specs: { LONG: specs.LONG } });
    const engine = workspace.engine();
    const first = await workspace.start({}, engine);
    const { pid } = await workspace.noted('LONG', 'start');
    engine.dispose();
    await first.feed.detach();
    assert.deepEqual(await first.feed.ended, { kind: 'detached' });
    const late = await first.feed.request({ type: 'stop' });
    assert.equal(!late.ok && late.failure.reason, 'refused');
    const second = await workspace.resume();
    workspace.go('long');
    await workspace.finish(second);
    assert.equal(second.feed.view().sessions[0]?.terminals[0]?.pid, pid);
    assert.equal(workspace.launches('LONG'), 1);
  });
});
