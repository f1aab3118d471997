import { open, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../base/result.ts';
import type { RunId, SpecId, TerminalId } from '../model/ids.ts';
import { createFolder, syncDirectory } from './durable-file.ts';
import { systemCode, toDiskFailure, type DiskFailure } from './failure.ts';

/** Absolute paths of what the product writes into a workspace. */
export interface OrchestraFiles {
  /** `.orchestra` itself. */
  readonly folder: string;
  readonly runs: string;
  /** The folder of {@link import('./lease.ts').acquireLease}. */
  readonly lease: string;
  readonly escalations: string;
  readonly evidence: string;
  readonly database: string;
  readonly worktrees: string;
}

/** Absolute paths of one run. */
export interface RunFiles {
  readonly folder: string;
  readonly journal: string;
  readonly requests: string;
  /** The spec's text as it was at the start of the run. */
  spec(id: SpecId): string;
  prompt(id: TerminalId): string;
  transcript(id: TerminalId): string;
  exit(id: TerminalId): string;
}

/** One run on disk. */
export interface RunListing {
  readonly runId: RunId;
  readonly files: RunFiles;
  /** Wall clock of its first event, else when its folder last changed, in milliseconds. */
  readonly startedMs: number;
}

/** Where things are in a workspace; creates nothing. */
export function orchestraFiles(workspace: string): OrchestraFiles {
  const folder = join(workspace, '.orchestra');
  return {
    folder,
    runs: join(folder, 'runs'),
    lease: join(folder, 'lease'),
    escalations: join(folder, 'escalations'),
    evidence: join(folder, 'ci_evidence.jsonl'),
    database: join(folder, 'orchestra.db'),
    worktrees: join(folder, 'worktrees'),
  };
}

/** Where things are in a run; creates nothing. */
export function runFiles(orchestra: OrchestraFiles, runId: RunId): RunFiles {
  const folder = join(orchestra.runs, runId);
  return {
    folder,
    journal: join(folder, 'journal.jsonl'),
    requests: join(folder, 'requests'),
    spec: (id) => join(folder, 'specs', `${id}.md`),
    prompt: (id) => join(folder, 'prompts', `${id}.md`),
    transcript: (id) => join(folder, 'transcripts', `${id}.log`),
    exit: (id) => join(folder, 'transcripts', `${id}.exit.json`),
  };
}

/** Creates `.orchestra` (folders 0700) with a .gitignore of its own, which hides everything; what exists stays. */
export async function createOrchestraFolder(workspace: string): Promise<Result<OrchestraFiles, DiskFailure>> {
  const files = orchestraFiles(workspace);
  try {
    for (const folder of [files.folder, files.runs, files.lease, files.escalations, files.worktrees]) {
      await createFolder(folder);
    }
    await writeOnce(join(files.folder, '.gitignore'), '*\n');
    return ok(files);
  } catch (error) {
    return fail(toDiskFailure(files.folder, error));
  }
}

/** Creates the folders of a run (0700), durably. */
export async function createRunFolder(orchestra: OrchestraFiles, runId: RunId): Promise<Result<RunFiles, DiskFailure>> {
  const files = runFiles(orchestra, runId);
  try {
    for (const name of ['specs', 'prompts', 'transcripts', 'requests']) await createFolder(join(files.folder, name));
    return ok(files);
  } catch (error) {
    return fail(toDiskFailure(files.folder, error));
  }
}

/** All runs of a workspace, newest first; none when there is no `.orchestra`. */
export async function listRuns(orchestra: OrchestraFiles): Promise<Result<readonly RunListing[], DiskFailure>> {
  try {
    const folders = (await readdir(orchestra.runs, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    const runs = await Promise.all(folders.map(({ name }) => describeRun(orchestra, name as RunId)));
    return ok(runs.sort((a, b) => b.startedMs - a.startedMs || (a.runId < b.runId ? -1 : 1)));
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? ok([]) : fail(toDiskFailure(orchestra.runs, error));
  }
}

async function describeRun(orchestra: OrchestraFiles, runId: RunId): Promise<RunListing> {
  const files = runFiles(orchestra, runId);
  const startedMs = (await firstEventMs(files.journal)) ?? (await stat(files.folder)).mtimeMs;
  return { runId, files, startedMs };
}

/** The head of the first line is enough: `seq`, `t` and `at` come before the event. */
async function firstEventMs(journal: string): Promise<number | undefined> {
  try {
    const handle = await open(journal, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(200), 0, 200, 0);
      const at = /^\{"seq":1,"t":[^,]+,"at":"([^"]+)"/.exec(buffer.toString('latin1', 0, bytesRead))?.[1];
      const ms = Date.parse(at ?? '');
      return Number.isNaN(ms) ? undefined : ms;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeOnce(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    await syncDirectory(join(file, '..'));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}
