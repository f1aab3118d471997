import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { failure, fingerprint, finish, INTEGRATION, Rig, RUN, sessionId, spec, value, worktree, write } from './rig.ts';

describe('a run in worktrees', () => {
  let rig: Rig;
  beforeEach(() => {
    rig = new Rig({ 'readme.txt': 'one\ntwo\nthree\n', 'src/a.txt': 'a\n', '.gitignore': 'node_modules/\n.env\n' });
  });
  afterEach(() => rig.dispose());

  it('leaves the checkout as it was to the byte through a whole story, uncommitted work and stash included', async () => {
    write(rig.root, { 'src/a.txt': 'stashed\n' });
    rig.git(rig.root, 'stash', '--quiet');
    write(rig.root, {
      'readme.txt': 'staged\n',
      'untracked.txt': 'u\n',
      '.env': 'KEY=1\n',
      'node_modules/m/index.js': 'm\n',
    });
    rig.git(rig.root, 'add', 'readme.txt');
    write(rig.root, { 'readme.txt': 'unstaged\n' });
    rig.git(rig.root, 'config', 'branch.autoSetupMerge', 'always');
    const before = fingerprint(rig.root);
    const status = rig.git(rig.root, '--no-optional-locks', 'status', '--porcelain');

    const workspace = await rig.workspace();
    const setup = { copy: ['.env'], link: ['node_modules'] };
    const first = value(await workspace.createWorktree({ specId: spec('SPEC-001'), fresh: false, setup }));
    write(first.cwd, { 'src/new.txt': 'new\n' });
    const second = await worktree(workspace, 'SPEC-002');
    write(second.cwd, { 'src/other.txt': 'other\n' });
    await finish(workspace, 'SPEC-001');
    await finish(workspace, 'SPEC-002');
    write(second.cwd, { 'late.txt': 'late\n' });
    value(await workspace.createWorktree({ specId: spec('SPEC-002'), fresh: true, setup }));
    value(await workspace.removeWorktree({ specId: spec('SPEC-001') }));
    value(await workspace.removeWorktree({ specId: spec('SPEC-002') }));

    assert.deepEqual(fingerprint(rig.root), before);
    assert.equal(rig.git(rig.root, '--no-optional-locks', 'status', '--porcelain'), status);
    assert.equal(rig.show(INTEGRATION, 'readme.txt'), 'one\ntwo\nthree\n');
    assert.equal(rig.show(INTEGRATION, 'src/new.txt') + rig.show(INTEGRATION, 'src/other.txt'), 'new\nother\n');
    assert.equal(readFileSync(path.join(rig.root, 'node_modules/m/index.js'), 'utf8'), 'm\n');
  });

  it('cuts a worktree from the tip, so that a dependent sees what its dependency made', async () => {
    const workspace = await rig.workspace();
    const first = await worktree(workspace, 'SPEC-001');
    write(first.cwd, { 'dep.txt': 'dep\n' });
    const merged = await finish(workspace, 'SPEC-001');
    const second = await worktree(workspace, 'SPEC-002');
    assert.deepEqual(second, {
      specId: 'SPEC-002',
      path: path.join(rig.root, '.orchestra/worktrees/1b4e28ba/SPEC-002'),
      cwd: path.join(rig.root, '.orchestra/worktrees/1b4e28ba/SPEC-002'),
      branch: `orchestra/${RUN}/SPEC-002`,
      baseCommit: merged,
      reused: false,
      env: { GIT_CEILING_DIRECTORIES: path.join(rig.root, '.orchestra/worktrees/1b4e28ba') },
      rescues: [],
    });
    assert.equal(readFileSync(path.join(second.cwd, 'dep.txt'), 'utf8'), 'dep\n');
  });

  it('answers the worktree that is there, with the work in it', async () => {
    const workspace = await rig.workspace();
    const made = await worktree(workspace, 'SPEC-001');
    write(made.cwd, { 'begun.txt': 'begun\n' });
    assert.deepEqual(await worktree(workspace, 'SPEC-001'), { ...made, reused: true });
    assert.ok(existsSync(path.join(made.cwd, 'begun.txt')));
  });

  it('brings a deleted worktree back at what its branch holds', async () => {
    const workspace = await rig.workspace();
    const made = await worktree(workspace, 'SPEC-001');
    write(made.cwd, { 'kept.txt': 'kept\n' });
    value(await workspace.collect({ specId: spec('SPEC-001'), message: 'kept' }));
    rmSync(made.path, { recursive: true });
    assert.deepEqual(await worktree(workspace, 'SPEC-001'), made);
    assert.equal(readFileSync(path.join(made.cwd, 'kept.txt'), 'utf8'), 'kept\n');
  });

  it('works in the folder of the repository that is the workspace', async () => {
    write(rig.root, { 'packages/app/main.txt': 'main\n' });
    rig.git(rig.root, 'add', '-A');
    rig.git(rig.root, 'commit', '--quiet', '-m', 'app');
    write(rig.root, { 'packages/app/.env': 'KEY=1\n', 'packages/app/.orchestra/.gitignore': '*\n' });
    const workspace = await rig.workspace({ root: path.join(rig.root, 'packages/app') });
    const setup = { copy: ['.env'], link: [] };
    const made = value(await workspace.createWorktree({ specId: spec('SPEC-001'), fresh: false, setup }));
    assert.equal(path.relative(made.path, made.cwd), 'packages/app');
    assert.equal(readFileSync(path.join(made.cwd, '.env'), 'utf8'), 'KEY=1\n');
    write(made.cwd, { 'more.txt': 'more\n' });
    const collected = value(await workspace.collect({ specId: spec('SPEC-001'), message: 'more' }));
    assert.deepEqual(collected.files, ['packages/app/more.txt']);
  });

  it('lets thirteen sessions commit and merge at once', async () => {
    const workspace = await rig.workspace();
    const ids = Array.from({ length: 13 }, (_, index) => `SPEC-${String(index + 1).padStart(3, '0')}`);
    const merges = await Promise.all(
      ids.map(async (id) => {
        const made = await worktree(workspace, id);
        write(made.cwd, { [`${id}.txt`]: `${id}\n` });
        rig.git(made.cwd, 'add', '-A');
        rig.git(made.cwd, 'commit', '--quiet', '-m', `agent of ${id}`);
        write(made.cwd, { [`${id}-more.txt`]: 'more\n' });
        return finish(workspace, id);
      }),
    );
    assert.equal(new Set(merges).size, 13);
    const listed = rig.git(rig.root, 'ls-tree', '--name-only', INTEGRATION).split('\n');
    assert.deepEqual(
      ids.filter((id) => !listed.includes(`${id}.txt`) || !listed.includes(`${id}-more.txt`)),
      [],
    );
    assert.equal(rig.git(rig.root, 'rev-list', '--count', '--first-parent', INTEGRATION).trim(), '14');
  });

  it('takes any name, keeps modes and links, and tells files and lines', async () => {
    const workspace = await rig.workspace();
    const made = await worktree(workspace, 'SPEC-001');
    const names = [
      'with space.txt',
      'quo"te\'s.txt',
      '日本語/ファイル.txt',
      '-rf',
      'line\nbreak.txt',
      'tab\t.txt',
      ':(top)x',
      '*',
    ];
    write(made.cwd, Object.fromEntries(names.map((name) => [name, 'x\n'])));
    writeFileSync(Buffer.concat([Buffer.from(`${made.cwd}/byte-`), Buffer.from([0xff])]), 'raw\n');
    write(made.cwd, { 'run.sh': '#!/bin/sh\n' });
    chmodSync(path.join(made.cwd, 'run.sh'), 0o755);
    symlinkSync('readme.txt', path.join(made.cwd, 'link'));
    rmSync(path.join(made.cwd, 'src'), { recursive: true });
    writeFileSync(path.join(made.cwd, 'src'), 'now a file\n');
    const collected = value(await workspace.collect({ specId: spec('SPEC-001'), message: 'names' }));
    const { files, insertions, deletions, changed } = collected;
    assert.deepEqual(
      { files: [...files].sort(), insertions, deletions, changed },
      {
        files: [...names, 'byte-\ufffd', 'run.sh', 'link', 'src', 'src/a.txt'].sort(),
        insertions: 12,
        deletions: 1,
        changed: true,
      },
    );
    await finish(workspace, 'SPEC-001');
    const modes = rig.git(rig.root, 'ls-tree', INTEGRATION, 'run.sh', 'link').split('\n');
    assert.deepEqual(
      modes.map((line) => line.slice(0, 6)),
      ['120000', '100755', ''],
    );
    assert.equal(rig.git(made.cwd, 'status', '--porcelain'), '');
    assert.deepEqual(value(await workspace.collect({ specId: spec('SPEC-001'), message: 'again' })).files, []);
  });

  it('replaces a folder by a link and a link by a folder', async () => {
    const workspace = await rig.workspace();
    const made = await worktree(workspace, 'SPEC-001');
    rmSync(path.join(made.cwd, 'src'), { recursive: true });
    symlinkSync('.', path.join(made.cwd, 'src'));
    value(await workspace.collect({ specId: spec('SPEC-001'), message: 'link' }));
    rmSync(path.join(made.cwd, 'src'));
    write(made.cwd, { 'src/b.txt': 'b\n' });
    const { files } = value(await workspace.collect({ specId: spec('SPEC-001'), message: 'folder' }));
    assert.deepEqual(files, ['src/a.txt', 'src/b.txt']);
  });

  it('says that nothing was changed', async () => {
    const workspace = await rig.workspace();
    const made = await worktree(workspace, 'SPEC-001');
    assert.deepEqual(value(await workspace.collect({ specId: spec('SPEC-001'), message: 'none' })), {
      commit: made.baseCommit,
      baseCommit: made.baseCommit,
      changed: false,
      files: [],
      insertions: 0,
      deletions: 0,
    });
    await finish(workspace, 'SPEC-001');
  });

  it('never commits what was copied or linked, whatever the agent adds', async () => {
    write(rig.root, {
      '.gitignore': 'node_modules/\n',
      '.env': 'SECRET=1\n',
      'conf/a.local': 'a\n',
      'conf/deep/b.local': 'b\n',
      'node_modules/m.js': 'm\n',
      'src/x.txt': 'x\n',
    });
    const workspace = await rig.workspace();
    const setup = { copy: ['.env', 'conf/**/*.local', 'src', 'absent'], link: ['node_modules'] };
    const made = value(await workspace.createWorktree({ specId: spec('SPEC-001'), fresh: false, setup }));
    assert.equal(readlinkSync(path.join(made.cwd, 'node_modules')), path.join(rig.root, 'node_modules'));
    assert.equal(readFileSync(path.join(made.cwd, 'src/x.txt'), 'utf8'), 'x\n');
    write(made.cwd, { 'work.txt': 'work\n' });
    rig.git(made.cwd, 'add', '-f', '-A');
    rig.git(made.cwd, 'commit', '--quiet', '-m', 'everything');
    write(made.cwd, { 'more.txt': 'more\n' });
    rig.git(made.cwd, 'add', '-f', '-A');
    const collected = value(await workspace.collect({ specId: spec('SPEC-001'), message: 'work' }));
    assert.deepEqual(collected.files, ['more.txt', 'work.txt']);
    const history = rig.git(
      made.cwd,
      'log',
      '--name-only',
      '--format=',
      `${collected.baseCommit}..${collected.commit}`,
    );
    assert.deepEqual(history.trim().split('\n').sort(), ['more.txt', 'work.txt']);
    assert.ok(existsSync(path.join(made.cwd, '.env')));
    value(await workspace.removeWorktree({ specId: spec('SPEC-001') }));
    assert.equal(readFileSync(path.join(rig.root, 'node_modules/m.js'), 'utf8'), 'm\n');
  });

  it('refuses to copy from outside the workspace', async () => {
    const workspace = await rig.workspace();
    const setup = { copy: ['../secret'], link: [] };
    const refused = failure(await workspace.createWorktree({ specId: spec('SPEC-001'), fresh: false, setup }));
    assert.equal(refused.reason, 'outside_workspace');
    assert.equal((await worktree(workspace, 'SPEC-001')).reused, false);
  });

  it('makes branches and folders for ids that git would refuse', async () => {
    const workspace = await rig.workspace();
    for (const id of ['a.lock', 'b.', 'HEAD']) {
      const made = await worktree(workspace, id);
      write(made.cwd, { [`${id}.txt`]: 'x\n' });
      await finish(workspace, id);
    }
    assert.equal(rig.git(rig.root, 'rev-list', '--count', '--first-parent', INTEGRATION).trim(), '4');
  });

  it('commits under a fallback name when the settings name nobody, and never runs hooks or signs', async () => {
    writeFileSync(path.join(rig.home, '.gitconfig'), '[commit]\n\tgpgSign = true\n[user]\n\tuseConfigOnly = true\n');
    const hooks = path.join(rig.root, '.git/hooks');
    for (const hook of ['pre-commit', 'post-checkout', 'reference-transaction', 'prepare-commit-msg']) {
      write(hooks, { [hook]: `#!/bin/sh\ntouch ${rig.home}/hook-ran\nexit 1\n` });
      chmodSync(path.join(hooks, hook), 0o755);
    }
    const workspace = await rig.workspace();
    const made = await worktree(workspace, 'SPEC-001');
    write(made.cwd, { 'x.txt': 'x\n' });
    const merged = await finish(workspace, 'SPEC-001');
    assert.equal(
      rig.git(rig.root, 'log', '-1', '--format=%an <%ae> %cn%n%B', merged),
      `Spec Orchestra <orchestra@localhost> Spec Orchestra\nSPEC-001: Title of SPEC-001\n\nOrchestra-Run: ${RUN}\nOrchestra-Session: ${sessionId('SPEC-001')}\n\n`,
    );
    assert.ok(!existsSync(path.join(rig.home, 'hook-ran')));
  });

  it('keeps author, message and order of the commits that it rebases', async () => {
    const workspace = await rig.workspace();
    const first = await worktree(workspace, 'SPEC-001');
    const second = await worktree(workspace, 'SPEC-002');
    write(first.cwd, { 'first.txt': '1\n' });
    await finish(workspace, 'SPEC-001');
    for (const name of ['α', 'β']) {
      write(second.cwd, { [`${name}.txt`]: '2\n' });
      rig.git(second.cwd, 'add', '-A');
      rig.git(
        second.cwd,
        'commit',
        '--quiet',
        '--author=Agent <agent@example.org>',
        '--date=2001-02-03T04:05:06+0900',
        '-m',
        `add ${name}\n\nbody`,
      );
    }
    const collected = value(await workspace.collect({ specId: spec('SPEC-002'), message: '-' }));
    const prepared = value(await workspace.prepareMerge({ specId: spec('SPEC-002'), gatedCommit: collected.commit }));
    assert.ok(prepared.kind === 'ready');
    assert.equal(prepared.needsGate, true);
    const log = rig.git(rig.root, 'log', '--format=%an|%ad|%s|%b', '--date=iso', `${prepared.tip}..${prepared.commit}`);
    assert.equal(log, 'Agent|2001-02-03 04:05:06 +0900|add β|body\n\nAgent|2001-02-03 04:05:06 +0900|add α|body\n\n');
    assert.equal(readFileSync(path.join(second.cwd, 'first.txt'), 'utf8'), '1\n');
    assert.deepEqual(
      value(await workspace.prepareMerge({ specId: spec('SPEC-002'), gatedCommit: collected.commit })),
      prepared,
    );
    assert.equal(rig.git(second.cwd, 'status', '--porcelain'), '');
  });

  it('needs no second gate while nobody else merged', async () => {
    const workspace = await rig.workspace();
    const made = await worktree(workspace, 'SPEC-001');
    write(made.cwd, { 'x.txt': 'x\n' });
    const { commit } = value(await workspace.collect({ specId: spec('SPEC-001'), message: 'x' }));
    const prepared = value(await workspace.prepareMerge({ specId: spec('SPEC-001'), gatedCommit: commit }));
    assert.deepEqual(prepared, { kind: 'ready', commit, tip: made.baseCommit, needsGate: false });
    const unknown = value(await workspace.prepareMerge({ specId: spec('SPEC-001') }));
    assert.deepEqual(unknown, { ...prepared, needsGate: true });
  });

  it('puts aside what came after the gate, and files in the way', async () => {
    const workspace = await rig.workspace();
    const first = await worktree(workspace, 'SPEC-001');
    const second = await worktree(workspace, 'SPEC-002');
    write(first.cwd, { 'made.txt': 'by the first\n' });
    await finish(workspace, 'SPEC-001');
    write(second.cwd, { 'mine.txt': 'mine\n' });
    const { commit } = value(await workspace.collect({ specId: spec('SPEC-002'), message: 'mine' }));
    write(second.cwd, { 'mine.txt': 'touched by the gate\n', 'made.txt': 'in the way\n' });
    const prepared = value(await workspace.prepareMerge({ specId: spec('SPEC-002'), gatedCommit: commit }));
    assert.ok(prepared.kind === 'ready' && prepared.rescue !== undefined);
    assert.equal(rig.show(prepared.rescue.branch, 'mine.txt'), 'touched by the gate\n');
    assert.equal(rig.show(prepared.rescue.branch, 'made.txt'), 'in the way\n');
    assert.equal(readFileSync(path.join(second.cwd, 'made.txt'), 'utf8'), 'by the first\n');
    assert.equal(rig.show(prepared.commit, 'mine.txt'), 'mine\n');
  });

  it('merges once, and tells when the tip has moved', async () => {
    const workspace = await rig.workspace();
    const made = await worktree(workspace, 'SPEC-001');
    const other = await worktree(workspace, 'SPEC-002');
    write(made.cwd, { 'x.txt': 'x\n' });
    write(other.cwd, { 'y.txt': 'y\n' });
    const { commit } = value(await workspace.collect({ specId: spec('SPEC-001'), message: 'x' }));
    const request = {
      specId: spec('SPEC-001'),
      sessionId: sessionId('SPEC-001'),
      title: 'X',
      commit,
      tip: made.baseCommit,
    };
    const otherMerge = await finish(workspace, 'SPEC-002');
    assert.deepEqual(value(await workspace.merge(request)), { kind: 'moved', tip: otherMerge });
    const notOnTip = failure(await workspace.merge({ ...request, tip: otherMerge }));
    assert.equal(notOnTip.reason, 'not_on_tip');
    const merged = await finish(workspace, 'SPEC-001');
    assert.deepEqual(value(await workspace.merge(request)), { kind: 'already', commit: merged });
    const again = await rig.workspace();
    assert.deepEqual(value(await again.merge(request)), { kind: 'already', commit: merged });
    assert.equal(value(await again.integrationTip()), merged);
  });

  it('says that a run was not started', async () => {
    const workspace = await rig.workspace();
    rig.git(rig.root, 'branch', '-D', INTEGRATION);
    assert.deepEqual(failure(await workspace.integrationTip()), {
      reason: 'run_not_started',
      message: `there is no branch ${INTEGRATION}; start the run first`,
      branch: INTEGRATION,
    });
  });

  it('fails with the path when the disk says no', async () => {
    const workspace = await rig.workspace();
    write(rig.root, { '.orchestra/rescue': 'a file where the folder goes\n' });
    const made = await worktree(workspace, 'SPEC-001');
    write(made.cwd, { 'x.txt': 'x\n' });
    const refused = failure(await workspace.removeWorktree({ specId: spec('SPEC-001') }));
    assert.equal(refused.reason, 'file_system');
    assert.ok(lstatSync(path.join(made.cwd, 'x.txt')).isFile());
  });

  it('waits for the lock of another process, then names it and leaves it', async () => {
    const workspace = await rig.workspace({ patience: { waitMs: 300, staleMs: 100 } });
    const lock = path.join(rig.root, '.git/packed-refs.lock');
    writeFileSync(lock, '');
    const request = { specId: spec('SPEC-001'), fresh: false, setup: { copy: [], link: [] } };
    assert.deepEqual(failure(await workspace.createWorktree(request)), {
      reason: 'locked',
      message: `git is locked by ${lock}; end the other git process, or delete the file if there is none`,
      lockFile: lock,
    });
    rmSync(lock);
    assert.equal(value(await workspace.createWorktree(request)).reused, false);
  });

  it('goes on when the lock of another process is released', async () => {
    const workspace = await rig.workspace();
    const lock = path.join(rig.root, '.git/packed-refs.lock');
    writeFileSync(lock, '');
    const release = setTimeout(() => rmSync(lock), 200);
    assert.equal((await worktree(workspace, 'SPEC-001')).reused, false);
    clearTimeout(release);
    assert.ok(!existsSync(lock));
  });
});
