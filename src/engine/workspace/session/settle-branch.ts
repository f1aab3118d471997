import path from 'node:path';
import { readFile } from 'node:fs/promises';
import { fail, ok, type Result } from '../../../base/result.ts';
import { findCommit, isAncestor } from '../git/changes.ts';
import { exists, findAdminDir } from './repair.ts';
import type { Session, SessionState } from './session.ts';
import type { WorkspaceFailure } from '../workspace-failure.ts';

/** Files in a worktree's administration that mean an operation is open, most telling first. */
const OPEN_OPERATIONS: readonly (readonly [file: string, operation: string])[] = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['sequencer', 'cherry-pick'],
  ['BISECT_LOG', 'bisect'],
];

/**
 * Checks that the agent left nothing open but the merge it was given, and that its commits are on the session's branch; those
 * on a branch of its own or on a detached HEAD are brought there. Answers the other side of the open merge, if one is open.
 */
export async function settleBranch(
  session: Session,
  state: SessionState,
): Promise<Result<string | undefined, WorkspaceFailure>> {
  const adminDir = (await findAdminDir(session)) ?? '';
  for (const [file, operation] of OPEN_OPERATIONS) {
    if (await exists(path.join(adminDir, file))) return fail(unfinished(operation));
  }
  const attached = await attachHead(session, state);
  if (!attached.ok) return attached;
  const merging = await readFile(path.join(adminDir, 'MERGE_HEAD'), 'utf8').catch(() => undefined);
  if (merging === undefined) return ok(undefined);
  const other = merging.trim();
  const contained = await isAncestor(session.git, session.call, other, 'HEAD');
  if (!contained.ok) return contained;
  if (contained.value) {
    // A crash between moving the branch and forgetting the merge.
    const forgotten = await session.git.run(['merge', '--quit'], session.call);
    return forgotten.ok ? ok(undefined) : forgotten;
  }
  return other === state.conflict ? ok(other) : fail(unfinished('merge'));
}

async function attachHead(session: Session, state: SessionState): Promise<Result<void, WorkspaceFailure>> {
  const symbolic = await session.git.run(['symbolic-ref', '--quiet', 'HEAD'], { ...session.call, accept: [1] });
  if (!symbolic.ok) return symbolic;
  const ref = symbolic.value.stdout.toString('utf8').trim();
  const head = await findCommit(session.git, session.call, 'HEAD');
  if (!head.ok) return head;
  const own = await session.head();
  if (!own.ok) return own;
  const base = state.base ?? own.value;
  if (base === undefined) return fail(wrongBranch(session, ref));
  // Its branch was deleted under it; the files are all here, so the work counts from the base again.
  if (ref === session.ref && head.value === undefined) return pointBranch(session, base);
  if (head.value === undefined) return fail(wrongBranch(session, ref));
  const descends = await isAncestor(session.git, session.call, base, head.value);
  if (!descends.ok) return descends;
  if (!descends.value) return fail(wrongBranch(session, ref === '' ? head.value : ref));
  if (ref === session.ref) return ok(undefined);
  return adopt(session, { head: head.value, own: own.value ?? base, found: ref === '' ? head.value : ref });
}

/** Brings the session's branch to where HEAD is, or HEAD back to the branch, whichever is further. */
async function adopt(
  session: Session,
  at: { readonly head: string; readonly own: string; readonly found: string },
): Promise<Result<void, WorkspaceFailure>> {
  const ahead = await isAncestor(session.git, session.call, at.own, at.head);
  if (!ahead.ok) return ahead;
  if (ahead.value) {
    const pointed = await pointBranch(session, at.head);
    if (!pointed.ok) return pointed;
    const attached = await session.git.run(['symbolic-ref', 'HEAD', session.ref], session.call);
    return attached.ok ? ok(undefined) : attached;
  }
  const behind = await isAncestor(session.git, session.call, at.head, at.own);
  if (!behind.ok) return behind;
  if (!behind.value) return fail(wrongBranch(session, at.found));
  const moved = await session.git.run(['checkout', '--quiet', session.branch, '--'], { ...session.call, accept: [1] });
  if (!moved.ok) return moved;
  return moved.value.code === 0 ? ok(undefined) : fail(wrongBranch(session, at.found));
}

async function pointBranch(session: Session, commit: string): Promise<Result<void, WorkspaceFailure>> {
  const done = await session.git.run(['update-ref', session.ref, commit], session.call);
  return done.ok ? ok(undefined) : done;
}

function unfinished(operation: string): WorkspaceFailure {
  const message = `a ${operation} is still open in the worktree; finish it or abort it`;
  return { reason: 'unfinished_operation', message, operation };
}

function wrongBranch(session: Session, found: string): WorkspaceFailure {
  const message = `the worktree is on ${found}, whose commits cannot be brought onto ${session.branch}; put the work there`;
  return { reason: 'wrong_branch', message, expected: session.branch, found };
}
