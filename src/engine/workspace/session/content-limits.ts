import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Result } from '../../../base/result.ts';
import { compareTrees, type StatusEntry, type TreeChange } from '../git/changes.ts';
import type { Session } from './session.ts';
import type { LargeFile, WorkspaceFailure } from '../workspace-failure.ts';

/** The mode under which a tree holds a repository inside the repository. */
const GITLINK = '160000';

/** Refuses repositories inside the worktree and files that are too large, uncommitted or in the agent's own commits. */
export async function checkContent(
  session: Session,
  entries: readonly StatusEntry[],
): Promise<Result<void, WorkspaceFailure>> {
  const head = await session.git.text(['rev-parse', 'HEAD'], session.call);
  if (!head.ok) return head;
  const base = await session.forkPoint(head.value);
  if (!base.ok) return base;
  const same = base.value === head.value;
  const changes = same ? ok([]) : await compareTrees(session.git, session.call, [base.value, head.value]);
  if (!changes.ok) return changes;
  const nested = await nestedRepositories(session, entries, changes.value);
  if (!nested.ok) return nested;
  const uncommitted = await largeOnDisk(session, entries);
  if (!uncommitted.ok) return uncommitted;
  const committed = await largeInTree(session, changes.value, new Set(entries.map((entry) => entry.path)));
  if (!committed.ok) return committed;
  const files = [...uncommitted.value, ...committed.value];
  if (files.length === 0) return ok(undefined);
  const names = files.map((file) => file.path).join(', ');
  const message = `larger than ${session.run.maxFileBytes} bytes: ${names}; remove or ignore what does not belong here`;
  return fail({ reason: 'too_large', message, files });
}

async function nestedRepositories(
  session: Session,
  entries: readonly StatusEntry[],
  changes: readonly TreeChange[],
): Promise<Result<void, WorkspaceFailure>> {
  const links = changes.filter((change) => change.newMode === GITLINK && change.oldMode !== GITLINK);
  const submodules = links.length === 0 ? ok('') : await submodulePaths(session);
  if (!submodules.ok) return submodules;
  const known = new Set(submodules.value.split('\n').map((line) => line.slice(line.indexOf(' ') + 1)));
  const dirty = new Set(entries.map((entry) => entry.path));
  const linked = links.map((change) => change.path).filter((file) => !known.has(file) && !dirty.has(file));
  const paths = [...entries.filter((entry) => entry.nested).map((entry) => entry.path.replace(/\/$/, '')), ...linked];
  if (paths.length === 0) return ok(undefined);
  const message = `repositories inside the worktree cannot be committed: ${paths.join(', ')}; remove their .git or the folders`;
  return fail({ reason: 'nested_repository', message, paths });
}

async function submodulePaths(session: Session): Promise<Result<string, WorkspaceFailure>> {
  const args = ['config', '--file', path.join(session.path, '.gitmodules'), '--get-regexp', '\\.path$'];
  const listed = await session.git.run(args, { ...session.call, accept: [1] });
  return listed.ok ? ok(listed.value.stdout.toString('utf8')) : listed;
}

/** A file with a filter (LFS) is committed as what the filter makes of it. */
async function largeOnDisk(
  session: Session,
  entries: readonly StatusEntry[],
): Promise<Result<LargeFile[], WorkspaceFailure>> {
  const files: LargeFile[] = [];
  for (const entry of entries) {
    const found = await lstat(path.join(session.path, entry.path)).catch(() => undefined);
    if (found?.isFile() !== true || found.size <= session.run.maxFileBytes) continue;
    const filter = await session.git.text(['check-attr', '-z', 'filter', '--', entry.path], session.call);
    if (!filter.ok) return filter;
    const [, , name] = filter.value.split('\0');
    if (name === 'unspecified' || name === 'unset') files.push({ path: entry.path, bytes: found.size });
  }
  return ok(files);
}

async function largeInTree(
  session: Session,
  changes: readonly TreeChange[],
  dirty: ReadonlySet<string>,
): Promise<Result<LargeFile[], WorkspaceFailure>> {
  const blobs = changes.filter((change) => /^1[02]/.test(change.newMode) && !dirty.has(change.path));
  if (blobs.length === 0) return ok([]);
  const input = blobs.map((change) => `${change.newBlob}\n`).join('');
  const sized = await session.git.text(['cat-file', '--batch-check=%(objectsize)'], { ...session.call, input });
  if (!sized.ok) return sized;
  const sizes = sized.value.split('\n').map(Number);
  const files = blobs.map((change, index) => ({ path: change.path, bytes: sizes[index] ?? 0 }));
  return ok(files.filter((file) => file.bytes > session.run.maxFileBytes));
}
