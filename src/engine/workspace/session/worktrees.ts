import { mkdir, rm } from 'node:fs/promises';
import { ok, type Result } from '../../../base/result.ts';
import type { SpecId } from '../../model/ids.ts';
import { REPOSITORY_KEY } from '../git-repository.ts';
import { isAncestor } from '../git/changes.ts';
import { integrationTip } from '../merge/integration.ts';
import { placeFiles, type WorktreeSetup } from './placed-files.ts';
import { exists, findAdminDir, repairWorktree, waitForOrphans } from './repair.ts';
import { rescueWork, type Rescue } from './rescue.ts';
import type { Session, SessionState } from './session.ts';
import type { WorkspaceFailure } from '../workspace-failure.ts';

/** Which worktree, and whether earlier work of the session is to be continued (`fresh: false`) or put aside. */
export interface WorktreeRequest {
  readonly specId: SpecId;
  readonly fresh: boolean;
  readonly setup: WorktreeSetup;
}

/** A worktree that is ready for an agent. */
export interface Worktree {
  readonly specId: SpecId;
  /** Where the agent works: the workspace inside the worktree; absolute. */
  readonly cwd: string;
  /** The worktree's top; absolute. */
  readonly path: string;
  readonly branch: string;
  /** The integration commit that the branch stands on. */
  readonly baseCommit: string;
  /** True when it was there already, with whatever work is in it. */
  readonly reused: boolean;
  /** To be set for everything that runs in it: keeps git from the person's repository should `.git` be gone. */
  readonly env: Readonly<Record<string, string>>;
  /** Earlier work that was put aside. */
  readonly rescues: readonly Rescue[];
}

/** Makes, repairs or reuses a session's worktree. */
export async function createWorktree(
  session: Session,
  request: WorktreeRequest,
): Promise<Result<Worktree, WorkspaceFailure>> {
  const state = await session.readState();
  if (!state.ok) return state;
  const head = await session.head();
  if (!head.ok) return head;
  const tip = await integrationTip(session.run);
  if (!tip.ok) return tip;
  const { creating, base } = state.value;
  if (!request.fresh && creating !== undefined) {
    return build(session, { commit: creating, setup: request.setup, rescues: [] });
  }
  if (!request.fresh && base !== undefined && head.value !== undefined) {
    return continueWork(session, { head: head.value, base, setup: request.setup });
  }
  const rescues = await putAside(session, { state: state.value, head: head.value ?? tip.value });
  if (!rescues.ok) return rescues;
  return build(session, { commit: tip.value, setup: request.setup, rescues: rescues.value });
}

async function continueWork(
  session: Session,
  at: { readonly head: string; readonly base: string; readonly setup: WorktreeSetup },
): Promise<Result<Worktree, WorkspaceFailure>> {
  if (!(await exists(session.path))) return build(session, { commit: at.head, setup: at.setup, rescues: [] });
  const repaired = await repairWorktree(session);
  if (!repaired.ok) return repaired;
  return ok(describe(session, { baseCommit: repaired.value.base ?? at.base, reused: true }));
}

/** Removes a worktree after saving what is unsaved in it; its branch stays. Answers the copy, if one was needed. */
export async function removeWorktree(session: Session): Promise<Result<Rescue | undefined, WorkspaceFailure>> {
  const state = await session.readState();
  if (!state.ok) return state;
  let rescue: Rescue | undefined;
  if (state.value.creating === undefined && (await exists(session.path))) {
    const saved = await rescueWorktree(session, 'the worktree is being removed');
    if (!saved.ok) return saved;
    rescue = saved.value;
  }
  const gone = await discard(session);
  if (!gone.ok) return gone;
  const done = await session.writeState({
    moving: undefined,
    merging: undefined,
    conflict: undefined,
    ours: undefined,
  });
  return done.ok ? ok(rescue) : done;
}

/** Saves the uncommitted work of a worktree, which stays as it is. */
export async function rescueWorktree(
  session: Session,
  reason: string,
): Promise<Result<Rescue | undefined, WorkspaceFailure>> {
  const state = await repairWorktree(session);
  return state.ok ? rescueWork(session, { reason, state: state.value, commits: false }) : state;
}

/** `creating` is set from before the first change until an agent may come in: what it covers may be thrown away. */
async function build(
  session: Session,
  plan: { readonly commit: string; readonly setup: WorktreeSetup; readonly rescues: readonly Rescue[] },
): Promise<Result<Worktree, WorkspaceFailure>> {
  const marked = await session.writeState({
    creating: plan.commit,
    base: undefined,
    moving: undefined,
    merging: undefined,
    conflict: undefined,
    ours: undefined,
    prepared: undefined,
  });
  if (!marked.ok) return marked;
  const gone = await discard(session);
  if (!gone.ok) return gone;
  const added = await addWorktree(session, plan.commit);
  if (!added.ok) return added;
  const filled = await session.git.run(['reset', '--quiet', '--hard'], session.call);
  if (!filled.ok) return filled;
  await mkdir(session.cwd, { recursive: true });
  const placed = await placeFiles(session, plan.setup);
  if (!placed.ok) return placed;
  const base = await session.forkPoint(plan.commit);
  if (!base.ok) return base;
  const done = await session.writeState({ base: base.value, creating: undefined });
  if (!done.ok) return done;
  return ok({ ...describe(session, { baseCommit: base.value, reused: false }), rescues: plan.rescues });
}

/** The branch comes from `update-ref`, so no tracking settings are written to the person's configuration. */
function addWorktree(session: Session, commit: string): Promise<Result<void, WorkspaceFailure>> {
  const { repository } = session.run;
  return repository.queue.run(REPOSITORY_KEY, async () => {
    const branched = await session.git.run(['update-ref', session.ref, commit], repository.call);
    if (!branched.ok) return branched;
    const add = ['worktree', 'add', '--quiet', '--force', '--no-checkout', session.path, session.branch];
    const added = await session.git.run(add, repository.call);
    return added.ok ? ok(undefined) : added;
  });
}

async function discard(session: Session): Promise<Result<void, WorkspaceFailure>> {
  const { repository } = session.run;
  if (!(await exists(session.path)) && (await findAdminDir(session)) === undefined) return ok(undefined);
  await waitForOrphans(session);
  return repository.queue.run(REPOSITORY_KEY, async () => {
    const remove = ['worktree', 'remove', '--force', '--force', session.path];
    const removed = await session.git.run(remove, { ...repository.call, accept: [128, 255] });
    if (!removed.ok) return removed;
    await rm(session.path, { recursive: true, force: true });
    const adminDir = await findAdminDir(session);
    if (adminDir !== undefined) await rm(adminDir, { recursive: true, force: true });
    await rm(session.placedFile, { force: true });
    return ok(undefined);
  });
}

/** Before a fresh start: the worktree's work, and the branch's commits where those are not the same. */
async function putAside(
  session: Session,
  at: { readonly state: SessionState; readonly head: string },
): Promise<Result<Rescue[], WorkspaceFailure>> {
  const rescues: Rescue[] = [];
  const branched = await session.git.run(['update-ref', session.ref, at.head], session.run.repository.call);
  if (!branched.ok) return branched;
  const reason = 'the session starts afresh';
  if (at.state.creating === undefined && (await exists(session.path))) {
    const repaired = await repairWorktree(session);
    if (!repaired.ok) return repaired;
    const saved = await rescueWork(session, { reason, state: repaired.value, commits: true });
    if (!saved.ok) return saved;
    if (saved.value !== undefined) rescues.push(saved.value);
  }
  const branch = await keepBranch(session);
  if (!branch.ok) return branch;
  return ok(branch.value === undefined ? rescues : [...rescues, branch.value]);
}

/** The branch's head, unless the integration branch or an earlier copy holds it. */
async function keepBranch(session: Session): Promise<Result<Rescue | undefined, WorkspaceFailure>> {
  const { call } = session.run.repository;
  const tip = await integrationTip(session.run);
  if (!tip.ok) return tip;
  const head = await session.head();
  if (!head.ok || head.value === undefined) return head.ok ? ok(undefined) : head;
  const integrated = await isAncestor(session.git, call, head.value, tip.value);
  if (!integrated.ok || integrated.value) return integrated.ok ? ok(undefined) : integrated;
  const prefix = `refs/heads/${session.rescuePrefix}`;
  const list = ['for-each-ref', '--format=%(refname)', '--contains', head.value, `${prefix}*`];
  const kept = await session.git.text(list, call);
  if (!kept.ok || kept.value !== '') return kept.ok ? ok(undefined) : kept;
  for (let number = 1; ; number += 1) {
    const branch = `${session.rescuePrefix}${number}`;
    const taken = await session.git.test(['show-ref', '--verify', '--quiet', `refs/heads/${branch}`], call);
    if (!taken.ok) return taken;
    if (taken.value) continue;
    const made = await session.git.run(['update-ref', `refs/heads/${branch}`, head.value, ''], call);
    return made.ok ? ok({ branch, commit: head.value, folders: [] }) : made;
  }
}

function describe(session: Session, facts: { readonly baseCommit: string; readonly reused: boolean }): Worktree {
  const { specId, cwd, path, branch, env } = session;
  return { specId, cwd, path, branch, env, ...facts, rescues: [] };
}
