import { copyFile, cp, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { ok, type Result } from '../../../base/result.ts';
import { findCommit, isAncestor, readStatus, stageEntries, toStaged, type StatusEntry } from '../git/changes.ts';
import type { GitCall, GitFailure } from '../git/git.ts';
import { isPlaced, readPlaced } from './placed-files.ts';
import { exists } from './repair.ts';
import type { Session, SessionState } from './session.ts';
import type { WorkspaceFailure } from '../workspace-failure.ts';

/** Where a copy of a worktree's unsaved work is. */
export interface Rescue {
  /** Holds every commit, and on top, when there was uncommitted work, one commit of all tracked and untracked changes. */
  readonly branch: string;
  readonly commit: string;
  /** `git apply` brings the untracked files back; absent when there were none. Absolute. */
  readonly patchFile?: string;
  /** Repositories inside the worktree, copied whole; absolute. */
  readonly folders: readonly string[];
}

/** What to save: `commits` also counts commits beyond the session's base, which the session's branch is about to lose. */
export interface RescueOptions {
  readonly reason: string;
  readonly state: SessionState;
  readonly commits: boolean;
}

/**
 * Saves what would be lost with the worktree; `undefined` when there is nothing. Ignored files and the paths that were
 * copied or linked into the worktree do not count as work. Asked again with nothing new, it answers the copy that is there.
 */
export async function rescueWork(
  session: Session,
  options: RescueOptions,
): Promise<Result<Rescue | undefined, WorkspaceFailure>> {
  const placed = await readPlaced(session);
  const status = await readStatus(session.git, session.call);
  if (!status.ok) return status;
  const entries = status.value.filter((entry) => !isPlaced(placed, entry.path));
  const head = await findCommit(session.git, session.call, 'HEAD');
  if (!head.ok) return head;
  const start = head.value ?? options.state.base;
  if (start === undefined) return ok(undefined);
  if (entries.length === 0) {
    const needed = await commitsNeedCopy(session, start, options);
    if (!needed.ok) return needed;
    if (!needed.value) return ok(undefined);
  }
  const saved = await saveSnapshot(session, { entries, start, reason: options.reason });
  return saved;
}

/** Commits on top of HEAD what is uncommitted, in an index of its own, so that the worktree stays as it is. */
async function saveSnapshot(
  session: Session,
  work: { readonly entries: readonly StatusEntry[]; readonly start: string; readonly reason: string },
): Promise<Result<Rescue, WorkspaceFailure>> {
  await mkdir(session.run.rescueDir, { recursive: true });
  const trees = await snapshotTrees(session, work);
  if (!trees.ok) return trees;
  const nested = work.entries.some((entry) => entry.nested);
  const known = nested ? ok(undefined) : await findSame(session, { tree: trees.value.all, start: work.start });
  if (!known.ok) return known;
  const number = await nextNumber(session);
  if (!number.ok) return number;
  if (known.value !== undefined) return ok(known.value);
  const stem = path.join(session.run.rescueDir, `${path.basename(session.path)}-${number.value}`);
  const folders = await copyNested(session, work.entries, stem);
  const patched = await writePatch(session, trees.value, `${stem}.patch`);
  if (!patched.ok) return patched;
  const commit = await commitSnapshot(session, { ...work, tree: trees.value.all });
  if (!commit.ok) return commit;
  const branch = `${session.rescuePrefix}${number.value}`;
  const made = await session.git.run(
    ['update-ref', `refs/heads/${branch}`, commit.value, ''],
    session.run.repository.call,
  );
  if (!made.ok) return made;
  return ok({ branch, commit: commit.value, ...(patched.value && { patchFile: `${stem}.patch` }), folders });
}

async function commitsNeedCopy(
  session: Session,
  head: string,
  options: RescueOptions,
): Promise<Result<boolean, GitFailure>> {
  const keeper = options.commits ? options.state.base : session.ref;
  if (keeper === undefined) return ok(true);
  const kept = await isAncestor(session.git, session.call, head, keeper);
  if (!kept.ok) return kept;
  return ok(!kept.value);
}

/** Two trees: with the changes of tracked files alone, and with the untracked ones too. */
async function snapshotTrees(
  session: Session,
  work: { readonly entries: readonly StatusEntry[]; readonly start: string },
): Promise<Result<{ tracked: string; all: string }, WorkspaceFailure>> {
  const indexFile = path.join(session.run.rescueDir, `.index-${path.basename(session.path)}`);
  await rm(indexFile, { force: true });
  const call = { ...session.call, env: { ...session.env, GIT_INDEX_FILE: indexFile } };
  try {
    const filled = await fillIndex(session, call, work.start);
    if (!filled.ok) return filled;
    const tracked = await treeWith(
      session,
      call,
      work.entries.filter((entry) => !isNew(entry)),
    );
    if (!tracked.ok) return tracked;
    const all = await treeWith(
      session,
      call,
      work.entries.filter((entry) => isNew(entry) && !entry.nested),
    );
    return all.ok ? ok({ tracked: tracked.value, all: all.value }) : all;
  } finally {
    await rm(indexFile, { force: true });
  }
}

/** Untracked, or tracked only since the last commit. */
function isNew(entry: StatusEntry): boolean {
  return entry.untracked || entry.code.startsWith('A');
}

/** From the worktree's own index, for its knowledge of unchanged files, but with the content of HEAD. */
async function fillIndex(session: Session, call: GitCall, start: string): Promise<Result<void, WorkspaceFailure>> {
  const own = await session.git.text(['rev-parse', '--path-format=absolute', '--git-path', 'index'], session.call);
  if (!own.ok) return own;
  const target = call.env?.['GIT_INDEX_FILE'] ?? '';
  if (await exists(own.value)) await copyFile(own.value, target);
  const read = await session.git.run(['read-tree', '--reset', start], call);
  return read.ok ? ok(undefined) : read;
}

async function treeWith(
  session: Session,
  call: GitCall,
  entries: readonly StatusEntry[],
): Promise<Result<string, WorkspaceFailure>> {
  const staged = await Promise.all(entries.map((entry) => toStaged(session.path, entry)));
  const done = await stageEntries(session.git, call, staged);
  return done.ok ? session.git.text(['write-tree'], call) : done;
}

async function commitSnapshot(
  session: Session,
  work: { readonly tree: string; readonly start: string; readonly reason: string },
): Promise<Result<string, GitFailure>> {
  const startTree = await session.git.text(['rev-parse', `${work.start}^{tree}`], session.call);
  if (!startTree.ok) return startTree;
  if (startTree.value === work.tree) return ok(work.start);
  const input = `Rescue of ${session.specId}: ${work.reason}\n`;
  return session.git.text(['commit-tree', work.tree, '-p', work.start, '-F', '-'], { ...session.call, input });
}

async function writePatch(
  session: Session,
  trees: { readonly tracked: string; readonly all: string },
  file: string,
): Promise<Result<boolean, WorkspaceFailure>> {
  if (trees.tracked === trees.all) return ok(false);
  const args = ['diff-tree', '-p', '--binary', '--full-index', '--no-renames', '--no-ext-diff', '--no-textconv'];
  const patch = await session.git.run([...args, trees.tracked, trees.all], session.call);
  if (!patch.ok) return patch;
  const fresh = await open(`${file}.new`, 'w', 0o600);
  try {
    await fresh.writeFile(patch.value.stdout);
    await fresh.datasync();
  } finally {
    await fresh.close();
  }
  await rename(`${file}.new`, file);
  return ok(true);
}

async function copyNested(session: Session, entries: readonly StatusEntry[], stem: string): Promise<string[]> {
  const folders: string[] = [];
  for (const entry of entries.filter((item) => item.nested)) {
    const target = path.join(`${stem}.nested`, entry.path);
    await cp(path.join(session.path, entry.path), target, { recursive: true, verbatimSymlinks: true });
    folders.push(target);
  }
  return folders;
}

/** The latest copy of the very same work, made by a call whose answer was lost. */
async function findSame(
  session: Session,
  work: { readonly tree: string; readonly start: string },
): Promise<Result<Rescue | undefined, GitFailure>> {
  const numbers = await rescueNumbers(session);
  if (!numbers.ok) return numbers;
  const last = numbers.value.at(-1);
  if (last === undefined) return ok(undefined);
  const branch = `${session.rescuePrefix}${last}`;
  const found = await session.git.text(['log', '-1', '--format=%H %T %P', `refs/heads/${branch}`], session.call);
  if (!found.ok) return found;
  const [commit = '', tree, parent] = found.value.split(' ');
  if (tree !== work.tree || (commit !== work.start && parent !== work.start)) return ok(undefined);
  const stem = path.join(session.run.rescueDir, `${path.basename(session.path)}-${last}`);
  const patchFile = `${stem}.patch`;
  const nested = (await readdir(`${stem}.nested`).catch(() => [])).map((name) => path.join(`${stem}.nested`, name));
  return ok({ branch, commit, ...((await exists(patchFile)) && { patchFile }), folders: nested });
}

async function nextNumber(session: Session): Promise<Result<number, GitFailure>> {
  const numbers = await rescueNumbers(session);
  return numbers.ok ? ok((numbers.value.at(-1) ?? 0) + 1) : numbers;
}

async function rescueNumbers(session: Session): Promise<Result<number[], GitFailure>> {
  const prefix = `refs/heads/${session.rescuePrefix}`;
  const listed = await session.git.text(
    ['for-each-ref', '--format=%(refname)', `${prefix}*`],
    session.run.repository.call,
  );
  if (!listed.ok) return listed;
  const numbers = listed.value.split('\n').map((name) => Number(name.slice(prefix.length)));
  return ok(numbers.filter((number) => Number.isInteger(number) && number > 0).sort((a, b) => a - b));
}
