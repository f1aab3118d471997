import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { GitWorkspace } from '../../../src/engine/workspace/git-workspace.ts';
import type { Prepared } from '../../../src/engine/workspace/merge/prepare-merge.ts';
import type { Worktree } from '../../../src/engine/workspace/session/worktrees.ts';
import { failure, finish, INTEGRATION, Rig, spec, value, worktree, write, type Files } from './rig.ts';

const FIRST = spec('SPEC-001');
const SECOND = spec('SPEC-002');

describe('a conflict between two sessions', () => {
  let rig: Rig;
  let workspace: GitWorkspace;
  let second: Worktree;
  beforeEach(() => {
    rig = new Rig({ 'list.txt': 'one\ntwo\nthree\n', 'api.js': 'export { a };\n', 'logo.bin': Buffer.from([0, 1, 2]) });
  });
  afterEach(() => rig.dispose());

  /** The first session is merged, the second conflicts with it. */
  async function conflict(theirs: Files, ours: Files): Promise<Prepared & { kind: 'conflict' }> {
    workspace = await rig.workspace();
    const first = await worktree(workspace, FIRST);
    second = await worktree(workspace, SECOND);
    write(first.cwd, theirs);
    write(second.cwd, ours);
    await finish(workspace, FIRST);
    return prepare();
  }

  async function prepare(): Promise<Prepared & { kind: 'conflict' }> {
    const { commit } = value(await workspace.collect({ specId: SECOND, message: 'second' }));
    const prepared = value(await workspace.prepareMerge({ specId: SECOND, gatedCommit: commit }));
    assert.ok(prepared.kind === 'conflict');
    return prepared;
  }

  async function collect(): Promise<string> {
    const collected = await workspace.collect({ specId: SECOND, message: 'second' });
    return collected.ok ? 'ok' : collected.failure.reason;
  }

  it('lays both sides before the agent and ends with both contents', async () => {
    const tipBefore = 'one\n2 of the first\nthree\n';
    const prepared = await conflict({ 'list.txt': tipBefore }, { 'list.txt': 'one\n2 of the second\nthree\n' });
    const marked = readFileSync(path.join(second.cwd, 'list.txt'), 'utf8');
    assert.equal(
      marked.replace(/[0-9a-f]{7,40}/g, 'COMMIT'),
      'one\n<<<<<<< HEAD\n2 of the second\n||||||| COMMIT\ntwo\n=======\n2 of the first\n>>>>>>> COMMIT\nthree\n',
    );
    assert.deepEqual(prepared.files, ['list.txt']);
    assert.match(
      prepared.details,
      /CONFLICT \(content\)[^]*--- list\.txt\n<{7}[^]*2 of the second\n[^]*2 of the first\n>{7}/,
    );
    write(second.cwd, { 'list.txt': 'one\n2 of the first\n2 of the second\nthree\n' });
    const collected = value(await workspace.collect({ specId: SECOND, message: 'second' }));
    assert.deepEqual([collected.files, collected.insertions], [['list.txt'], 1]);
    await finish(workspace, SECOND);
    assert.equal(rig.show(INTEGRATION, 'list.txt'), 'one\n2 of the first\n2 of the second\nthree\n');
    assert.equal(rig.git(second.cwd, 'status', '--porcelain'), '');
  });

  it('answers the same conflict when it is asked again', async () => {
    const first = await conflict({ 'list.txt': 'one\n1\nthree\n' }, { 'list.txt': 'one\n2\nthree\n' });
    const again = value(await workspace.prepareMerge({ specId: SECOND, gatedCommit: 'HEAD' }));
    assert.deepEqual(again, first);
  });

  it('sends marker lines back, also after the agent committed them', async () => {
    await conflict({ 'list.txt': 'one\nfirst\nthree\n' }, { 'list.txt': 'one\nsecond\nthree\n' });
    assert.deepEqual(failure(await workspace.collect({ specId: SECOND, message: 'm' })), {
      reason: 'conflict_markers_left',
      message: 'conflict markers are still in list.txt; resolve them, keeping what both sides added',
      files: ['list.txt'],
    });
    rig.git(second.cwd, 'commit', '--quiet', '-am', 'resolved, honestly');
    assert.equal(await collect(), 'conflict_markers_left');
    write(second.cwd, { 'list.txt': 'one\nfirst\nsecond\nthree\n' });
    assert.equal(await collect(), 'ok');
    await finish(workspace, SECOND);
  });

  it('sends back a resolution that drops the other side, naming its lines, until a person accepts it', async () => {
    await conflict({ 'list.txt': 'one\nfirst\nthree\n' }, { 'list.txt': 'one\nsecond\nthree\n' });
    write(second.cwd, { 'list.txt': 'one\nsecond\nthree\n' });
    assert.deepEqual(failure(await workspace.collect({ specId: SECOND, message: 'm' })), {
      reason: 'other_side_dropped',
      message: 'content of the other side was lost in list.txt; bring it back',
      files: [{ path: 'list.txt', lines: ['first'] }],
    });
    value(await workspace.collect({ specId: SECOND, message: 'm', acceptDropped: true }));
    await finish(workspace, SECOND);
    assert.equal(rig.show(INTEGRATION, 'list.txt'), 'one\nsecond\nthree\n');
  });

  it('finds the loss in files that did not conflict, when the agent merges with "ours"', async () => {
    await conflict({ 'list.txt': 'one\nfirst\nthree\n', 'new.txt': 'new\n' }, { 'list.txt': 'one\nsecond\nthree\n' });
    rig.git(second.cwd, 'merge', '--abort');
    rig.git(second.cwd, 'merge', '--quiet', '-s', 'ours', '-m', 'mine is better', INTEGRATION);
    const refused = failure(await workspace.collect({ specId: SECOND, message: 'm' }));
    assert.deepEqual(refused.reason === 'other_side_dropped' && refused.files, [
      { path: 'new.txt', lines: [] },
      { path: 'list.txt', lines: ['first'] },
    ]);
  });

  it('takes a line in which the words of both sides were joined', async () => {
    await conflict({ 'api.js': 'export { a, fromFirst };\n' }, { 'api.js': 'export { a, fromSecond };\n' });
    write(second.cwd, { 'api.js': 'export {\n  a,\n  fromFirst,\n  fromSecond,\n};\n' });
    assert.equal(await collect(), 'ok');
  });

  it('lets the agent conclude the merge itself', async () => {
    await conflict({ 'list.txt': 'one\nfirst\nthree\n' }, { 'list.txt': 'one\nsecond\nthree\n' });
    write(second.cwd, { 'list.txt': 'one\nfirst\nsecond\nthree\n' });
    rig.git(second.cwd, 'commit', '--quiet', '-am', 'merged');
    assert.equal(await collect(), 'ok');
    await finish(workspace, SECOND);
  });

  it('conflicts again after the agent aborted the merge', async () => {
    const before = await conflict({ 'list.txt': 'one\nfirst\nthree\n' }, { 'list.txt': 'one\nsecond\nthree\n' });
    rig.git(second.cwd, 'merge', '--abort');
    assert.deepEqual(await prepare(), before);
  });

  it('needs the content of a file that this side deleted, and takes its deletion by the other', async () => {
    workspace = await rig.workspace();
    const first = await worktree(workspace, FIRST);
    second = await worktree(workspace, SECOND);
    write(first.cwd, { 'list.txt': 'one\ntwo\nthree\nfour\n' });
    rmSync(path.join(first.cwd, 'api.js'));
    rmSync(path.join(second.cwd, 'list.txt'));
    write(second.cwd, { 'api.js': 'export { a, b };\n' });
    await finish(workspace, FIRST);
    assert.deepEqual([...(await prepare()).files].sort(), ['api.js', 'list.txt']);
    rmSync(path.join(second.cwd, 'list.txt'));
    const refused = failure(await workspace.collect({ specId: SECOND, message: 'm' }));
    assert.deepEqual(refused.reason === 'other_side_dropped' && refused.files, [{ path: 'list.txt', lines: ['four'] }]);
    write(second.cwd, { 'moved.txt': 'four\n' });
    rig.git(second.cwd, 'add', '-A');
    assert.equal(await collect(), 'ok');
    await finish(workspace, SECOND);
    assert.equal(rig.git(rig.root, 'ls-tree', '--name-only', INTEGRATION, 'list.txt', 'api.js'), 'api.js\n');
  });

  it('refuses a binary file that was left as this side had it', async () => {
    await conflict({ 'logo.bin': Buffer.from([0, 9]) }, { 'logo.bin': Buffer.from([0, 8]) });
    assert.equal(await collect(), 'other_side_dropped');
    write(second.cwd, { 'logo.bin': Buffer.from([0, 8, 9]) });
    assert.equal(await collect(), 'ok');
  });

  it('is laid even where an untracked file is in the way, which is saved first', async () => {
    workspace = await rig.workspace();
    const first = await worktree(workspace, FIRST);
    second = await worktree(workspace, SECOND);
    write(first.cwd, { 'list.txt': 'one\nfirst\nthree\n', 'report.txt': 'report\n' });
    write(second.cwd, { 'list.txt': 'one\nsecond\nthree\n' });
    await finish(workspace, FIRST);
    const { commit } = value(await workspace.collect({ specId: SECOND, message: 'second' }));
    write(second.cwd, { 'report.txt': 'of the gate\n' });
    assert.equal(value(await workspace.prepareMerge({ specId: SECOND, gatedCommit: commit })).kind, 'conflict');
    assert.equal(readFileSync(path.join(second.cwd, 'report.txt'), 'utf8'), 'report\n');
    const rescued = rig.git(rig.root, 'branch', '--list', '--format=%(refname:short)', '*_rescue*').trim();
    assert.equal(rig.show(rescued, 'report.txt'), 'of the gate\n');
  });

  it('merges on top when the tip moved while the agent resolved', async () => {
    await conflict({ 'list.txt': 'one\nfirst\nthree\n' }, { 'list.txt': 'one\nsecond\nthree\n' });
    const third = await worktree(workspace, 'SPEC-003');
    write(third.cwd, { 'third.txt': '3\n' });
    await finish(workspace, 'SPEC-003');
    write(second.cwd, { 'list.txt': 'one\nfirst\nsecond\nthree\n' });
    await finish(workspace, SECOND);
    assert.equal(
      rig.show(INTEGRATION, 'third.txt') + rig.show(INTEGRATION, 'list.txt'),
      '3\none\nfirst\nsecond\nthree\n',
    );
    assert.ok(existsSync(path.join(second.cwd, 'third.txt')));
  });
});
