import assert from 'node:assert/strict';
import { Workspace } from '../../rig/workspace.ts';

/** Keeps what both sides wrote, as zdiff3 shows it, and drops the base and the markers. */
const keepBoth =
  "sed -e '/^|||||||/,/^=======/d' -e '/^<<<<<<</d' -e '/^=======/d' -e '/^>>>>>>>/d' line.txt >new && mv new line.txt";

describe('two specs that edit the same line', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('both end in the result, after the second was sent back with the conflict, and nobody else waits', async () => {
    workspace = new Workspace({
      files: { 'line.txt': 'the old line\n' },
      specs: {
        FIRST: { script: 'await second-cut; echo "from first" >line.txt' },
        SECOND: {
          script: [
            'if [ "$ORCHESTRA_ATTEMPT" = 1 ]; then await first-merged; echo "from second" >line.txt; exit; fi',
            `note resolving; await resolve; ${keepBoth}`,
          ].join('\n'),
        },
        OTHER: { script: 'await conflicted; echo other >other.txt' },
      },
    });
    const run = await workspace.start();
    await workspace.noted('SECOND', 'start');
    workspace.go('second-cut');
    await run.event('session_ended', ({ session }) => session === run.session('FIRST'));
    workspace.go('first-merged');
    await workspace.noted('SECOND', 'resolving', 2);
    workspace.go('conflicted');
    await run.event('session_ended', ({ session }) => session === run.session('OTHER'));
    assert.equal(run.outcome()['SECOND'], 'running 2', 'the other one has ended while this is being resolved');
    workspace.go('resolve');
    await workspace.finish(run);

    assert.deepEqual(run.outcome(), { FIRST: 'completed 1', SECOND: 'completed 2', OTHER: 'completed 1' });
    assert.deepEqual(workspace.merged(run.id, 'line.txt')?.split('\n').sort(), ['', 'from first', 'from second']);
    assert.equal(workspace.merged(run.id, 'other.txt'), 'other\n');
    const [sentBack] = run.events('attempt_ended');
    assert.equal(sentBack?.next, 'rework');
    assert.deepEqual(sentBack?.failure.reason === 'conflict' && sentBack.failure.files, ['line.txt']);
    const prompt = workspace.prompt(run.id, 'SECOND.a2');
    for (const words of ['conflicts with what was merged meanwhile in line.txt', 'from first', 'from second']) {
      assert.ok(prompt.includes(words), `the prompt lacks: ${words}\n${prompt}`);
    }
  });

  it('ends as failed with both sides untouched when the second never resolves it', async () => {
    workspace = new Workspace({
      files: { 'line.txt': 'the old line\n' },
      specs: {
        FIRST: { script: 'await second-cut; echo "from first" >line.txt' },
        SECOND: { script: 'test "$ORCHESTRA_ATTEMPT" = 1 || exit 0; await first-merged; echo "from second" >line.txt' },
      },
      config: { orchestrator: { retry: { attempts: 1, delay: '0s', merge_rework: 1 } } },
    });
    const run = await workspace.start();
    await workspace.noted('SECOND', 'start');
    workspace.go('second-cut');
    await run.event('session_ended', ({ session }) => session === run.session('FIRST'));
    workspace.go('first-merged');
    await workspace.finish(run);
    assert.deepEqual(run.outcome(), { FIRST: 'completed 1', SECOND: 'failed 2 work_refused' });
    assert.equal(workspace.merged(run.id, 'line.txt'), 'from first\n');
  });

  it('names what was lost to an agent that resolves by dropping the other side', async () => {
    workspace = new Workspace({
      files: { 'line.txt': 'the old line\n' },
      specs: {
        FIRST: { script: 'await second-cut; echo "from first" >line.txt' },
        SECOND: {
          script: [
            'test "$ORCHESTRA_ATTEMPT" != 1 || await first-merged',
            'echo "from second" >line.txt; test "$ORCHESTRA_ATTEMPT" != 3 || echo "from first" >>line.txt',
          ].join('\n'),
        },
      },
    });
    const run = await workspace.start();
    await workspace.noted('SECOND', 'start');
    workspace.go('second-cut');
    await run.event('session_ended', ({ session }) => session === run.session('FIRST'));
    workspace.go('first-merged');
    await workspace.finish(run);
    assert.deepEqual(run.outcome(), { FIRST: 'completed 1', SECOND: 'completed 3' });
    assert.match(workspace.prompt(run.id, 'SECOND.a3'), /was lost in line\.txt[^]*--- line\.txt\nfrom first\n/);
  });
});

describe('the gate on the combined result', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('sends work back that is green alone and red together, with the log', async () => {
    const gate = ['test "$(cat parts/* | wc -l)" -le 1 || { echo too many parts; exit 1; }'];
    workspace = new Workspace({
      specs: {
        FIRST: { script: 'await second-cut; mkdir parts; echo first >parts/first', keys: { gate } },
        SECOND: {
          script: [
            'if [ "$ORCHESTRA_ATTEMPT" = 1 ]; then await first-merged; mkdir parts; echo second >parts/second; exit; fi',
            'rm parts/second; echo elsewhere >elsewhere.txt',
          ].join('\n'),
          keys: { gate },
        },
      },
    });
    const run = await workspace.start();
    await workspace.noted('SECOND', 'start');
    workspace.go('second-cut');
    await run.event('session_ended', ({ session }) => session === run.session('FIRST'));
    workspace.go('first-merged');
    await workspace.finish(run);
    assert.deepEqual(run.outcome(), { FIRST: 'completed 1', SECOND: 'completed 2' });
    const [sentBack] = run.events('attempt_ended');
    assert.equal(sentBack?.failure.reason === 'gate_red' && sentBack.failure.combined, true);
    assert.match(workspace.prompt(run.id, 'SECOND.a2'), /on the combined result[^]*too many parts/);
    assert.deepEqual(workspace.mergedFiles(run.id), ['elsewhere.txt', 'parts/first']);
  });
});
