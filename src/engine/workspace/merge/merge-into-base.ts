import { fail, ok, type Result } from '../../../base/result.ts';
import type { RunId } from '../../model/ids.ts';
import { integrationBranch } from '../branch-names.ts';
import { findCommit, isAncestor, readStatus } from '../git/changes.ts';
import type { Git, GitCall } from '../git/git.ts';
import { mergeTrees } from '../git/merge-trees.ts';
import type { WorkspaceFailure } from '../workspace-failure.ts';

/** Which run goes into which branch. */
export interface BaseMergeRequest {
  readonly runId: RunId;
  /** A local branch by its name, with or without `refs/heads/`. */
  readonly baseRef: string;
  readonly message: string;
}

/** `already`: the branch holds the run's work. `checkout` is the folder whose files were updated, if the branch is checked out. */
export interface BaseMerge {
  readonly kind: 'merged' | 'already';
  readonly commit: string;
  readonly checkout?: string;
}

/** Git, and the checkout from which it is called. */
export interface MergingRepository {
  readonly git: Git;
  readonly call: GitCall;
}

interface Merge {
  readonly ref: string;
  readonly base: string;
  readonly tip: string;
  readonly message: string;
}

/** Merges a run into a branch: in its checkout, which must be clean, or without one. A conflict changes nothing. */
export async function mergeIntoBranch(
  repository: MergingRepository,
  request: BaseMergeRequest,
): Promise<Result<BaseMerge, WorkspaceFailure>> {
  const merge = await findMerge(repository, request);
  if (!merge.ok) return merge;
  const { base, tip, ref } = merge.value;
  const contained = await isAncestor(repository.git, repository.call, tip, base);
  if (!contained.ok) return contained;
  if (contained.value) return ok({ kind: 'already', commit: base });
  const checkout = await findCheckout(repository, ref);
  if (!checkout.ok) return checkout;
  if (checkout.value !== undefined) {
    const clean = await checkClean(repository, checkout.value);
    if (!clean.ok) return clean;
  }
  const merged = await mergeTrees(repository.git, repository.call, { ours: base, theirs: tip });
  if (!merged.ok) return merged;
  const files = merged.value.conflicts;
  if (files.length > 0) {
    const message = `${request.baseRef} and the run both changed ${files.join(', ')}; merge ${integrationBranch(request.runId)} by hand`;
    return fail({ reason: 'merge_conflict', message, files });
  }
  if (checkout.value !== undefined) {
    const free = await checkFree(repository, { folder: checkout.value, base, tree: merged.value.tree });
    return free.ok ? mergeInCheckout(repository, merge.value, checkout.value) : free;
  }
  return mergeWithoutCheckout(repository, merge.value, merged.value.tree);
}

async function findMerge(
  repository: MergingRepository,
  request: BaseMergeRequest,
): Promise<Result<Merge, WorkspaceFailure>> {
  const branch = integrationBranch(request.runId);
  const tip = await findCommit(repository.git, repository.call, `refs/heads/${branch}`);
  if (!tip.ok) return tip;
  if (tip.value === undefined) {
    return fail({ reason: 'run_not_started', message: `there is no branch ${branch}; nothing was merged`, branch });
  }
  const ref = `refs/heads/${request.baseRef.replace(/^refs\/heads\//, '')}`;
  const base = await findCommit(repository.git, repository.call, ref);
  if (!base.ok) return base;
  if (base.value === undefined) {
    const message = `${request.baseRef} is not a local branch; name one to merge into`;
    return fail({ reason: 'base_not_a_branch', message, ref: request.baseRef });
  }
  return ok({ ref, base: base.value, tip: tip.value, message: request.message });
}

/** The folder in which a branch is checked out, the person's own or another worktree. */
async function findCheckout(
  repository: MergingRepository,
  ref: string,
): Promise<Result<string | undefined, WorkspaceFailure>> {
  const listed = await repository.git.text(['worktree', 'list', '--porcelain', '-z'], repository.call);
  if (!listed.ok) return listed;
  for (const block of listed.value.split('\0\0')) {
    const fields = block.split('\0');
    const folder = fields.find((field) => field.startsWith('worktree '))?.slice('worktree '.length);
    if (fields.includes(`branch ${ref}`) && !fields.some((field) => field.startsWith('prunable'))) return ok(folder);
  }
  return ok(undefined);
}

async function checkClean(repository: MergingRepository, folder: string): Promise<Result<void, WorkspaceFailure>> {
  const status = await readStatus(repository.git, { cwd: folder }, 'normal');
  if (!status.ok) return status;
  const files = status.value.filter((entry) => !entry.untracked).map((entry) => entry.path);
  if (files.length === 0) return ok(undefined);
  const message = `${folder} has uncommitted changes in ${files.slice(0, 5).join(', ')}; commit or stash them first`;
  return fail({ reason: 'checkout_dirty', message, path: folder, files });
}

async function mergeInCheckout(
  repository: MergingRepository,
  merge: Merge,
  folder: string,
): Promise<Result<BaseMerge, WorkspaceFailure>> {
  const call: GitCall = { cwd: folder };
  const args = [
    'merge',
    '--quiet',
    '--no-ff',
    '--no-stat',
    '--no-edit',
    '-s',
    'ort',
    '-m',
    merge.message.trim(),
    merge.tip,
  ];
  const done = await repository.git.run(args, call);
  if (!done.ok) {
    await repository.git.run(['merge', '--abort'], { ...call, accept: [128] });
    return done;
  }
  const commit = await repository.git.text(['rev-parse', merge.ref], call);
  return commit.ok ? ok({ kind: 'merged', commit: commit.value, checkout: folder }) : commit;
}

/** A dry run of the update names the untracked files that it would overwrite, and writes nothing. */
async function checkFree(
  repository: MergingRepository,
  update: { readonly folder: string; readonly base: string; readonly tree: string },
): Promise<Result<void, WorkspaceFailure>> {
  const dry = ['read-tree', '-n', '-m', '-u', update.base, update.tree];
  const done = await repository.git.run(dry, { cwd: update.folder, accept: [1, 128] });
  if (!done.ok) return done;
  const named = done.value.stderr.matchAll(/'(.+?)' would (?:be overwritten|lose untracked)/gs);
  const files = [...named].flatMap((match) => match[1] ?? []);
  // Other complaints are about files whose time alone has changed; the merge itself looks closer.
  if (files.length === 0) return ok(undefined);
  const message = `untracked files in ${update.folder} are in the way: ${files.join(', ')}; move them and try again`;
  return fail({ reason: 'would_overwrite', message, path: update.folder, files });
}

async function mergeWithoutCheckout(
  repository: MergingRepository,
  merge: Merge,
  tree: string,
): Promise<Result<BaseMerge, WorkspaceFailure>> {
  const call = { ...repository.call, input: `${merge.message.trim()}\n` };
  const made = await repository.git.text(['commit-tree', tree, '-p', merge.base, '-p', merge.tip, '-F', '-'], call);
  if (!made.ok) return made;
  const update = ['update-ref', '-m', 'orchestra: merge run', merge.ref, made.value, merge.base];
  const moved = await repository.git.run(update, repository.call);
  if (moved.ok) return ok({ kind: 'merged', commit: made.value });
  const now = await findCommit(repository.git, repository.call, merge.ref);
  if (!now.ok || now.value === merge.base) return moved;
  return fail({ reason: 'base_moved', message: `${merge.ref} moved during the merge; try again`, ref: merge.ref });
}
