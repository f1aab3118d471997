import { fail, ok, type Result } from '../../../base/result.ts';
import type { SessionId, SpecId } from '../../model/ids.ts';
import { integrationBranch, runBaseRef } from '../branch-names.ts';
import { findCommit, isAncestor } from '../git/changes.ts';
import type { GitFailure } from '../git/git.ts';
import type { RunPlaces } from '../session/session.ts';
import type { WorkspaceFailure } from '../workspace-failure.ts';

/** One accepted piece of work to bring into the integration branch. */
export interface MergeRequest {
  readonly specId: SpecId;
  readonly sessionId: SessionId;
  /** First line of the merge commit. */
  readonly title: string;
  /** What `prepareMerge` answered and the gate accepted. */
  readonly commit: string;
  readonly tip: string;
}

/** `moved`: another session was faster, prepare again. `already`: it was merged before, by a call whose answer was lost. */
export type MergeOutcome =
  { readonly kind: 'merged' | 'already'; readonly commit: string } | { readonly kind: 'moved'; readonly tip: string };

/** Creates the integration branch at `baseCommit` unless there is one. */
export async function startIntegration(
  run: RunPlaces,
  baseCommit: string,
): Promise<Result<{ readonly branch: string; readonly tip: string }, WorkspaceFailure>> {
  const branch = integrationBranch(run.runId);
  const { git, call } = run.repository;
  const base = await run.repository.resolveBase(baseCommit);
  if (!base.ok) return base;
  const tip = await findCommit(git, call, `refs/heads/${branch}`);
  if (!tip.ok) return tip;
  if (tip.value !== undefined) return ok({ branch, tip: tip.value });
  const input = `update ${runBaseRef(run.runId)} ${base.value}\ncreate refs/heads/${branch} ${base.value}\n`;
  const done = await git.run(['update-ref', '--stdin'], { ...call, input });
  return done.ok ? ok({ branch, tip: base.value }) : done;
}

/** The head of the integration branch. */
export async function integrationTip(run: RunPlaces): Promise<Result<string, WorkspaceFailure>> {
  const branch = integrationBranch(run.runId);
  const tip = await findCommit(run.repository.git, run.repository.call, `refs/heads/${branch}`);
  if (!tip.ok) return tip;
  if (tip.value !== undefined) return ok(tip.value);
  return fail({ reason: 'run_not_started', message: `there is no branch ${branch}; start the run first`, branch });
}

/** Merges a commit that stands on the tip, once: asked again for the same session, it answers the commit of the first time. */
export async function mergeOnce(
  run: RunPlaces,
  request: MergeRequest,
): Promise<Result<MergeOutcome, WorkspaceFailure>> {
  const { git, call } = run.repository;
  const tip = await integrationTip(run);
  if (!tip.ok) return tip;
  const before = await findMerge(run, { tip: tip.value, sessionId: request.sessionId });
  if (!before.ok) return before;
  if (before.value !== undefined) return ok({ kind: 'already', commit: before.value });
  if (tip.value !== request.tip) return ok({ kind: 'moved', tip: tip.value });
  const stands = await isAncestor(git, call, request.tip, request.commit);
  if (!stands.ok) return stands;
  if (!stands.value) {
    const message = `${request.commit} does not contain ${request.tip}; prepare the merge again`;
    return fail({ reason: 'not_on_tip', message, commit: request.commit, tip: request.tip });
  }
  return commitMerge(run, request);
}

async function commitMerge(run: RunPlaces, request: MergeRequest): Promise<Result<MergeOutcome, WorkspaceFailure>> {
  const { git, call } = run.repository;
  const parents = [...new Set([request.tip, request.commit])].flatMap((parent) => ['-p', parent]);
  const input = mergeMessage(run, request);
  const made = await git.text(['commit-tree', `${request.commit}^{tree}`, ...parents, '-F', '-'], { ...call, input });
  if (!made.ok) return made;
  const ref = `refs/heads/${integrationBranch(run.runId)}`;
  const moved = await git.run(['update-ref', '-m', 'orchestra: merge', ref, made.value, request.tip], call);
  if (moved.ok) return ok({ kind: 'merged', commit: made.value });
  const now = await integrationTip(run);
  if (!now.ok) return now;
  return now.value === request.tip ? moved : ok({ kind: 'moved', tip: now.value });
}

/** The trailers are what recognises a merge after a crash. */
function mergeMessage(run: RunPlaces, request: MergeRequest): string {
  const title = request.title.replace(/\s+/g, ' ').trim();
  const subject = title === '' ? request.specId : `${request.specId}: ${title}`;
  return `${subject}\n\nOrchestra-Run: ${run.runId}\nOrchestra-Session: ${request.sessionId}\n`;
}

async function findMerge(
  run: RunPlaces,
  wanted: { readonly tip: string; readonly sessionId: SessionId },
): Promise<Result<string | undefined, GitFailure>> {
  const { git, call } = run.repository;
  const base = await findCommit(git, call, runBaseRef(run.runId));
  if (!base.ok) return base;
  const trailers = ['Orchestra-Run', 'Orchestra-Session'].map(
    (key) => `%(trailers:key=${key},valueonly,separator=%x2C)`,
  );
  const format = `--format=%H%x00${trailers.join('%x00')}`;
  const range = base.value === undefined ? [wanted.tip] : [wanted.tip, `^${base.value}`];
  const log = await git.text(['log', '--first-parent', format, ...range, '--'], call);
  if (!log.ok) return log;
  for (const line of log.value.split('\n')) {
    const [commit, runId, sessionId] = line.split('\0');
    if (runId === run.runId && sessionId === wanted.sessionId) return ok(commit);
  }
  return ok(undefined);
}
