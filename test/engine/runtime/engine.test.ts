import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineFailure } from '../../../src/engine/model/engine-api.ts';
import type { RunId, SessionId, TerminalId } from '../../../src/engine/model/ids.ts';
import { refusal, value, Workspace } from '../../rig/workspace.ts';

describe('the engine says no', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('with all problems of specs and settings at once, and has written nothing', async () => {
    workspace = new Workspace({ specs: { A: { after: ['B', 'NOWHERE'] }, B: { after: ['A'] } } });
    const failure = refusal(await workspace.engine().start({}));
    assert.equal(failure.reason, 'problems');
    const codes = failure.reason === 'problems' ? failure.problems.map(({ code }) => code) : [];
    assert.deepEqual(codes.sort(), ['cycle', 'unknown-dependency']);
    assert.equal(existsSync(workspace.files.folder), false);
  });

  it('to names that nothing has', async () => {
    workspace = new Workspace({ specs: { ALPHA: {} } });
    const engine = workspace.engine();
    const unknown = refusal(await engine.start({ specs: ['ALPA'] }));
    assert.deepEqual(unknown, {
      reason: 'unknown_spec',
      message: 'There is no spec ALPA. Did you mean ALPHA?',
      spec: 'ALPA',
    });
    assert.equal(refusal(await engine.resume({})).reason, 'nothing_to_resume');
    assert.equal(refusal(await engine.resume({ run: 'abc' })).reason, 'unknown_run');
    assert.equal(refusal(await engine.watch()).reason, 'unknown_run');
    assert.equal(refusal(await engine.merge()).reason, 'unknown_run');
    assert.equal(refusal(await engine.request('abc' as RunId, { type: 'stop' })).reason, 'unknown_run');
    assert.equal(refusal(await engine.attach('ALPHA.a1' as TerminalId)).reason, 'unknown_terminal');
    const run = await workspace.start({}, engine);
    const session = `${run.id}/NOBODY` as SessionId;
    const answers = await Promise.all([
      run.feed.request({ type: 'stop', session }),
      run.feed.request({ type: 'retry', session }),
    ]);
    assert.deepEqual(
      answers.map((answer) => refusal(answer).reason),
      ['unknown_session', 'unknown_session'],
    );
    await workspace.finish(run);
    const late = await engine.attach('ALPHA.a1' as TerminalId);
    assert.equal(refusal(late).reason === 'terminal' || refusal(late).reason === 'unknown_terminal', true);
    assert.equal(refusal(await engine.resume({})).reason, 'nothing_to_resume');
  });

  it('where git cannot work: no repository, no commit, no such base', async () => {
    workspace = new Workspace({ specs: { S: {} } });
    const engine = workspace.engine();
    const start = async (): Promise<EngineFailure> => refusal(await engine.start({}));
    workspace.configure({ config: { orchestrator: { base: 'no-such-branch' } } });
    assert.equal((await start()).reason, 'workspace');
    workspace.configure({});
    rmSync(join(workspace.top, '.git'), { recursive: true });
    assert.equal((await start()).reason, 'workspace');
    assert.deepEqual(
      value(await engine.plan()).notes.map(({ code }) => code),
      ['no_repository'],
    );
    workspace.git('init', '--quiet');
    assert.equal((await start()).reason, 'workspace');
    assert.deepEqual(
      value(await engine.plan()).notes.map(({ code }) => code),
      ['no_commit'],
    );
    assert.equal(existsSync(workspace.files.folder), false);
  });

  it('when no terminal host can be had, and can be asked again', async () => {
    workspace = new Workspace({ specs: { S: {} } });
    const broken = workspace.engine({ distFolder: join(workspace.outside, 'nowhere') });
    assert.equal(refusal(await broken.start({})).reason, 'terminal');
    const run = await workspace.runToEnd();
    assert.deepEqual(run.outcome(), { S: 'completed 1' });
  });

  it('when it cannot write its files, or a journal is damaged in its midst, with the place', async () => {
    workspace = new Workspace({ specs: { S: { script: 'await s; echo s >s.txt' } } });
    writeFileSync(workspace.files.folder, 'in the way');
    assert.equal(refusal(await workspace.engine().start({})).reason, 'store');
    rmSync(workspace.files.folder);
    const run = await workspace.start();
    await workspace.noted('S', 'start');
    await run.feed.detach();
    const { journal } = workspace.run(run.id);
    const lines = readFileSync(journal, 'utf8').split('\n');
    writeFileSync(
      journal,
      lines.map((line, index) => (index === 1 ? line.replace('attempt', 'attompt') : line)).join('\n'),
    );
    const failure = refusal(await workspace.engine().resume({ run: run.id }));
    assert.deepEqual(
      failure.reason === 'store' && { file: failure.file, line: failure.line },
      { file: journal, line: 2 },
      JSON.stringify(failure),
    );
    writeFileSync(journal, lines.join('\n'));
    const resumed = await workspace.resume({ run: run.id });
    workspace.go('s');
    await workspace.finish(resumed);
  });

  it('to requests that do not fit what is going on', async () => {
    workspace = new Workspace({ specs: { S: { script: 'await s; echo s >s.txt' } } });
    const run = await workspace.start();
    await workspace.noted('S', 'start');
    const refused = await run.feed.request({ type: 'retry', session: run.session('S') });
    const words: EngineFailure = { reason: 'refused', message: 'S has not ended yet.' };
    assert.deepEqual(refusal(refused), words);
    const elsewhere = workspace.engine();
    assert.deepEqual(refusal(await elsewhere.request(run.id, { type: 'retry', session: run.session('S') })), words);
    assert.equal(run.events('retry_requested').length, 0);
    workspace.go('s');
    await workspace.finish(run);
    const again = await workspace.resume({ run: run.id });
    assert.deepEqual(await again.feed.ended, { kind: 'finished', result: 'completed' });
  });
});

describe('init', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('writes a workspace that plans and runs as it is, and never over a file', async () => {
    workspace = new Workspace({ specs: {} });
    const engine = workspace.engine();
    assert.equal(refusal(await engine.init()).reason, 'exists');
    rmSync(join(workspace.root, 'orchestra.toml'));
    const written = value(await engine.init());
    assert.deepEqual(written, ['orchestra.toml', 'specs/SPEC-001-greeting.md', 'specs/SPEC-002-farewell.md']);
    const report = value(await engine.plan());
    assert.deepEqual(report.problems, []);
    assert.deepEqual(report.plan?.waves, [['SPEC-001'], ['SPEC-002']]);
    assert.deepEqual(
      report.notes.map(({ code }) => code),
      ['dirty_checkout'],
    );
    assert.equal(existsSync(workspace.files.folder), false, 'a plan writes nothing');
    const run = await workspace.start({}, engine);
    assert.deepEqual(await run.feed.ended, { kind: 'finished', result: 'completed' });
    assert.deepEqual(run.outcome(), { 'SPEC-001': 'completed 1', 'SPEC-002': 'completed 1' });
    assert.deepEqual(workspace.mergedFiles(run.id), ['farewell.txt', 'greeting.txt']);
  });
});

describe('doctor', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('finds everything in order, or names what is not and what to do about it', async () => {
    workspace = new Workspace({ specs: { S: {} }, passed: ['MISSING_KEY'] });
    const agent = { command: ['no-such-agent-anywhere'] };
    workspace.configure({ passed: ['MISSING_KEY'], config: { 'agents.absent': agent } });
    const checks = await workspace.engine().doctor();
    const found = checks.map(({ name, status }) => `${name}: ${status}`);
    assert.deepEqual(found.sort(), [
      'agent absent: error',
      'agent blocks: ok',
      'agent scripted: ok',
      'agent scripted: warning',
      'git: ok',
      'node: ok',
      'specs: ok',
      'terminals: ok',
    ]);
    for (const { status, advice } of checks) if (status !== 'ok') assert.ok(advice);
    assert.equal(existsSync(workspace.files.folder), false);
  });
});
