import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { ok } from '../../../src/base/result.ts';
import { nodeWorkspaceFiles } from '../../../src/engine/config/files/node-workspace-files.ts';
import type { WorkspaceFiles } from '../../../src/engine/config/files/workspace-files.ts';
import { loadWorkspace, type CachedSpec, type LoadedWorkspace } from '../../../src/engine/config/load-workspace.ts';
import { checkGraph } from '../../../src/engine/graph/check-graph.ts';
import { showProblem } from './show.ts';

const drivers = [
  { name: 'command', needsCommand: true },
  { name: 'blocks', needsCommand: false },
];

describe('loadWorkspace', () => {
  let root: string;

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'orchestra-load-')));
  });

  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    }
  }

  function load(files: WorkspaceFiles = nodeWorkspaceFiles, cache?: Map<string, CachedSpec>): Promise<LoadedWorkspace> {
    return loadWorkspace({ root, files, cpuCount: 2, drivers, checkGraph, ...(cache === undefined ? {} : { cache }) });
  }

  /** Paths of all specs below the root. */
  function paths(loaded: LoadedWorkspace): readonly string[] {
    return loaded.specs.map((spec) => relative(root, spec.file));
  }

  it('names nine kinds of bad specs in one folder, each with file, line and column', async () => {
    await write({
      'specs/SPEC-001.md': '+++\ndepends_on = ["SPEC-002"]\n+++\n# One\nx\n',
      'specs/SPEC-002.md': '# Two\n\n### Dependencies\n- SPEC-003\n',
      'specs/SPEC-003.md': '+++\ndepends_on = [\n  "SPEC-001",\n]\n+++\n# Three\nx\n',
      'specs/SPEC-004.md': '+++\ndepends_on = ["SPEC-004"]\n+++\n# Four\nx\n',
      'specs/SPEC-005.md': '+++\ndepends_on = ["SPEC-0001", "SPEC-006", "SPEC-006"]\n+++\n# Five\nx\n',
      'specs/SPEC-006.md': '+++\nid = "spec-005"\n+++\n# Six\nx\n',
      'specs/SPEC-006b.md': '+++\nid = "SPEC-006"\ntimout = "5m"\n+++\n# Six\nx\n',
      'specs/SPEC-007.md': '+++\ntimeout = "5 minutes"\nagent = "claude"\n+++\n# Seven\nx\n',
      'specs/SPEC-008.md': '+++\r\ntitle = Eight\r\n+++\r\n# Eight\r\nx\r\n',
      'specs/SPEC-009.md': '+++\ntitle = "Nine"\n# Nine\nx\n',
      'specs/bad name.md': '# Ten\nx\n',
      'specs/latin1.md': Uint8Array.from([0x23, 0x20, 0xe9, 0x0a]),
    });
    const { problems } = await load();
    assert.deepEqual(problems.map(showProblem), [
      'SPEC-001.md:2:15-2:25 error cycle',
      'SPEC-004.md:2:15-2:25 error self-dependency',
      'SPEC-005.md:2:15-2:26 error unknown-dependency',
      'SPEC-005.md:2:40-2:50 warning duplicate-dependency',
      'SPEC-006.md:2:6-2:16 error duplicate-id',
      'SPEC-006b.md:3:1-3:7 error unknown-key',
      'SPEC-007.md:2:11-2:22 error invalid-duration',
      'SPEC-007.md:3:9-3:17 error unknown-agent',
      'SPEC-008.md:2:9-2:10 error invalid-toml',
      'SPEC-009.md:1:1-1:4 error unclosed-front-matter',
      'bad name.md:1:3-1:6 error invalid-id',
      'latin1.md:1:1 error not-utf8',
    ]);
    const [cycle, , unknown, , duplicate] = problems;
    assert.equal(
      cycle?.message,
      'These specs wait for each other: SPEC-001 -> SPEC-002 -> SPEC-003 -> SPEC-001. Remove one of the dependencies.',
    );
    assert.deepEqual(
      cycle.related?.map(({ file, line, column, message }) => [relative(root, file), line, column, message]),
      [
        [join('specs', 'SPEC-002.md'), 4, 3, 'SPEC-002 depends on SPEC-003 here.'],
        [join('specs', 'SPEC-003.md'), 3, 3, 'SPEC-003 depends on SPEC-001 here.'],
      ],
    );
    assert.equal(unknown?.message, '"SPEC-005" depends on "SPEC-0001", which does not exist. Did you mean "SPEC-001"?');
    assert.equal(
      duplicate?.message,
      'The id "spec-005" is already taken by SPEC-005.md; ids are compared without regard to case.',
    );
    assert.deepEqual(
      duplicate.related?.map(({ file, line, message }) => [relative(root, file), line, message]),
      [[join('specs', 'SPEC-005.md'), 4, 'First used here.']],
    );
  });

  it('fills specs in from orchestra.toml, keeps what they say themselves, and orders them by path', async () => {
    await write({
      'orchestra.toml':
        '[orchestrator]\nsession_timeout = "10m"\n[gate]\ncommands = ["make check"]\n[agents.a]\ncommand = ["x"]\n',
      'specs/b.md': '+++\nagent = "blocks"\ngate = []\ntimeout = "1m"\n+++\n# B\nx\n',
      'specs/a/a.md': '# A\n### Dependencies\n- b\n- Node 20\n',
    });
    const { specs, problems } = await load();
    assert.deepEqual(problems.map(showProblem), ['a.md:4:3-4:7 warning unclear-dependency']);
    assert.deepEqual(
      specs.map(({ id, dependsOn, agent, gate, timeoutMs, strategy }) => ({
        id,
        dependsOn,
        agent,
        gate,
        timeoutMs,
        strategy,
      })),
      [
        { id: 'a', dependsOn: ['b'], agent: 'a', gate: ['make check'], timeoutMs: 600_000, strategy: 'solo' },
        { id: 'b', dependsOn: [], agent: 'blocks', gate: [], timeoutMs: 60_000, strategy: 'solo' },
      ],
    );
    assert.deepEqual(
      [...(specs[0]?.places.dependsOn ?? [])].map(([id, place]) => [id, place.line, place.column]),
      [['b', 3, 3]],
    );
  });

  it('takes folders at any depth, single files and globs, each file once', async () => {
    await write({
      'orchestra.toml':
        '[orchestrator]\nspecs = ["specs", "docs/**/{plan,spec}-*.txt", "specs/sub/b.md", "extra.md", "none"]\n',
      'specs/a.md': '# A\nx\n',
      'specs/sub/b.md': '# B\nx\n',
      'specs/README.md': '# no\n',
      'specs/_draft.md': '# no\n',
      'specs/.hidden.md': '# no\n',
      'specs/notes.txt': 'no',
      'specs/node_modules/p/c.md': '# no\n',
      'docs/x/y/plan-1.txt': '# P\nx\n',
      'docs/other.txt': 'no',
      'extra.md': '# E\nx\n',
    });
    const loaded = await load();
    assert.deepEqual(paths(loaded), [
      join('docs', 'x', 'y', 'plan-1.txt'),
      'extra.md',
      join('specs', 'a.md'),
      join('specs', 'sub', 'b.md'),
    ]);
    assert.deepEqual(loaded.problems.map(showProblem), ['orchestra.toml:2:1-2:6 warning empty-source']);
  });

  it('follows links inside the root, once, and warns of those that leave it', async () => {
    const outside = await realpath(await mkdtemp(join(tmpdir(), 'orchestra-outside-')));
    try {
      await writeFile(join(outside, 'secret.md'), '# S\nx\n');
      await write({ 'specs/a.md': '# A\nx\n', 'more/b.md': '# B\nx\n' });
      await symlink(outside, join(root, 'specs', 'out'));
      await symlink(join(outside, 'secret.md'), join(root, 'specs', 'out.md'));
      await symlink(join(root, 'specs'), join(root, 'specs', 'loop'));
      await symlink(join(root, 'more'), join(root, 'specs', 'more'));
      await symlink(join(root, 'nowhere'), join(root, 'specs', 'dangling.md'));
      const loaded = await load();
      assert.deepEqual(paths(loaded), [join('specs', 'a.md'), join('specs', 'more', 'b.md')]);
      assert.deepEqual(loaded.problems.map(showProblem), [
        'out:1:1 warning link-outside',
        'out.md:1:1 warning link-outside',
      ]);
    } finally {
      await rm(outside, { recursive: true });
    }
  });

  it('says so when there are no specs', async () => {
    const { problems } = await load();
    assert.deepEqual(
      problems.map((problem) => [showProblem(problem), problem.message]),
      [
        [
          'orchestra.toml:1:1-1:1 error no-specs',
          'No spec was found in "specs". Put Markdown files there, or set `specs` in [orchestrator].',
        ],
      ],
    );
  });

  it('accuses no spec of what a broken orchestra.toml would have said', async () => {
    await write({ 'orchestra.toml': 'x', 'specs/a.md': '+++\nagent = "claude"\n+++\n# A\nx\n' });
    const { problems } = await load();
    assert.deepEqual(problems.map(showProblem), ['orchestra.toml:1:1-1:2 error invalid-toml']);
  });

  it('reports files and folders that cannot be read', async () => {
    await write({ 'specs/a.md': '# A\nx\n', 'specs/b/c.md': '# C\nx\n', 'orchestra.toml': '' });
    const denied = { ok: false, failure: { reason: 'unreadable', message: 'EACCES' } } as const;
    const { problems } = await load({
      ...nodeWorkspaceFiles,
      readFile: (path) =>
        path.endsWith('a.md') || path.endsWith('.toml') ? Promise.resolve(denied) : nodeWorkspaceFiles.readFile(path),
      listFolder: (path) => (path.endsWith('b') ? Promise.resolve(denied) : nodeWorkspaceFiles.listFolder(path)),
    });
    assert.deepEqual(problems.map(showProblem), [
      'orchestra.toml:1:1 error unreadable-file',
      'a.md:1:1 error unreadable-file',
      'b:1:1 error unreadable-file',
    ]);
  });

  it('reads unsaved texts that a front puts on top, and parses again only what has changed', async () => {
    await write({ 'specs/a.md': '# A\nx\n', 'specs/b.md': '# B\nx\n' });
    const cache = new Map<string, CachedSpec>();
    await load(nodeWorkspaceFiles, cache);
    const before = new Map(cache);
    const edited = join(root, 'specs', 'b.md');
    const overlay: WorkspaceFiles = {
      ...nodeWorkspaceFiles,
      readFile: (path) =>
        path === edited
          ? Promise.resolve(ok(new TextEncoder().encode('# B2\nx\n')))
          : nodeWorkspaceFiles.readFile(path),
    };
    const loaded = await load(overlay, cache);
    assert.deepEqual(
      loaded.specs.map((spec) => spec.title),
      ['A', 'B2'],
    );
    assert.deepEqual(
      [...cache].map(([file, cached]) => [relative(root, file), cached === before.get(file)]),
      [
        [join('specs', 'a.md'), true],
        [join('specs', 'b.md'), false],
      ],
    );
    await rm(edited);
    await load(nodeWorkspaceFiles, cache);
    assert.deepEqual([...cache.keys()], [join(root, 'specs', 'a.md')]);
  });
});
