import { lstat } from 'node:fs/promises';
import { fail, ok, type Result } from '../../../base/result.ts';
import type { Git, GitCall, GitFailure } from './git.ts';

/** One line of `git status`; `raw` holds the path's bytes one a character (latin1), so that no name is damaged on its way back. */
export interface StatusEntry {
  readonly raw: string;
  readonly path: string;
  /** In the index and in the folder, as git writes them: `??`, ` M`, `UU`, … */
  readonly code: string;
  readonly untracked: boolean;
  readonly unmerged: boolean;
  /** An untracked folder that is a repository of its own. */
  readonly nested: boolean;
}

/** What two commits differ in, file by file. */
export interface ChangeSummary {
  /** Relative to the repository's top, `/` between parts; a rename is two files. */
  readonly files: readonly string[];
  /** Lines; binary files count none. */
  readonly insertions: number;
  readonly deletions: number;
}

/** One entry of a tree comparison. */
export interface TreeChange {
  readonly path: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly newBlob: string;
}

/** Uncommitted changes of a checkout; `untracked` as for `git status`. Ignored files are never listed. */
export async function readStatus(
  git: Git,
  call: GitCall,
  untracked: 'all' | 'normal' = 'all',
): Promise<Result<StatusEntry[], GitFailure>> {
  const done = await git.run(
    ['status', '--porcelain=v1', '-z', '--no-renames', `--untracked-files=${untracked}`],
    call,
  );
  if (!done.ok) return done;
  const records = done.value.stdout
    .toString('latin1')
    .split('\0')
    .filter((record) => record !== '');
  return ok(records.map((record) => statusEntry(record.slice(0, 2), record.slice(3))));
}

/** Counts files and lines between two commits or trees. */
export async function summarizeChanges(
  git: Git,
  call: GitCall,
  between: readonly [string, string],
): Promise<Result<ChangeSummary, GitFailure>> {
  const done = await git.run(['diff-tree', '-r', '-z', '--numstat', '--no-renames', '--no-ext-diff', ...between], call);
  if (!done.ok) return done;
  const files: string[] = [];
  let insertions = 0;
  let deletions = 0;
  for (const record of done.value.stdout.toString('utf8').split('\0')) {
    const [, added, removed, path] = /^(\d+|-)\t(\d+|-)\t([^]*)$/.exec(record) ?? [];
    if (path === undefined) continue;
    files.push(path);
    insertions += Number(added) || 0;
    deletions += Number(removed) || 0;
  }
  return ok({ files, insertions, deletions });
}

/** The differing entries of two trees with their modes. */
export async function compareTrees(
  git: Git,
  call: GitCall,
  between: readonly [string, string],
): Promise<Result<TreeChange[], GitFailure>> {
  const done = await git.run(['diff-tree', '-r', '-z', '--raw', '--no-renames', ...between], call);
  if (!done.ok) return done;
  const records = done.value.stdout.toString('utf8').split('\0');
  const changes: TreeChange[] = [];
  for (let index = 0; index + 1 < records.length; index += 2) {
    const [oldMode = '', newMode = '', , newBlob = ''] = (records[index] ?? '').slice(1).split(' ');
    changes.push({ path: records[index + 1] ?? '', oldMode, newMode, newBlob });
  }
  return ok(changes);
}

/** The commit a name stands for; `undefined` when there is none. */
export async function findCommit(
  git: Git,
  call: GitCall,
  name: string,
): Promise<Result<string | undefined, GitFailure>> {
  const done = await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`], {
    ...call,
    accept: [1, 128],
  });
  if (!done.ok) return done;
  return ok(done.value.code === 0 ? done.value.stdout.toString('utf8').trim() : undefined);
}

/** Whether `older` is `newer` or one of its ancestors. */
export function isAncestor(
  git: Git,
  call: GitCall,
  older: string,
  newer: string,
): Promise<Result<boolean, GitFailure>> {
  return git.test(['merge-base', '--is-ancestor', older, newer], call);
}

/** Puts the given uncommitted changes into the index that the call names, removals first. */
export async function stageEntries(
  git: Git,
  call: GitCall,
  entries: readonly StagedEntry[],
): Promise<Result<void, GitFailure>> {
  const removed = entries.filter((entry) => entry.gone).map((entry) => `${entry.raw}\0`);
  const kept = entries.filter((entry) => !entry.gone).map((entry) => `${entry.raw}\0`);
  const steps: [string[], string[]][] = [
    [['--force-remove'], removed],
    [['--add', '--replace'], kept],
  ];
  for (const [flags, paths] of steps) {
    if (paths.length === 0) continue;
    const input = Buffer.from(paths.join(''), 'latin1');
    const done = await git.run(['update-index', ...flags, '-z', '--stdin'], { ...call, input });
    if (!done.ok) return fail(done.failure);
  }
  return ok(undefined);
}

/** How an entry is staged so that the index matches `folder`. */
export async function toStaged(folder: string, entry: StatusEntry): Promise<StagedEntry> {
  const { raw, code, unmerged } = entry;
  if (!unmerged && (code === 'D ' || code[1] === 'D')) return { raw, gone: true };
  const file = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(raw, 'latin1')]);
  return lstat(file).then(
    () => ({ raw, gone: false }),
    () => ({ raw, gone: true }),
  );
}

/** A path to stage: as it is in the folder, or as gone. */
export interface StagedEntry {
  readonly raw: string;
  readonly gone: boolean;
}

function statusEntry(code: string, raw: string): StatusEntry {
  const untracked = code === '??';
  return {
    raw,
    path: Buffer.from(raw, 'latin1').toString('utf8'),
    code,
    untracked,
    unmerged: /U|AA|DD/.test(code),
    nested: untracked && raw.endsWith('/'),
  };
}
