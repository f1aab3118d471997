import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { GitWorkspace } from '../../../src/engine/workspace/git-workspace.ts';
import { Rig, RUN, spec, value, worktree, write } from './rig.ts';

const ID = spec('SPEC-001');
const BRANCH = `orchestra/${RUN}/_rescue/SPEC-001-1`;

describe('unsaved work', () => {
  let rig: Rig;
  let workspace: GitWorkspace;
  beforeEach(async () => {
    rig = new Rig({ 'readme.txt': 'one\n', 'gone.txt': 'gone\n', '.gitignore': 'ignored/\n' });
    workspace = await rig.workspace();
  });
  afterEach(() => rig.dispose());

  it('is on a rescue branch and in a patch before its worktree goes', async () => {
    const made = await worktree(workspace, ID);
    write(made.cwd, { 'committed.txt': 'c\n' });
    rig.git(made.cwd, 'add', '-A');
    rig.git(made.cwd, 'commit', '--quiet', '-m', 'own');
    write(made.cwd, { 'readme.txt': 'changed\n', 'staged.txt': 's\n', 'ignored/x': 'x\n' });
    rig.git(made.cwd, 'add', 'staged.txt');
    write(made.cwd, { 'new file.txt': 'new\n', 'sub/日本.bin': Buffer.from([0, 255, 10]) });
    symlinkSync('readme.txt', path.join(made.cwd, 'sub/link'));
    rmSync(path.join(made.cwd, 'gone.txt'));

    const rescue = value(await workspace.removeWorktree({ specId: ID }));
    const patchFile = path.join(rig.root, '.orchestra/rescue', RUN, 'SPEC-001-1.patch');
    const commit = rig.git(rig.root, 'rev-parse', BRANCH).trim();
    assert.deepEqual(rescue, { branch: BRANCH, commit, patchFile, folders: [] });
    assert.ok(!existsSync(made.path));
    assert.equal(statSync(patchFile).mode & 0o777, 0o600);
    assert.equal(rig.show(made.branch, 'committed.txt'), 'c\n');
    const changes = rig.git(rig.root, '-c', 'core.quotePath=false', 'diff', '--name-status', made.branch, BRANCH);
    assert.equal(changes, 'D\tgone.txt\nA\tnew file.txt\nM\treadme.txt\nA\tstaged.txt\nA\tsub/link\nA\tsub/日本.bin\n');

    const clone = path.join(rig.home, 'clone');
    rig.git(rig.home, 'clone', '--quiet', rig.root, clone);
    rig.git(clone, 'apply', patchFile);
    assert.deepEqual(readFileSync(path.join(clone, 'sub/日本.bin')), Buffer.from([0, 255, 10]));
    assert.equal(readFileSync(path.join(clone, 'new file.txt'), 'utf8'), 'new\n');
    assert.equal(value(await workspace.removeWorktree({ specId: ID })), undefined);
  });

  it('does not exist in a clean worktree, nor in ignored files', async () => {
    const made = await worktree(workspace, ID);
    write(made.cwd, { 'ignored/x': 'x\n' });
    assert.equal(value(await workspace.removeWorktree({ specId: ID })), undefined);
    assert.ok(!existsSync(made.path));
    assert.equal(rig.git(rig.root, 'worktree', 'list').trim().split('\n').length, 1);
  });

  it('of an earlier attempt is kept by a fresh start', async () => {
    const made = await worktree(workspace, ID);
    write(made.cwd, { 'committed.txt': 'c\n' });
    value(await workspace.collect({ specId: ID, message: 'first attempt' }));
    write(made.cwd, { 'loose.txt': 'l\n' });
    const again = await worktree(workspace, ID, true);
    assert.deepEqual(
      again.rescues.map((rescue) => rescue.branch),
      [BRANCH],
    );
    assert.equal(rig.show(BRANCH, 'committed.txt') + rig.show(BRANCH, 'loose.txt'), 'c\nl\n');
    assert.ok(!existsSync(path.join(again.cwd, 'committed.txt')) && !existsSync(path.join(again.cwd, 'loose.txt')));
    assert.deepEqual({ ...again, rescues: [] }, made);
    assert.deepEqual((await worktree(workspace, ID, true)).rescues, []);
  });

  it('that is only commits is kept too, with and without the worktree', async () => {
    const made = await worktree(workspace, ID);
    write(made.cwd, { 'one.txt': '1\n' });
    const first = value(await workspace.collect({ specId: ID, message: 'one' }));
    rmSync(made.path, { recursive: true });
    assert.deepEqual((await worktree(workspace, ID, true)).rescues, [
      { branch: BRANCH, commit: first.commit, folders: [] },
    ]);
    write(made.cwd, { 'two.txt': '2\n' });
    const second = value(await workspace.collect({ specId: ID, message: 'two' }));
    const rescues = [{ branch: BRANCH.replace(/1$/, '2'), commit: second.commit, folders: [] }];
    assert.deepEqual((await worktree(workspace, ID, true)).rescues, rescues);
  });

  it('is saved once while nothing changes, and the worktree stays as it is', async () => {
    const made = await worktree(workspace, ID);
    write(made.cwd, { 'readme.txt': 'changed\n', 'new.txt': 'new\n' });
    rig.git(made.cwd, 'add', 'readme.txt');
    const status = rig.git(made.cwd, 'status', '--porcelain');
    const first = value(await workspace.rescue({ specId: ID, reason: 'the agent died' }));
    assert.equal(first?.branch, BRANCH);
    assert.equal(rig.git(rig.root, 'log', '-1', '--format=%s', BRANCH).trim(), 'Rescue of SPEC-001: the agent died');
    assert.deepEqual(value(await workspace.rescue({ specId: ID, reason: 'again' })), first);
    write(made.cwd, { 'new.txt': 'newer\n' });
    assert.equal(value(await workspace.rescue({ specId: ID, reason: 'more' }))?.branch, BRANCH.replace(/1$/, '2'));
    assert.equal(rig.git(made.cwd, 'status', '--porcelain'), status);
  });

  it('in the middle of a merge, or on a detached HEAD, is saved as it stands', async () => {
    const made = await worktree(workspace, ID);
    rig.git(made.cwd, 'checkout', '--quiet', '--detach');
    write(made.cwd, { 'readme.txt': 'mine\n' });
    rig.git(made.cwd, 'commit', '--quiet', '-am', 'mine');
    const mine = rig.git(made.cwd, 'rev-parse', 'HEAD').trim();
    rig.git(made.cwd, 'checkout', '--quiet', '-b', 'side', made.baseCommit);
    write(made.cwd, { 'readme.txt': 'side\n' });
    rig.git(made.cwd, 'commit', '--quiet', '-am', 'side');
    rig.git(made.cwd, 'checkout', '--quiet', '--detach', mine);
    assert.throws(() => rig.git(made.cwd, 'merge', 'side'));
    const rescue = value(await workspace.removeWorktree({ specId: ID }));
    assert.match(rig.show(rescue?.branch ?? '', 'readme.txt'), /<<<<<<< HEAD\nmine\n=======\nside\n/);
    assert.equal(rig.git(rig.root, 'log', '--format=%s', `${made.baseCommit}..${BRANCH}`).split('\n')[1], 'mine');
  });

  it('in a repository of its own inside the worktree is copied whole', async () => {
    const made = await worktree(workspace, ID);
    mkdirSync(path.join(made.cwd, 'inner'));
    rig.git(path.join(made.cwd, 'inner'), 'init', '--quiet');
    write(made.cwd, { 'inner/x.txt': 'x\n' });
    const rescue = value(await workspace.removeWorktree({ specId: ID }));
    const folder = path.join(rig.root, '.orchestra/rescue', RUN, 'SPEC-001-1.nested/inner/');
    assert.deepEqual(rescue?.folders, [folder]);
    assert.equal(readFileSync(path.join(folder, 'x.txt'), 'utf8'), 'x\n');
    assert.ok(existsSync(path.join(folder, '.git/HEAD')));
  });

  it('survives the loss of every ref of the session', async () => {
    const made = await worktree(workspace, ID);
    write(made.cwd, { 'loose.txt': 'l\n' });
    rig.git(rig.root, 'update-ref', '-d', `refs/heads/${made.branch}`);
    rig.git(rig.root, 'update-ref', '-d', `refs/orchestra/${RUN}/SPEC-001/base`);
    const again = await worktree(workspace, ID);
    assert.deepEqual(
      again.rescues.map((rescue) => rig.show(rescue.branch, 'loose.txt')),
      ['l\n'],
    );
    assert.ok(!existsSync(path.join(again.cwd, 'loose.txt')));
  });
});
