import { fail, ok } from '../../../base/result.ts';
import type { RunSettings } from '../../model/run-event.ts';
import type { SessionFailure } from '../../model/session-failure.ts';
import type { GitWorkspace } from '../../workspace/git-workspace.ts';
import type { WorkspaceFailure } from '../../workspace/workspace-failure.ts';
import type { RunWorkspace } from '../ports.ts';

/** Worktrees and the merge queue of git as the run's workspace. */
export function gitRunWorkspace(git: GitWorkspace, settings: RunSettings['workspace']): RunWorkspace {
  return {
    environment: git.environment,
    async prepare(spec, fresh) {
      const { copy, link } = settings;
      const made = await git.createWorktree({ specId: spec, fresh, setup: { copy, link } });
      if (!made.ok) return fail(toSessionFailure(made.failure));
      const { cwd, branch, baseCommit } = made.value;
      return ok({ path: cwd, branch, baseCommit });
    },
    async markPrepared(spec) {
      const marked = await git.markPrepared({ specId: spec });
      return marked.ok ? ok(undefined) : fail(toSessionFailure(marked.failure));
    },
    async collect(spec, { message }) {
      const collected = await git.collect({ specId: spec, message });
      if (!collected.ok) return fail(toSessionFailure(collected.failure));
      const { commit, changed, files } = collected.value;
      return ok({ commit, changed, files: files.length });
    },
    async prepareMerge(spec, gatedCommit) {
      const prepared = await git.prepareMerge({
        specId: spec,
        ...(gatedCommit === undefined ? {} : { gatedCommit }),
      });
      if (!prepared.ok) return fail(toSessionFailure(prepared.failure));
      if (prepared.value.kind === 'conflict') {
        const { files, details } = prepared.value;
        return fail({ reason: 'conflict', files, details });
      }
      const { commit, tip, needsGate } = prepared.value;
      return ok({ commit, tip, needsGate });
    },
    async merge({ spec, session, title, commit, tip }) {
      const merged = await git.merge({ specId: spec, sessionId: session, title, commit, tip });
      if (!merged.ok) return fail(toSessionFailure(merged.failure));
      return ok(merged.value.kind === 'moved' ? { kind: 'moved' } : { kind: 'merged', commit: merged.value.commit });
    },
    async release(spec) {
      const removed = await git.removeWorktree({ specId: spec });
      return removed.ok ? ok(undefined) : fail(toSessionFailure(removed.failure));
    },
  };
}

/** What the agent's doing brought about goes back to it; the rest is the workspace's trouble. */
function toSessionFailure(failure: WorkspaceFailure): SessionFailure {
  switch (failure.reason) {
    case 'unfinished_operation':
    case 'wrong_branch':
    case 'too_large':
    case 'nested_repository':
    case 'conflict_markers_left':
      return { reason: 'work_refused', message: failure.message };
    case 'other_side_dropped': {
      const details = failure.files.map(({ path, lines }) => [`--- ${path}`, ...lines].join('\n')).join('\n');
      return { reason: 'work_refused', message: failure.message, details };
    }
    default:
      return { reason: 'workspace', message: failure.message };
  }
}
