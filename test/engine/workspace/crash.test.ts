import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { GitWorkspace } from '../../../src/engine/workspace/git-workspace.ts';
import { fingerprint, INTEGRATION, Rig, RUN, sessionId, spec, value, worktree, write } from './rig.ts';
import { FILES, FIRST, SECOND, settle } from './crash-story.ts';

/** A story has some hundred calls; dying before each of them would take minutes. */
const CALLS_BETWEEN_DEATHS = 11;

describe('a kill in the middle', () => {
  let rig: Rig;
  let before: Record<string, string>;
  beforeEach(() => {
    rig = new Rig({ 'shared.txt': 'one\ntwo\nthree\n', ...FILES });
    before = fingerprint(rig.root);
  });
  afterEach(() => rig.dispose());

  async function assertWhole(workspace: GitWorkspace): Promise<void> {
    assert.equal(rig.show(INTEGRATION, 'shared.txt'), 'one\n2 of the first\n2 of the second\nthree\n');
    assert.equal(rig.show(INTEGRATION, 'first.txt') + rig.show(INTEGRATION, 'second.txt'), 'first\nsecond\n');
    const subjects = rig.git(rig.root, 'log', '--first-parent', '--format=%s', INTEGRATION).trim().split('\n');
    assert.deepEqual(subjects, ['SPEC-002: second', 'SPEC-001: first', 'first']);
    assert.equal(rig.git(rig.root, 'diff', '--stat', 'main', INTEGRATION).trim().split('\n').length, 4);
    for (const specId of [FIRST, SECOND]) assert.equal(value(await workspace.removeWorktree({ specId })), undefined);
    assert.equal(rig.git(rig.root, 'fsck', '--no-dangling').trim(), '');
    assert.equal(rig.git(rig.root, 'worktree', 'list').trim().split('\n').length, 1);
    assert.deepEqual(fingerprint(rig.root), before);
  }

  /** A git that does nothing from its n-th call on: what the repository looks like when the orchestrator dies just before it. */
  function dyingGit(calls: number): string {
    const counter = path.join(rig.home, 'calls');
    const program = path.join(rig.home, 'dying-git');
    const script = `n=$(($(cat ${counter}) + 1)); echo $n > ${counter}; [ $n -ge ${calls} ] && exit 99; exec git "$@"`;
    writeFileSync(counter, '0');
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
    return program;
  }

  it('between any two calls of git loses nothing, repeats nothing and merges once', async function () {
    this.timeout(180_000);
    let calls = 5;
    for (let died = true; died; calls += CALLS_BETWEEN_DEATHS) {
      rig.dispose();
      rig = new Rig({ 'shared.txt': 'one\ntwo\nthree\n', ...FILES });
      before = fingerprint(rig.root);
      const workspace = await rig.workspace();
      const repository = await rig.repository();
      assert.equal(repository.root, rig.root);
      const dying = await rig.workspace({ program: dyingGit(10_000) });
      dyingGit(calls);
      died = await settle(dying).then(
        () => false,
        (error: unknown) => {
          assert.match(String(error), /99/);
          return true;
        },
      );
      await settle(workspace);
      await assertWhole(workspace);
    }
    assert.ok(calls > 60);
  });

  it('by the system, at any moment, loses nothing, repeats nothing and merges once', async function () {
    this.timeout(180_000);
    const child = path.join(import.meta.dirname, 'crash-story.ts');
    let killed = 0;
    for (; killed < 12; killed += 1) {
      const running = spawn(process.execPath, ['--import', 'tsx', child, rig.root], {
        env: rig.env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = new Promise<number | null>((resolve) => running.once('exit', resolve));
      await Promise.race([once(running.stdout, 'data'), ended]);
      const timer = setTimeout(() => running.kill('SIGKILL'), 40 + killed * 90);
      const code = await ended;
      clearTimeout(timer);
      if (code === 0) break;
      assert.equal(code, null);
    }
    assert.ok(killed > 2);
    const workspace = await rig.workspace();
    await settle(workspace);
    await assertWhole(workspace);
  });

  it('of git itself while it writes files is repaired from what was remembered', async () => {
    const workspace = await rig.workspace();
    const first = await worktree(workspace, FIRST);
    const second = await worktree(workspace, SECOND);
    write(first.cwd, { 'first.txt': 'first\n', 'shared.txt': 'one\nchanged\nthree\n' });
    write(second.cwd, { 'second.txt': 'second\n' });
    for (const specId of [FIRST, SECOND]) value(await workspace.collect({ specId, message: 'work' }));
    const head = rig.git(second.cwd, 'rev-parse', 'HEAD').trim();
    const prepared = value(await workspace.prepareMerge({ specId: FIRST, gatedCommit: head }));
    assert.ok(prepared.kind === 'ready');
    value(await workspace.merge({ ...prepared, specId: FIRST, sessionId: sessionId(FIRST), title: 'first' }));
    const target = rig
      .git(rig.root, 'commit-tree', `${prepared.commit}^{tree}`, '-p', prepared.commit, '-m', 'target')
      .trim();

    rig.git(rig.root, 'update-ref', `refs/orchestra/${RUN}/${SECOND}/moving`, target);
    rmSync(path.join(second.cwd, 'shared.txt'));
    write(second.cwd, { 'first.txt': 'fir' });
    const collected = value(await workspace.collect({ specId: SECOND, message: 'again' }));
    assert.equal(collected.commit, target);
    assert.equal(readFileSync(path.join(second.cwd, 'first.txt'), 'utf8'), 'first\n');

    rig.git(second.cwd, 'reset', '--quiet', '--hard', head);
    write(second.cwd, { 'first.txt': 'fir' });
    const tip = value(await workspace.integrationTip());
    rig.git(rig.root, 'update-ref', `refs/orchestra/${RUN}/${SECOND}/base`, `${head}~1`);
    rig.git(rig.root, 'update-ref', `refs/orchestra/${RUN}/${SECOND}/merging`, tip);
    assert.deepEqual(value(await workspace.collect({ specId: SECOND, message: 'again' })).files, ['second.txt']);
  });

  it('while a deleted worktree is brought back leaves its commits on the branch, or on a rescue branch', async () => {
    const workspace = await rig.workspace();
    const made = await worktree(workspace, FIRST);
    write(made.cwd, { 'first.txt': 'first\n' });
    const { commit } = value(await workspace.collect({ specId: FIRST, message: 'work' }));
    const refs = `refs/orchestra/${RUN}/${FIRST}`;
    const die = (): void => {
      rmSync(made.path, { recursive: true });
      rig.git(rig.root, 'update-ref', `${refs}/creating`, commit);
      rig.git(rig.root, 'update-ref', '-d', `${refs}/base`);
    };
    die();
    assert.deepEqual(await worktree(workspace, FIRST), made);
    assert.equal(readFileSync(path.join(made.cwd, 'first.txt'), 'utf8'), 'first\n');
    die();
    const fresh = await worktree(workspace, FIRST, true);
    assert.deepEqual(fresh.rescues, [{ branch: `orchestra/${RUN}/_rescue/SPEC-001-1`, commit, folders: [] }]);
  });

  it('of an orchestrator whose git goes on for a while is waited for', async () => {
    const workspace = await rig.workspace();
    const made = await worktree(workspace, FIRST);
    rig.git(rig.root, 'update-ref', `refs/orchestra/${RUN}/${FIRST}/moving`, made.baseCommit);
    const orphan = spawn('git', ['-C', made.path, 'cat-file', '--batch'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const gone = once(orphan, 'exit');
    orphan.stdin.write('HEAD\n');
    await once(orphan.stdout, 'data');
    let ended = false;
    const timer = setTimeout(() => {
      ended = true;
      orphan.stdin.end();
    }, 300);
    value(await workspace.collect({ specId: spec(FIRST), message: 'm' }));
    clearTimeout(timer);
    assert.equal(ended, true);
    await gone;
  });
});
