import { ok, type Result } from '../../../base/result.ts';
import type { GitFailure } from '../git/git.ts';
import { mergeTrees } from '../git/merge-trees.ts';
import type { Session } from '../session/session.ts';

/** More commits than this are not rebased one by one but merged; each costs three git processes. */
const REPLAYED_COMMITS = 40;

/**
 * The session's work on top of the integration tip, made without touching files or refs: its commits one by one, or one
 * merge commit where they do not fit singly or are merges themselves. `undefined` when both sides conflict.
 */
export async function combine(
  session: Session,
  at: { readonly head: string; readonly tip: string },
): Promise<Result<string | undefined, GitFailure>> {
  const list = ['rev-list', '--reverse', '--topo-order', '--parents', `${at.tip}..${at.head}`, '--'];
  const listed = await session.git.text(list, session.call);
  if (!listed.ok) return listed;
  const commits = listed.value
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '));
  if (commits.length <= REPLAYED_COMMITS && commits.every((line) => line.length === 2)) {
    const replayed = await replay(session, commits, at.tip);
    if (!replayed.ok || replayed.value !== undefined) return replayed;
  }
  const merged = await mergeTrees(session.git, session.call, { ours: at.head, theirs: at.tip });
  if (!merged.ok || merged.value.conflicts.length > 0) return merged.ok ? ok(undefined) : merged;
  const call = { ...session.call, input: `Merge accepted work into ${session.specId}\n` };
  return session.git.text(['commit-tree', merged.value.tree, '-p', at.head, '-p', at.tip, '-F', '-'], call);
}

async function replay(
  session: Session,
  commits: readonly (readonly string[])[],
  onto: string,
): Promise<Result<string | undefined, GitFailure>> {
  let current = onto;
  for (const [commit = '', parent = ''] of commits) {
    const next = await pick(session, { commit, parent, onto: current });
    if (!next.ok || next.value === undefined) return next;
    current = next.value;
  }
  return ok(current);
}

/** A helper commit with the tree of `onto` and the parent of `commit` makes that parent the merge base: a cherry-pick. */
async function pick(
  session: Session,
  step: { readonly commit: string; readonly parent: string; readonly onto: string },
): Promise<Result<string | undefined, GitFailure>> {
  const { git, call } = session;
  const helper = await git.text(['commit-tree', `${step.onto}^{tree}`, '-p', step.parent, '-m', 'helper'], call);
  if (!helper.ok) return helper;
  const merged = await mergeTrees(git, call, { ours: helper.value, theirs: step.commit });
  if (!merged.ok || merged.value.conflicts.length > 0) return merged.ok ? ok(undefined) : merged;
  const said = await git.text(['log', '-1', '--format=%an%x00%ae%x00%ad%x00%B', '--date=raw', step.commit], call);
  if (!said.ok) return said;
  const [name = '', email = '', date = '', input = ''] = said.value.split('\0');
  const env = { ...call.env, GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: `@${date}` };
  return git.text(['commit-tree', merged.value.tree, '-p', step.onto, '-F', '-'], { ...call, env, input });
}
