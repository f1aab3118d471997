import { fail, ok, type Result } from '../../../base/result.ts';
import type { SpecId } from '../../model/ids.ts';
import { checkContent } from './content-limits.ts';
import { readStatus, stageEntries, summarizeChanges, toStaged, type ChangeSummary } from '../git/changes.ts';
import type { GitFailure } from '../git/git.ts';
import { isPlaced, readPlaced } from './placed-files.ts';
import { repairWorktree } from './repair.ts';
import { checkResolution } from '../merge/resolution.ts';
import type { Session } from './session.ts';
import { settleBranch } from './settle-branch.ts';
import type { WorkspaceFailure } from '../workspace-failure.ts';

/** Whose work to commit. */
export interface CollectRequest {
  readonly specId: SpecId;
  /** For what the agent left uncommitted. */
  readonly message: string;
  /** A person's word that a resolved conflict may lose content of the other side. */
  readonly acceptDropped?: boolean;
}

/** A session's committed work, compared with the integration commit that it stands on. */
export interface Collected extends ChangeSummary {
  readonly commit: string;
  readonly baseCommit: string;
  /** False when the session changed nothing. */
  readonly changed: boolean;
}

/** Commits what is left in the worktree, after checking that it may be committed; with nothing left it only answers. */
export async function collectWork(
  session: Session,
  request: CollectRequest,
): Promise<Result<Collected, WorkspaceFailure>> {
  const state = await repairWorktree(session);
  if (!state.ok) return state;
  const other = await settleBranch(session, state.value);
  if (!other.ok) return other;
  const resolved = await checkResolution(session, {
    state: state.value,
    merging: other.value,
    acceptDropped: request.acceptDropped ?? false,
  });
  if (!resolved.ok) return resolved;
  const staged = await stageWork(session);
  if (!staged.ok) return staged;
  const committed = await commitWork(session, request.message, other.value);
  if (!committed.ok) return committed;
  if (state.value.conflict !== undefined) {
    const cleared = await session.writeState({ conflict: undefined, ours: undefined });
    if (!cleared.ok) return cleared;
  }
  return summarizeWork(session, request.message);
}

/** Remembers the files as the setup commands left them: what differs from these is the agent's work. Only the first time in a fresh worktree. */
export async function markPrepared(session: Session): Promise<Result<void, WorkspaceFailure>> {
  const state = await session.readState();
  if (!state.ok) return state;
  if (state.value.prepared !== undefined) return ok(undefined);
  const staged = await stageWork(session);
  if (!staged.ok) return staged;
  const tree = await session.git.text(['write-tree'], session.call);
  if (!tree.ok) return tree;
  const call = { ...session.call, input: 'As the setup commands left it\n' };
  const made = await session.git.text(['commit-tree', tree.value, '-F', '-'], call);
  return made.ok ? session.writeState({ prepared: made.value }) : made;
}

/** Everything but the paths that the orchestrator put there, which leave the index should an agent have added them. */
async function stageWork(session: Session): Promise<Result<void, WorkspaceFailure>> {
  const placed = await readPlaced(session);
  const status = await readStatus(session.git, session.call);
  if (!status.ok) return status;
  const entries = status.value.filter((entry) => !isPlaced(placed, entry.path));
  const allowed = await checkContent(session, entries);
  if (!allowed.ok) return allowed;
  const staged = await Promise.all(entries.map((entry) => toStaged(session.path, entry)));
  const done = await stageEntries(session.git, session.call, staged);
  if (!done.ok || placed.length === 0) return done;
  const literal = placed.map((file) => `:(top,literal)${file}`);
  const listed = await session.git.run(['ls-files', '-z', '--', ...literal], session.call);
  if (!listed.ok) return listed;
  const added = listed.value.stdout
    .toString('latin1')
    .split('\0')
    .filter((raw) => raw !== '');
  return stageEntries(
    session.git,
    session.call,
    added.map((raw) => ({ raw, gone: true })),
  );
}

async function commitWork(
  session: Session,
  message: string,
  other: string | undefined,
): Promise<Result<void, GitFailure>> {
  const tree = await session.git.text(['write-tree'], session.call);
  if (!tree.ok) return tree;
  const head = await session.git.text(['log', '-1', '--format=%H %T'], session.call);
  if (!head.ok) return head;
  const [commit = '', headTree] = head.value.split(' ');
  if (tree.value === headTree && other === undefined) return ok(undefined);
  const parents = other === undefined ? ['-p', commit] : ['-p', commit, '-p', other];
  const call = { ...session.call, input: `${message.trim()}\n` };
  const made = await session.git.text(['commit-tree', tree.value, ...parents, '-F', '-'], call);
  if (!made.ok) return made;
  const moved = await session.git.run(
    ['update-ref', '-m', 'orchestra: collect', session.ref, made.value, commit],
    call,
  );
  if (!moved.ok || other === undefined) return moved.ok ? ok(undefined) : moved;
  const forgotten = await session.git.run(['merge', '--quit'], session.call);
  return forgotten.ok ? ok(undefined) : forgotten;
}

async function summarizeWork(session: Session, message: string): Promise<Result<Collected, WorkspaceFailure>> {
  const head = await session.git.text(['rev-parse', 'HEAD'], session.call);
  if (!head.ok) return head;
  const base = await session.forkPoint(head.value);
  if (!base.ok) return base;
  const squashed = await squashPlaced(session, base.value, message);
  if (!squashed.ok) return squashed;
  const commit = await session.git.text(['rev-parse', 'HEAD'], session.call);
  if (!commit.ok) return commit;
  const changes = await summarizeChanges(session.git, session.call, [base.value, commit.value]);
  if (!changes.ok) return changes;
  const worked = await differsFromPrepared(session, commit.value);
  if (!worked.ok) return worked;
  const changed = changes.value.files.length > 0 && worked.value;
  return ok({ commit: commit.value, baseCommit: base.value, changed, ...changes.value });
}

/** Whether the agent did more than the setup commands. After a rebase everything differs, and by then there was work to rebase. */
async function differsFromPrepared(session: Session, commit: string): Promise<Result<boolean, GitFailure>> {
  const state = await session.readState();
  if (!state.ok) return state;
  const { prepared } = state.value;
  if (prepared === undefined) return ok(true);
  const changes = await summarizeChanges(session.git, session.call, [prepared, commit]);
  return changes.ok ? ok(changes.value.files.length > 0) : changes;
}

/** An agent's own commits may hold copied files such as `.env`: one commit without them takes their place. */
async function squashPlaced(session: Session, base: string, message: string): Promise<Result<void, GitFailure>> {
  const placed = await readPlaced(session);
  if (placed.length === 0) return ok(undefined);
  const literal = placed.map((file) => `:(top,literal)${file}`);
  const log = ['log', '-1', '--format=%H', '--full-history', `${base}..HEAD`, '--', ...literal];
  const holding = await session.git.text(log, session.call);
  if (!holding.ok) return fail(holding.failure);
  if (holding.value === '') return ok(undefined);
  const call = { ...session.call, input: `${message.trim()}\n` };
  const made = await session.git.text(['commit-tree', 'HEAD^{tree}', '-p', base, '-F', '-'], call);
  if (!made.ok) return made;
  const moved = await session.git.run(['update-ref', '-m', 'orchestra: squash', session.ref, made.value], call);
  return moved.ok ? ok(undefined) : moved;
}
