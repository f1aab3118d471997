import assert from 'node:assert/strict';
import { OrchestratorProcess } from '../../rig/orchestrator-process.ts';
import { until } from '../../rig/until.ts';
import { value, Workspace } from '../../rig/workspace.ts';
import type { EscalationId } from '../../../src/engine/model/ids.ts';

describe('approve mode', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('waits at each start and merge for a person, over a kill too, and takes the word of another process', async () => {
    workspace = new Workspace({ specs: { GOOD: {}, BAD: {}, AFTER: { after: ['BAD'] } } });
    const orchestrator = new OrchestratorProcess(workspace, { start: { mode: 'approve' } });
    await orchestrator.entry('both ask', ({ type }) => type === 'escalation_delivered');
    await until('both ask', () => orchestrator.entries.filter(({ event }) => event.type === 'escalated').length === 2);
    await orchestrator.kill();

    const run = await workspace.resume({}, workspace.engine({}, 'vscode'));
    assert.deepEqual(run.outcome(), { GOOD: 'blocked 0', BAD: 'blocked 0', AFTER: 'pending 0' });
    assert.equal(workspace.notes().length, 0, 'nothing has run');
    const elsewhere = workspace.engine();
    const approve = (step: string, granted: boolean) => elsewhere.request(run.id, { type: 'approve', step, granted });
    assert.equal(value(await approve('GOOD:start', true)), 'applied');
    assert.equal(value(await approve('BAD:start', false)), 'applied');
    await run.event('escalated', ({ step }) => step === 'GOOD:merge');
    assert.equal(run.outcome()['GOOD'], 'blocked 1');
    const wrong = await run.feed.request({ type: 'approve', step: 'AFTER:start', granted: true });
    assert.equal(!wrong.ok && wrong.failure.reason, 'refused');
    assert.equal(value(await approve('GOOD:merge', true)), 'applied');
    await workspace.finish(run);
    assert.deepEqual(run.outcome(), { GOOD: 'completed 1', BAD: 'failed 0 refused', AFTER: 'skipped 0 dependency' });
    assert.equal(workspace.launches('BAD'), 0);
    const asked = (await workspace.journal(run.id)).flatMap(({ event }) =>
      event.type === 'escalated' ? [event.step ?? event.kind] : [],
    );
    assert.deepEqual(asked.sort(), ['BAD:start', 'GOOD:merge', 'GOOD:start', 'failure']);
  });
});

describe('a question', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('that an agent leaves in its file waits without a slot, and the answer is in the next prompt', async () => {
    workspace = new Workspace({
      specs: {
        ASKING: {
          script: [
            'if [ "$ORCHESTRA_ATTEMPT" = 1 ]; then echo draft >draft.txt; echo "Tabs or spaces?" >"$ORCHESTRA_QUESTION_FILE"; exit 0; fi',
            'grep -A1 "Question: Tabs or spaces?" "$ORCHESTRA_PROMPT_FILE" >answer.txt',
          ].join('\n'),
        },
        MEANWHILE: {},
      },
      config: { orchestrator: { max_parallel: 1 } },
    });
    const run = await workspace.start();
    const { id, reason, kind } = await run.event('escalated');
    assert.deepEqual([reason, kind], ['Tabs or spaces?', 'question']);
    await run.event('session_ended', ({ session }) => session === run.session('MEANWHILE'));
    assert.equal(run.outcome()['ASKING'], 'blocked 1');
    const refused = await run.feed.request({ type: 'acknowledge', escalation: id });
    assert.equal(!refused.ok && refused.failure.reason, 'refused');
    assert.equal(
      value(await workspace.engine().request(run.id, { type: 'answer', escalation: id, text: 'Spaces.' })),
      'applied',
    );
    await workspace.finish(run);
    assert.deepEqual(run.outcome(), { ASKING: 'completed 2', MEANWHILE: 'completed 1' });
    assert.equal(workspace.merged(run.id, 'answer.txt'), '- Question: Tabs or spaces?\n  Answer: Spaces.\n');
    assert.equal(workspace.merged(run.id, 'draft.txt'), 'draft\n', 'the work before the question is kept');
    assert.deepEqual(
      run.feed.view().escalations.map(({ open }) => open),
      [false],
    );
    assert.deepEqual(run.announced, [id]);
  });

  it('that a live program asks by its status is answered by typing one line', async () => {
    const ask = (kind: string, words: string): string =>
      `printf '\\033]7501;state=blocked:kind=${kind}:msg=%s\\033\\\\' "$(printf '${words}' | base64)"`;
    workspace = new Workspace({
      specs: {
        LIVE: { script: `${ask('question', 'Which port?')}; read -r port; echo "port $port" >port.txt` },
      },
    });
    const run = await workspace.start();
    const { id, reason } = await run.event('escalated');
    assert.equal(reason, 'The agent asks: Which port?');
    assert.equal(run.outcome()['LIVE'], 'blocked 1');
    assert.equal(run.feed.view().sessions[0]?.terminals[0]?.status, 'waiting_input');
    assert.equal((await run.feed.request({ type: 'answer', escalation: id, text: '8080\nand no more' })).ok, true);
    await workspace.finish(run);
    assert.equal(workspace.merged(run.id, 'port.txt'), 'port 8080 and no more\n');
    assert.deepEqual(run.outcome(), { LIVE: 'completed 1' });
  });

  it('that is asked while nobody orchestrates is raised when the run is resumed', async () => {
    workspace = new Workspace({
      specs: {
        LIVE: {
          script: `await ask; printf '\\033]7501;state=blocked:kind=question\\033\\\\'; note asked; read -r word; echo "$word" >word.txt`,
        },
      },
    });
    const orchestrator = new OrchestratorProcess(workspace, {});
    await orchestrator.entry('LIVE works', ({ type }) => type === 'terminal_started');
    await orchestrator.kill();
    workspace.go('ask');
    await workspace.noted('LIVE', 'asked');
    const run = await workspace.resume();
    const { id } = await run.event('escalated');
    assert.equal((await run.feed.request({ type: 'answer', escalation: id, text: 'yes' })).ok, true);
    await workspace.finish(run);
    assert.equal(workspace.merged(run.id, 'word.txt'), 'yes\n');
  });

  it('for a permission is never typed into; a person attaches and decides', async () => {
    workspace = new Workspace({
      specs: {
        LIVE: {
          script: `printf 'May I? \\033]7501;state=blocked:kind=permission\\033\\\\'; read -r word; printf '\\033]7501;state=working\\033\\\\'; echo "$word" >word.txt; await end`,
        },
      },
    });
    const engine = workspace.engine();
    const run = await workspace.start({}, engine);
    const { id } = await run.event('escalated');
    assert.equal(run.feed.view().sessions[0]?.terminals[0]?.status, 'blocked');
    const refused = await run.feed.request({ type: 'answer', escalation: id, text: 'no!' });
    assert.deepEqual(!refused.ok && refused.failure.reason, 'refused');
    assert.equal(
      await run.feed.request({ type: 'answer', escalation: 'esc-99' as EscalationId, text: 'x' }).then((r) => r.ok),
      false,
    );
    const terminal = run.feed.view().sessions[0]?.terminals[0]?.id;
    assert.ok(terminal);
    const attached = value(await engine.attach(terminal, { columns: 100, rows: 30 }));
    assert.match(attached.snapshot.screen, /May I\?/);
    attached.write('granted\r');
    await run.event('program_status', ({ status }) => status.state === 'working');
    assert.deepEqual(run.events('control_changed')[0]?.owner, 'person');
    attached.dispose();
    await run.event('control_changed', ({ owner }) => owner === 'orchestrator');
    workspace.go('end');
    await workspace.finish(run);
    assert.equal(workspace.merged(run.id, 'word.txt'), 'granted\n');
    assert.deepEqual(
      run.feed.view().escalations.map(({ open }) => open),
      [false],
    );
  });
});

describe('stop', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('ends one session with everything it started, and skips what depends on it', async () => {
    workspace = new Workspace({
      specs: { S: { script: 'sleep 1000 & sleep 1000' }, AFTER: { after: ['S'] }, OTHER: {} },
    });
    const run = await workspace.start();
    await workspace.noted('S', 'start');
    assert.equal((await run.feed.request({ type: 'stop', session: run.session('S') })).ok, true);
    await workspace.finish(run);
    assert.deepEqual(run.outcome(), { S: 'cancelled 1 stopped', AFTER: 'skipped 0 dependency', OTHER: 'completed 1' });
    assert.equal(run.feed.view().result, 'partial_failure');
  });

  it('ends the whole run, whatever each session is doing', async () => {
    workspace = new Workspace({
      specs: {
        WORKING: { script: 'trap "" TERM; while :; do sleep 1; done' },
        GATED: { keys: { gate: ['touch "$HOME/outside/gating"; sleep 1000'] } },
        ASKING: { script: 'echo "What?" >"$ORCHESTRA_QUESTION_FILE"' },
        WAITING: { after: ['WORKING'] },
        DONE: {},
      },
    });
    const run = await workspace.start();
    await workspace.noted('WORKING', 'start');
    await until('the gate runs', () => workspace.has('gating'));
    await run.event('escalated');
    await run.event('session_ended', ({ session }) => session === run.session('DONE'));
    assert.equal(value(await workspace.engine().request(run.id, { type: 'stop' })), 'applied');
    await workspace.finish(run);
    assert.deepEqual(run.outcome(), {
      WORKING: 'cancelled 1 stopped',
      GATED: 'cancelled 1 stopped',
      ASKING: 'cancelled 1 stopped',
      WAITING: 'cancelled 0 stopped',
      DONE: 'completed 1',
    });
    assert.equal(run.feed.view().result, 'cancelled');
  });
});

describe('retry', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  const flaky = 'test -e "$RIG/mended" || exit 4; echo s >S.txt';

  it('of a failed session in a live run starts it anew with what was skipped because of it', async () => {
    workspace = new Workspace({
      specs: { S: { script: flaky }, AFTER: { after: ['S'] }, OTHER: { script: 'await other; echo o >o.txt' } },
    });
    const run = await workspace.start();
    await run.event('session_ended', ({ session }) => session === run.session('AFTER'));
    assert.deepEqual(run.outcome(), { S: 'failed 1 agent_exit', AFTER: 'skipped 0 dependency', OTHER: 'running 1' });
    workspace.go('mended');
    assert.equal((await run.feed.request({ type: 'retry', session: run.session('S') })).ok, true);
    await run.event(
      'session_ended',
      ({ session, status }) => session === run.session('AFTER') && status === 'completed',
    );
    workspace.go('other');
    await workspace.finish(run);
    assert.deepEqual(run.outcome(), { S: 'completed 2', AFTER: 'completed 1', OTHER: 'completed 1' });
    assert.equal(run.feed.view().result, 'completed');
    assert.match(workspace.prompt(run.id, 'S.a2'), /exit code 4[^]*You start again from a clean worktree/);
  });

  it('after the end: the finished run is resumed for the failed ones alone', async () => {
    workspace = new Workspace({ specs: { S: { script: flaky }, AFTER: { after: ['S'] }, OTHER: {} } });
    const first = await workspace.runToEnd();
    assert.equal(first.feed.view().result, 'partial_failure');
    workspace.go('mended');
    const engine = workspace.engine();
    const run = await workspace.resume({ run: first.id, retryFailed: true }, engine);
    await workspace.finish(run);
    assert.deepEqual(run.outcome(), { S: 'completed 2', AFTER: 'completed 1', OTHER: 'completed 1' });
    assert.equal(workspace.launches('OTHER'), 1);
    assert.deepEqual(
      (await engine.runs()).map(({ result }) => result),
      ['completed'],
    );
  });

  it('asked for while nobody orchestrates is queued and takes effect at the next resume', async () => {
    workspace = new Workspace({ specs: { S: { script: flaky }, OTHER: {} } });
    const first = await workspace.runToEnd();
    workspace.go('mended');
    const engine = workspace.engine();
    assert.equal(value(await engine.request(first.id, { type: 'retry', session: first.session('S') })), 'queued');
    const run = await workspace.resume({ run: first.id }, engine);
    await workspace.finish(run);
    assert.deepEqual(run.outcome(), { S: 'completed 2', OTHER: 'completed 1' });
  });
});
