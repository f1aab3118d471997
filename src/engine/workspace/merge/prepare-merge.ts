import { ok, type Result } from '../../../base/result.ts';
import type { SpecId } from '../../model/ids.ts';
import { isAncestor, readStatus } from '../git/changes.ts';
import { conflictRegions, mergeTrees, type TreeMerge } from '../git/merge-trees.ts';
import { integrationTip } from './integration.ts';
import { isPlaced, readPlaced } from '../session/placed-files.ts';
import { moveTo, repairWorktree, wipe } from '../session/repair.ts';
import { combine } from './replay.ts';
import { rescueWork, type Rescue } from '../session/rescue.ts';
import { readBlob } from './resolution.ts';
import type { Session, SessionState } from '../session/session.ts';
import { settleBranch } from '../session/settle-branch.ts';
import type { WorkspaceFailure } from '../workspace-failure.ts';

/** Whose work to bring onto the integration tip. */
export interface PrepareRequest {
  readonly specId: SpecId;
  /** The commit that the gate accepted; absent when that is not known any more, so that the gate is needed again. */
  readonly gatedCommit?: string;
}

/** The session's work on the integration tip, or why it does not fit there. */
export type Prepared =
  | {
      readonly kind: 'ready';
      readonly commit: string;
      readonly tip: string;
      /** False when the combined files are the very ones that the gate accepted. */
      readonly needsGate: boolean;
      /** Uncommitted changes that were put aside, such as what a gate command wrote. */
      readonly rescue?: Rescue;
    }
  | {
      /** The worktree holds an open merge with marker lines (zdiff3), for the agent to resolve by editing; then collect again. */
      readonly kind: 'conflict';
      readonly tip: string;
      readonly files: readonly string[];
      /** The conflicting places of both sides, for a prompt; at most {@link DETAILS_BYTES}. */
      readonly details: string;
    };

/** Limit of the text of a conflict, in UTF-16 units. */
const DETAILS_BYTES = 20_000;

/** Rebases a session's branch on the integration tip, or merges the tip where a rebase does not fit. */
export async function prepareMerge(
  session: Session,
  request: PrepareRequest,
): Promise<Result<Prepared, WorkspaceFailure>> {
  const repaired = await repairWorktree(session);
  if (!repaired.ok) return repaired;
  const state = repaired.value;
  if (state.conflict !== undefined && state.ours !== undefined) {
    return describeConflict(session, { ours: state.ours, tip: state.conflict });
  }
  const settled = await settleBranch(session, state);
  if (!settled.ok) return settled;
  const rescue = await putChangesAside(session, state);
  if (!rescue.ok) return rescue;
  const tip = await integrationTip(session.run);
  if (!tip.ok) return tip;
  const head = await session.git.text(['rev-parse', 'HEAD'], session.call);
  if (!head.ok) return head;
  const fitted = await fit(session, { head: head.value, tip: tip.value, state });
  if (!fitted.ok) return fitted;
  if (fitted.value === undefined) return layConflict(session, { ours: head.value, tip: tip.value });
  const ready = { kind: 'ready', commit: fitted.value, tip: tip.value } as const;
  if (request.gatedCommit === undefined)
    return ok({ ...ready, needsGate: true, ...(rescue.value && { rescue: rescue.value }) });
  const same = await session.git.test(['diff-tree', '--quiet', request.gatedCommit, fitted.value], session.call);
  return same.ok ? ok({ ...ready, needsGate: !same.value, ...(rescue.value && { rescue: rescue.value }) }) : same;
}

/** The commit that stands on the tip, with branch and files brought there; `undefined` when the sides conflict. */
async function fit(
  session: Session,
  at: { readonly head: string; readonly tip: string; readonly state: SessionState },
): Promise<Result<string | undefined, WorkspaceFailure>> {
  const stands = await isAncestor(session.git, session.call, at.tip, at.head);
  if (!stands.ok) return stands;
  if (stands.value) return ok(at.head);
  const combined = await combine(session, at);
  if (!combined.ok || combined.value === undefined) return combined;
  const dry = ['read-tree', '-m', '-u', '-n', at.head, combined.value];
  const free = await session.git.run(dry, { ...session.call, accept: [1, 128] });
  if (!free.ok) return free;
  if (free.value.code !== 0) {
    const saved = await rescueWork(session, {
      reason: 'files are in the way of a merge',
      state: at.state,
      commits: false,
    });
    if (!saved.ok) return saved;
  }
  const moved = await moveTo(session, combined.value);
  return moved.ok ? combined : moved;
}

/** The gated commit is what gets merged; changes that came after it are kept, but elsewhere. */
async function putChangesAside(
  session: Session,
  state: SessionState,
): Promise<Result<Rescue | undefined, WorkspaceFailure>> {
  const placed = await readPlaced(session);
  const status = await readStatus(session.git, session.call);
  if (!status.ok) return status;
  if (status.value.every((entry) => entry.untracked || isPlaced(placed, entry.path))) return ok(undefined);
  const saved = await rescueWork(session, { reason: 'changed after the gate', state, commits: false });
  if (!saved.ok) return saved;
  const reset = await session.git.run(['reset', '--quiet', '--hard'], session.call);
  return reset.ok ? saved : reset;
}

/** Leaves an open merge for the agent. `merging` covers the time in which its files are half written. */
async function layConflict(
  session: Session,
  sides: { readonly ours: string; readonly tip: string },
): Promise<Result<Prepared, WorkspaceFailure>> {
  const marked = await session.writeState({ merging: sides.tip });
  if (!marked.ok) return marked;
  const merge = ['merge', '--quiet', '--no-commit', '--no-ff', '--no-stat', '-s', 'ort', sides.tip];
  let done = await session.git.run(merge, { ...session.call, accept: [1, 2, 128] });
  if (!done.ok) return done;
  const open = await session.git.test(['rev-parse', '--verify', '--quiet', 'MERGE_HEAD'], session.call);
  if (!open.ok) return open;
  if (!open.value) {
    const freed = await clearTheWay(session, sides);
    if (!freed.ok) return freed;
    done = await session.git.run(merge, { ...session.call, accept: [1] });
    if (!done.ok) return done;
  }
  const laid = await session.writeState({ merging: undefined, conflict: sides.tip, ours: sides.ours });
  return laid.ok ? describeConflict(session, sides) : laid;
}

/** Untracked files stand where the merge writes: they are saved, then removed with whatever was begun. */
async function clearTheWay(
  session: Session,
  sides: { readonly ours: string; readonly tip: string },
): Promise<Result<void, WorkspaceFailure>> {
  const saved = await rescueWork(session, { reason: 'files are in the way of a merge', state: {}, commits: false });
  if (!saved.ok) return saved;
  const merged = await mergeTrees(session.git, session.call, { ours: sides.ours, theirs: sides.tip });
  return merged.ok ? wipe(session, merged.value.tree, sides.ours) : merged;
}

async function describeConflict(
  session: Session,
  sides: { readonly ours: string; readonly tip: string },
): Promise<Result<Prepared, WorkspaceFailure>> {
  const merged = await mergeTrees(session.git, session.call, { ours: sides.ours, theirs: sides.tip });
  if (!merged.ok) return merged;
  const details = await conflictText(session, merged.value);
  if (!details.ok) return details;
  return ok({ kind: 'conflict', tip: sides.tip, files: merged.value.conflicts, details: details.value });
}

async function conflictText(session: Session, merged: TreeMerge): Promise<Result<string, WorkspaceFailure>> {
  const parts = [...merged.messages];
  let size = 0;
  for (const file of merged.conflicts) {
    if (size > DETAILS_BYTES) break;
    const blob = await readBlob(session, `${merged.tree}:${file}`);
    if (!blob.ok) return blob;
    const regions = conflictRegions(blob.value?.toString('utf8') ?? '').map((region) => region.text);
    const text = [`--- ${file}`, ...regions].join('\n');
    if (regions.length > 0) parts.push(text);
    size += text.length;
  }
  const whole = parts.join('\n');
  return ok(whole.length <= DETAILS_BYTES ? whole : `${whole.slice(0, DETAILS_BYTES - 20)}\n… (cut off here)`);
}
