import { lstat, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Result } from '../../../base/result.ts';
import { REPOSITORY_KEY } from '../git-repository.ts';
import { hasGitProcess, sleep } from '../git/git-locks.ts';
import { mergeTrees } from '../git/merge-trees.ts';
import type { Session, SessionState } from './session.ts';
import type { WorkspaceFailure } from '../workspace-failure.ts';

/** How long a git process that outlived its orchestrator may go on before its half-done work is repaired. */
const ORPHAN_WAIT_MS = 10_000;

/**
 * Makes a worktree usable: finds its way back to the repository, and ends what an orchestrator had begun when it was killed.
 * What an agent left stays as it is. Answers the state after the repair.
 */
export async function repairWorktree(session: Session): Promise<Result<SessionState, WorkspaceFailure>> {
  const state = await session.readState();
  if (!state.ok) return state;
  if (state.value.creating !== undefined || !(await exists(session.path))) {
    const message = `there is no worktree for ${session.specId} at ${session.path}; create it again`;
    return fail({ reason: 'worktree_missing', message, path: session.path });
  }
  const connected = await reconnect(session);
  if (!connected.ok) return connected;
  if (state.value.moving === undefined && state.value.merging === undefined) return state;
  await waitForOrphans(session);
  if (state.value.moving !== undefined) return finishMove(session, state.value.moving);
  if (state.value.merging !== undefined) return undoHalfMerge(session, state.value.merging);
  return state;
}

/** Brings the branch and the files to a commit. All that is in the worktree has been saved before. */
export async function moveTo(session: Session, commit: string): Promise<Result<SessionState, WorkspaceFailure>> {
  const marked = await session.writeState({ moving: commit });
  return marked.ok ? finishMove(session, commit) : marked;
}

/** Removes what a merge into the folder left, files of `tree` that are not in `head` too. All has been saved before. */
export async function wipe(session: Session, tree: string, head: string): Promise<Result<void, WorkspaceFailure>> {
  const steps = [
    ['merge', '--quit'],
    ['read-tree', '--reset', '-u', tree],
    ['reset', '--quiet', '--hard', head],
  ];
  for (const args of steps) {
    const done = await session.git.run(args, session.call);
    if (!done.ok) return done;
  }
  return ok(undefined);
}

/** Waits for git processes of a former orchestrator that still work in the worktree. */
export async function waitForOrphans(session: Session): Promise<void> {
  const { clock } = session.git;
  const deadlineMs = clock.monotonicMs() + ORPHAN_WAIT_MS;
  while ((await hasGitProcess([session.path])) && clock.monotonicMs() < deadlineMs) await sleep(clock, 50);
}

/** The folder under the repository's `worktrees` that belongs to this worktree; git names it as it likes. */
export async function findAdminDir(session: Session): Promise<string | undefined> {
  const folder = path.join(session.run.repository.commonDir, 'worktrees');
  const names = await readdir(folder).catch(() => []);
  const wanted = path.join(session.path, '.git');
  for (const name of names) {
    const link = await readFile(path.join(folder, name, 'gitdir'), 'utf8').catch(() => '');
    if (link.trim() === wanted) return path.join(folder, name);
  }
  return undefined;
}

/** Whether anything, a broken link too, is at a path. */
export async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

async function finishMove(session: Session, commit: string): Promise<Result<SessionState, WorkspaceFailure>> {
  const attached = await session.git.run(['symbolic-ref', 'HEAD', session.ref], session.call);
  if (!attached.ok) return attached;
  const reset = await session.git.run(['reset', '--quiet', '--hard', commit], session.call);
  if (!reset.ok) return reset;
  const base = await session.forkPoint(commit);
  if (!base.ok) return base;
  const done = await session.writeState({ moving: undefined, base: base.value });
  return done.ok ? session.readState() : done;
}

async function undoHalfMerge(session: Session, theirs: string): Promise<Result<SessionState, WorkspaceFailure>> {
  const merged = await mergeTrees(session.git, session.call, { ours: session.ref, theirs });
  if (!merged.ok) return merged;
  const wiped = await wipe(session, merged.value.tree, session.ref);
  if (!wiped.ok) return wiped;
  const done = await session.writeState({ merging: undefined });
  return done.ok ? session.readState() : done;
}

/** Without a good `.git` file, git would look for a repository further up, where the person's is. */
async function reconnect(session: Session): Promise<Result<void, WorkspaceFailure>> {
  const file = path.join(session.path, '.git');
  const found = await lstat(file).catch(() => undefined);
  const adminDir = await findAdminDir(session);
  if (found?.isFile() === true && adminDir !== undefined) {
    const named = /^gitdir: (.+)\n?$/.exec(await readFile(file, 'utf8'))?.[1];
    if (named !== undefined && (await realpath(named).catch(() => named)) === (await realpath(adminDir)))
      return ok(undefined);
  }
  if (found !== undefined) await setAside(session, file);
  if (adminDir === undefined) return registerAgain(session);
  await writeFile(file, `gitdir: ${adminDir}\n`);
  return ok(undefined);
}

/** A repository that an agent made over ours may hold its only commits. */
async function setAside(session: Session, file: string): Promise<void> {
  await mkdir(session.run.rescueDir, { recursive: true });
  const stem = path.join(session.run.rescueDir, `${path.basename(session.path)}-foreign`);
  for (let number = 1; ; number += 1) {
    const target = `${stem}-${number}.git`;
    if (await exists(target)) continue;
    return rename(file, target);
  }
}

/** The repository forgot the worktree (`git worktree prune`): its files are here, so only the administration is made anew. */
async function registerAgain(session: Session): Promise<Result<void, WorkspaceFailure>> {
  const { repository, worktreesDir } = session.run;
  const helper = path.join(worktreesDir, `_register-${path.basename(session.path)}`);
  await rm(helper, { recursive: true, force: true });
  const add = ['worktree', 'add', '--quiet', '--force', '--no-checkout', helper, session.branch];
  const added = await repository.queue.run(REPOSITORY_KEY, () => session.git.run(add, repository.call));
  if (!added.ok) return added;
  await rename(path.join(helper, '.git'), path.join(session.path, '.git'));
  await rm(helper, { recursive: true, force: true });
  const repaired = await session.git.run(['worktree', 'repair', session.path], repository.call);
  if (!repaired.ok) return repaired;
  const indexed = await session.git.run(['reset', '--quiet', '--mixed'], session.call);
  return indexed.ok ? ok(undefined) : indexed;
}
