import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunId, SpecId, TerminalId } from '../../../src/engine/model/ids.ts';
import { writeDurably } from '../../../src/engine/store/durable-file.ts';
import { openJournal } from '../../../src/engine/store/journal.ts';
import {
  createOrchestraFolder,
  createRunFolder,
  listRuns,
  orchestraFiles,
} from '../../../src/engine/store/run-files.ts';
import { useTemporaryFolder } from './support.ts';

const runId = (text: string): RunId => text as RunId;

describe('createOrchestraFolder', () => {
  const folder = useTemporaryFolder();

  it('makes private folders that git does not see', async () => {
    const created = await createOrchestraFolder(folder());
    assert.deepEqual([created.ok, created.ok && created.value.folder], [true, join(folder(), '.orchestra')]);
    const names = await readdir(join(folder(), '.orchestra'));
    assert.deepEqual(names.sort(), ['.gitignore', 'escalations', 'lease', 'runs', 'worktrees']);
    assert.equal(await readFile(join(folder(), '.orchestra', '.gitignore'), 'utf8'), '*\n');
    if (process.platform === 'win32') return;
    const modes = await Promise.all(
      ['', 'runs', 'escalations'].map((name) => stat(join(folder(), '.orchestra', name))),
    );
    assert.deepEqual(
      modes.map(({ mode }) => mode & 0o777),
      [0o700, 0o700, 0o700],
    );
  });

  it('leaves what a person changed', async () => {
    await createOrchestraFolder(folder());
    await writeFile(join(folder(), '.orchestra', '.gitignore'), '*\n!escalations\n');
    assert.equal((await createOrchestraFolder(folder())).ok, true);
    assert.equal(await readFile(join(folder(), '.orchestra', '.gitignore'), 'utf8'), '*\n!escalations\n');
  });

  it('says when it cannot', async () => {
    await writeFile(join(folder(), '.orchestra'), 'in the way');
    const created = await createOrchestraFolder(folder());
    assert.ok(!created.ok && created.failure.reason === 'disk');
  });
});

describe('createRunFolder', () => {
  const folder = useTemporaryFolder();

  it('lays out a run', async () => {
    const orchestra = orchestraFiles(folder());
    const run = await createRunFolder(orchestra, runId('r1'));
    assert.ok(run.ok);
    const root = join(folder(), '.orchestra', 'runs', 'r1');
    assert.deepEqual((await readdir(root)).sort(), ['prompts', 'requests', 'specs', 'transcripts']);
    const { folder: at, journal, requests } = run.value;
    assert.deepEqual([at, journal, requests], [root, join(root, 'journal.jsonl'), join(root, 'requests')]);
    const terminal = 'SPEC-1.a1' as TerminalId;
    assert.deepEqual(
      [
        run.value.spec('SPEC-1' as SpecId),
        run.value.prompt(terminal),
        run.value.transcript(terminal),
        run.value.exit(terminal),
      ],
      [
        join(root, 'specs', 'SPEC-1.md'),
        join(root, 'prompts', 'SPEC-1.a1.md'),
        join(root, 'transcripts', 'SPEC-1.a1.log'),
        join(root, 'transcripts', 'SPEC-1.a1.exit.json'),
      ],
    );
  });
});

describe('listRuns', () => {
  const folder = useTemporaryFolder();

  it('gives the newest first, by the first event, else by the folder', async () => {
    const orchestra = orchestraFiles(folder());
    const start = Date.UTC(2026, 0, 18);
    for (const [name, hours] of [
      ['old', 1],
      ['new', 3],
      ['middle', 2],
    ] as const) {
      const run = await createRunFolder(orchestra, runId(name));
      assert.ok(run.ok);
      const wallMs = (): number => start + hours * 3_600_000;
      const opened = await openJournal(run.value.journal, { epoch: 1, wallMs, onWarning: () => undefined });
      assert.ok(opened.ok);
      opened.value.journal.append({ type: 'run_started' }, 0.25);
      await opened.value.journal.close();
    }
    const empty = await createRunFolder(orchestra, runId('empty'));
    assert.ok(empty.ok);
    await utimes(empty.value.folder, new Date(start), new Date(start));
    await writeFile(join(orchestra.runs, 'stray'), '');
    const runs = await listRuns(orchestra);
    assert.deepEqual(
      runs.ok && runs.value.map((run) => [run.runId, (run.startedMs - start) / 3_600_000, run.files.folder]),
      [
        ['new', 3],
        ['middle', 2],
        ['old', 1],
        ['empty', 0],
      ].map(([id, hours]) => [id, hours, join(orchestra.runs, String(id))]),
    );
  });

  it('gives none where nothing was ever run', async () => {
    assert.deepEqual(await listRuns(orchestraFiles(folder())), { ok: true, value: [] });
  });
});

describe('writeDurably', () => {
  const folder = useTemporaryFolder();

  it('replaces the whole file and leaves nothing else', async () => {
    const file = join(folder(), 'file.json');
    await writeFile(file, 'a longer old text');
    assert.deepEqual(await writeDurably(file, 'new'), { ok: true, value: undefined });
    assert.deepEqual([await readFile(file, 'utf8'), await readdir(folder())], ['new', ['file.json']]);
  });

  it('leaves nothing behind when it fails', async () => {
    const file = join(folder(), 'folder');
    await mkdir(join(file, 'full'), { recursive: true });
    const result = await writeDurably(file, 'new');
    assert.ok(!result.ok && result.failure.reason === 'disk');
    assert.deepEqual(await readdir(folder()), ['folder']);
  });
});
