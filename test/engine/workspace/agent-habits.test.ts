import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { GitWorkspace } from '../../../src/engine/workspace/git-workspace.ts';
import type { Worktree } from '../../../src/engine/workspace/session/worktrees.ts';
import { failure, fingerprint, Rig, RUN, spec, value, worktree, write } from './rig.ts';

const ID = spec('SPEC-001');

describe('what agents leave in a worktree', () => {
  let rig: Rig;
  let workspace: GitWorkspace;
  let made: Worktree;
  beforeEach(async () => {
    rig = new Rig();
    workspace = await rig.workspace({ maxFileBytes: 1000 });
    made = await worktree(workspace, ID);
  });
  afterEach(() => rig.dispose());

  const collect = () => workspace.collect({ specId: ID, message: 'left' });

  function commit(file: string): void {
    write(made.cwd, { [file]: `${file}\n` });
    rig.git(made.cwd, 'add', '-A');
    rig.git(made.cwd, 'commit', '--quiet', '-m', file);
  }

  it('counts commits of its own and what it left uncommitted', async () => {
    commit('committed.txt');
    write(made.cwd, { 'left.txt': 'left\n', 'readme.txt': 'one\ntwo\n' });
    const { files, insertions, deletions } = value(await collect());
    assert.deepEqual(
      { files, insertions, deletions },
      { files: ['committed.txt', 'left.txt', 'readme.txt'], insertions: 2, deletions: 1 },
    );
  });

  it('brings commits on a branch of its own or on a detached HEAD onto the branch of the session', async () => {
    rig.git(made.cwd, 'checkout', '--quiet', '-b', 'feature/own');
    commit('one.txt');
    assert.deepEqual(value(await collect()).files, ['one.txt']);
    rig.git(made.cwd, 'checkout', '--quiet', '--detach');
    commit('two.txt');
    write(made.cwd, { 'three.txt': '3\n' });
    assert.deepEqual(value(await collect()).files, ['one.txt', 'three.txt', 'two.txt']);
    assert.equal(rig.git(made.cwd, 'symbolic-ref', '--short', 'HEAD').trim(), made.branch);
  });

  it('goes back to the branch from an older commit', async () => {
    commit('one.txt');
    rig.git(made.cwd, 'checkout', '--quiet', '--detach', 'HEAD~1');
    assert.deepEqual(value(await collect()).files, ['one.txt']);
    assert.ok(existsSync(path.join(made.cwd, 'one.txt')));
  });

  it('refuses commits that do not stand on the base, and work on two branches', async () => {
    commit('one.txt');
    rig.git(made.cwd, 'checkout', '--quiet', '-b', 'second', made.baseCommit);
    commit('two.txt');
    assert.deepEqual(failure(await collect()), {
      reason: 'wrong_branch',
      message: `the worktree is on refs/heads/second, whose commits cannot be brought onto ${made.branch}; put the work there`,
      expected: made.branch,
      found: 'refs/heads/second',
    });
    rig.git(made.cwd, 'checkout', '--quiet', '--orphan', 'third');
    assert.equal(failure(await collect()).reason, 'wrong_branch');
    rig.git(made.cwd, 'commit', '--quiet', '-m', 'root');
    assert.equal(failure(await collect()).reason, 'wrong_branch');
  });

  it('keeps the files when the branch was deleted under it', async () => {
    commit('one.txt');
    rig.git(made.cwd, 'update-ref', '-d', `refs/heads/${made.branch}`);
    assert.deepEqual(value(await collect()).files, ['one.txt']);
  });

  it('sends an open merge, rebase, cherry-pick or revert back', async () => {
    commit('one.txt');
    rig.git(made.cwd, 'branch', 'side');
    write(made.cwd, { 'one.txt': 'mine\n' });
    rig.git(made.cwd, 'commit', '--quiet', '-am', 'mine');
    rig.git(made.cwd, 'checkout', '--quiet', 'side');
    write(made.cwd, { 'one.txt': 'side\n' });
    rig.git(made.cwd, 'commit', '--quiet', '-am', 'side');
    rig.git(made.cwd, 'checkout', '--quiet', made.branch);
    for (const [operation, ...args] of [
      ['merge', 'side'],
      ['rebase', 'side'],
      ['cherry-pick', 'side'],
      ['revert', 'HEAD~1'],
    ]) {
      assert.throws(() => rig.git(made.cwd, operation ?? '', ...args));
      assert.deepEqual(failure(await collect()), {
        reason: 'unfinished_operation',
        message: `a ${operation} is still open in the worktree; finish it or abort it`,
        operation,
      });
      rig.git(made.cwd, operation ?? '', '--abort');
    }
    assert.equal(value(await collect()).changed, true);
  });

  it('removes a stale lock of the worktree', async () => {
    const admin = rig.git(made.cwd, 'rev-parse', '--absolute-git-dir').trim();
    for (const lock of ['index.lock', 'HEAD.lock']) writeFileSync(path.join(admin, lock), '');
    writeFileSync(path.join(rig.root, `.git/refs/heads/${made.branch}.lock`), '');
    write(made.cwd, { 'x.txt': 'x\n' });
    assert.deepEqual(value(await collect()).files, ['x.txt']);
  });

  it('never falls through to the checkout above when .git is gone, replaced, or forgotten by the repository', async () => {
    const before = fingerprint(rig.root);
    commit('one.txt');
    rmSync(path.join(made.path, '.git'));
    write(made.cwd, { 'two.txt': '2\n' });
    assert.deepEqual(value(await collect()).files, ['one.txt', 'two.txt']);

    rmSync(path.join(made.path, '.git'));
    rig.git(made.cwd, 'init', '--quiet');
    commit('three.txt');
    assert.deepEqual(value(await collect()).files, ['one.txt', 'three.txt', 'two.txt']);
    assert.deepEqual(readdirSync(path.join(rig.root, '.orchestra/rescue', RUN)), ['SPEC-001-foreign-1.git']);

    rmSync(path.join(rig.root, '.git/worktrees'), { recursive: true });
    write(made.cwd, { 'four.txt': '4\n' });
    assert.deepEqual(value(await collect()).files, ['four.txt', 'one.txt', 'three.txt', 'two.txt']);
    assert.deepEqual(fingerprint(rig.root), before);
  });

  it('refuses large files, committed or not, but not those with a filter', async () => {
    const big = Buffer.alloc(1001);
    write(made.cwd, { 'big.bin': big, 'lfs.dat': big, '.gitattributes': '*.dat filter=small\n' });
    rig.git(rig.root, 'config', 'filter.small.clean', 'head -c 10');
    const expected = {
      reason: 'too_large',
      message: 'larger than 1000 bytes: big.bin; remove or ignore what does not belong here',
      files: [{ path: 'big.bin', bytes: 1001 }],
    };
    assert.deepEqual(failure(await collect()), expected);
    rig.git(made.cwd, 'add', '-A');
    rig.git(made.cwd, 'commit', '--quiet', '-m', 'big');
    assert.deepEqual(failure(await collect()), expected);
    rmSync(path.join(made.cwd, 'big.bin'));
    assert.deepEqual(value(await collect()).files, ['.gitattributes', 'lfs.dat']);
  });

  it('refuses a repository inside the worktree, added or not', async () => {
    mkdirSync(path.join(made.cwd, 'inner'));
    rig.git(path.join(made.cwd, 'inner'), 'init', '--quiet');
    write(made.cwd, { 'inner/x.txt': 'x\n' });
    rig.git(path.join(made.cwd, 'inner'), 'add', '-A');
    rig.git(path.join(made.cwd, 'inner'), 'commit', '--quiet', '-m', 'inner');
    const refused = failure(await collect());
    assert.deepEqual(refused.reason === 'nested_repository' && refused.paths, ['inner']);
    rig.git(made.cwd, 'add', '-A');
    rig.git(made.cwd, 'commit', '--quiet', '-m', 'link');
    const again = failure(await collect());
    assert.deepEqual(again.reason === 'nested_repository' && again.paths, ['inner']);
    rmSync(path.join(made.cwd, 'inner/.git'), { recursive: true });
    rig.git(made.cwd, 'rm', '--quiet', '--cached', 'inner');
    assert.deepEqual(value(await collect()).files, ['inner/x.txt']);
  });

  it('says that there is no worktree', async () => {
    const missing = failure(await workspace.collect({ specId: spec('SPEC-009'), message: 'm' }));
    assert.equal(missing.reason, 'worktree_missing');
    assert.equal(readFileSync(path.join(rig.root, 'readme.txt'), 'utf8'), 'one\ntwo\nthree\n');
  });
});
