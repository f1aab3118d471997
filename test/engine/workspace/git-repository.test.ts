import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { DIRTY_FILES_LISTED, GitRepository } from '../../../src/engine/workspace/git-repository.ts';
import { failure, fingerprint, finish, INTEGRATION, Rig, RUN, value, worktree, write } from './rig.ts';

describe('a repository', () => {
  let rig: Rig;
  beforeEach(() => {
    rig = new Rig();
  });
  afterEach(() => rig.dispose());

  const open = (root: string, program = 'git') =>
    GitRepository.open({ root, clock: systemClock, env: rig.env, program });

  it('tells the state of the checkout and leaves no trace of having looked', async () => {
    const headCommit = rig.git(rig.root, 'rev-parse', 'HEAD').trim();
    write(rig.root, { 'sub/x.txt': 'x\n', '.orchestra/y': 'y\n', 'readme.txt': 'changed\n' });
    symlinkSync(rig.root, path.join(rig.home, 'alias'));
    const before = fingerprint(rig.root);
    const repository = value(await open(path.join(rig.home, 'alias/sub')));
    const state = value(await repository.inspect());
    assert.deepEqual(state, {
      repoRoot: rig.root,
      workspaceSubdir: 'sub',
      headBranch: 'main',
      headCommit,
      dirty: { count: 2, files: ['readme.txt', 'sub/'] },
      gitVersion: state.gitVersion,
    });
    assert.deepEqual(fingerprint(rig.root), before);
  });

  it('tells a detached HEAD, and names only the first of many changes', async () => {
    rig.git(rig.root, 'checkout', '--quiet', '--detach');
    for (let index = 0; index < 60; index += 1) write(rig.root, { [`f${index}`]: '' });
    const state = value(await (await rig.repository()).inspect());
    assert.equal(state.headBranch, undefined);
    assert.deepEqual([state.dirty.count, state.dirty.files.length], [60, DIRTY_FILES_LISTED]);
  });

  it('resolves branches, tags and commits, and names what it does not know', async () => {
    rig.git(rig.root, 'tag', '-a', 'v1', '-m', 'v1');
    const repository = await rig.repository();
    const commit = rig.git(rig.root, 'rev-parse', 'HEAD').trim();
    for (const ref of [undefined, 'main', 'v1', commit]) assert.equal(value(await repository.resolveBase(ref)), commit);
    for (const ref of ['no-such', '--all', '']) {
      assert.deepEqual(failure(await repository.resolveBase(ref)), {
        reason: 'unknown_ref',
        message: `${ref} is no branch, tag or commit of ${rig.root}`,
        ref,
      });
    }
  });

  it('is not found outside one, in a bare one, and before the first commit', async () => {
    assert.equal(failure(await open(rig.home)).reason, 'not_a_repository');
    rig.git(rig.home, 'init', '--quiet', '--bare', 'bare.git');
    assert.equal(failure(await open(path.join(rig.home, 'bare.git'))).reason, 'bare_repository');
    rig.git(rig.home, 'init', '--quiet', 'empty');
    assert.equal(failure(await open(path.join(rig.home, 'empty'))).reason, 'no_commit');
    assert.equal(failure(await open(path.join(rig.home, 'absent'))).reason, 'file_system');
  });

  it('needs git, new enough', async () => {
    assert.equal(failure(await open(rig.root, path.join(rig.home, 'no-git'))).reason, 'git_missing');
    const old = path.join(rig.home, 'old-git');
    writeFileSync(old, '#!/bin/sh\necho git version 2.37.7\n');
    chmodSync(old, 0o755);
    assert.deepEqual(failure(await open(rig.root, old)), {
      reason: 'git_too_old',
      message: 'git 2.37.7 is too old; 2.38.0 or newer is needed',
      found: '2.37.7',
      needed: '2.38.0',
    });
    writeFileSync(old, '#!/bin/sh\necho broken >&2\nexit 3\n');
    assert.deepEqual(failure(await open(rig.root, old)), {
      reason: 'git_failed',
      message: 'git version failed (3): broken',
      command: 'git version',
      exitCode: 3,
      stderr: 'broken',
    });
  });

  it('is not confused by variables of a hook that calls it', async () => {
    rig.env['GIT_DIR'] = '/nowhere';
    rig.env['GIT_INDEX_FILE'] = '/nowhere/index';
    const repository = value(await open(rig.root));
    assert.equal(repository.top, rig.root);
  });

  describe('with a finished run', () => {
    const request = { runId: RUN, baseRef: 'main', message: 'Merge the run' };

    async function run(files: Record<string, string>): Promise<GitRepository> {
      const workspace = await rig.workspace();
      const made = await worktree(workspace, 'SPEC-001');
      write(made.cwd, files);
      await finish(workspace, 'SPEC-001');
      return rig.repository();
    }

    it('takes it into the branch that is checked out, once', async () => {
      const repository = await run({ 'made.txt': 'made\n' });
      write(rig.root, { 'untracked.txt': 'mine\n' });
      const merged = value(await repository.mergeIntoBase(request));
      const commit = rig.git(rig.root, 'rev-parse', 'main').trim();
      assert.deepEqual(merged, { kind: 'merged', commit, checkout: rig.root });
      assert.equal(readFileSync(path.join(rig.root, 'made.txt'), 'utf8'), 'made\n');
      assert.equal(rig.git(rig.root, 'status', '--porcelain'), '?? untracked.txt\n');
      assert.equal(rig.git(rig.root, 'log', '-1', '--format=%B').trim(), 'Merge the run');
      assert.deepEqual(value(await repository.mergeIntoBase(request)), { kind: 'already', commit });
    });

    it('takes it into a branch that is not checked out, and leaves the checkout alone', async () => {
      rig.git(rig.root, 'branch', 'release');
      const repository = await run({ 'made.txt': 'made\n' });
      rig.git(rig.root, 'checkout', '--quiet', '-b', 'elsewhere');
      write(rig.root, { 'readme.txt': 'dirty\n' });
      const before = rig.git(rig.root, 'status', '--porcelain');
      const merged = value(await repository.mergeIntoBase({ ...request, baseRef: 'refs/heads/release' }));
      assert.deepEqual(merged, { kind: 'merged', commit: rig.git(rig.root, 'rev-parse', 'release').trim() });
      assert.equal(rig.show('release', 'made.txt'), 'made\n');
      assert.equal(rig.git(rig.root, 'status', '--porcelain'), before);
      assert.equal(rig.git(rig.root, 'log', '-1', '--format=%P', 'release').trim().split(' ').length, 2);
    });

    it('refuses a checkout with changes, files in the way, and a conflict, and changes nothing', async () => {
      const repository = await run({ 'made.txt': 'made\n', 'readme.txt': 'of the run\n' });
      write(rig.root, { 'readme.txt': 'mine\n' });
      const dirty = failure(await repository.mergeIntoBase(request));
      assert.deepEqual(dirty.reason === 'checkout_dirty' && dirty.files, ['readme.txt']);
      rig.git(rig.root, 'checkout', '--quiet', 'readme.txt');
      write(rig.root, { 'made.txt': 'in the way\n' });
      const before = fingerprint(rig.root);
      const inTheWay = failure(await repository.mergeIntoBase(request));
      assert.deepEqual(inTheWay.reason === 'would_overwrite' && inTheWay.files, ['made.txt']);
      assert.deepEqual(fingerprint(rig.root), before);
      write(rig.root, { 'readme.txt': 'of the base\n' });
      rig.git(rig.root, 'commit', '--quiet', '-am', 'base');
      const conflict = failure(await repository.mergeIntoBase(request));
      assert.deepEqual(conflict.reason === 'merge_conflict' && conflict.files, ['readme.txt']);
      assert.equal(rig.git(rig.root, 'status', '--porcelain'), '?? made.txt\n');
      assert.ok(!existsSync(path.join(rig.root, '.git/MERGE_HEAD')));
    });

    it('needs a branch, and a run', async () => {
      const repository = await run({ 'made.txt': 'made\n' });
      rig.git(rig.root, 'tag', 'v1');
      assert.equal(failure(await repository.mergeIntoBase({ ...request, baseRef: 'v1' })).reason, 'base_not_a_branch');
      rig.git(rig.root, 'branch', '-D', INTEGRATION);
      assert.equal(failure(await repository.mergeIntoBase(request)).reason, 'run_not_started');
    });

    it('waits for the lock of the index, then names it and leaves it', async () => {
      await run({ 'made.txt': 'made\n' });
      const lock = path.join(rig.root, '.git/index.lock');
      mkdirSync(path.dirname(lock), { recursive: true });
      writeFileSync(lock, '');
      const repository = await rig.repository({ patience: { waitMs: 200, staleMs: 50 } });
      const locked = failure(await repository.mergeIntoBase(request));
      assert.deepEqual(locked.reason === 'locked' ? locked.lockFile : locked, lock);
      assert.ok(existsSync(lock));
    });
  });
});
