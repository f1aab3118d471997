import type { GitFailure } from './git/git.ts';

/** A file that is too large to be committed. */
export interface LargeFile {
  /** Relative to the repository's top, `/` between parts. */
  readonly path: string;
  readonly bytes: number;
}

/** What a resolved file no longer holds of the other side. */
export interface DroppedContent {
  /** Relative to the repository's top, `/` between parts. */
  readonly path: string;
  /** Lines of the other side that are gone; empty when the whole change of a file is gone. */
  readonly lines: readonly string[];
}

/** Every expected failure of the workspace; `message` is English and says what to do where something can be done. */
export type WorkspaceFailure =
  | GitFailure
  /** `git` is older than the features that are used here. */
  | { readonly reason: 'git_too_old'; readonly message: string; readonly found: string; readonly needed: string }
  | { readonly reason: 'not_a_repository'; readonly message: string; readonly root: string }
  | { readonly reason: 'bare_repository'; readonly message: string; readonly root: string }
  /** A repository in which nothing was committed yet. */
  | { readonly reason: 'no_commit'; readonly message: string; readonly root: string }
  | { readonly reason: 'unknown_ref'; readonly message: string; readonly ref: string }
  /** The run has no integration branch: `startRun` was not called, or somebody deleted it. */
  | { readonly reason: 'run_not_started'; readonly message: string; readonly branch: string }
  | { readonly reason: 'worktree_missing'; readonly message: string; readonly path: string }
  /** A path of `copy` or `link` leads out of the workspace. */
  | { readonly reason: 'outside_workspace'; readonly message: string; readonly path: string }
  /** The agent left a rebase, merge, cherry-pick, revert or bisect open: rework. */
  | { readonly reason: 'unfinished_operation'; readonly message: string; readonly operation: string }
  /** The agent's commits are not on the session's branch and cannot be brought there: rework. */
  | {
      readonly reason: 'wrong_branch';
      readonly message: string;
      readonly expected: string;
      /** A branch name, or a commit when detached. */
      readonly found: string;
    }
  | { readonly reason: 'too_large'; readonly message: string; readonly files: readonly LargeFile[] }
  | { readonly reason: 'nested_repository'; readonly message: string; readonly paths: readonly string[] }
  /** A conflict was handed over and marker lines are still in these files: rework. */
  | { readonly reason: 'conflict_markers_left'; readonly message: string; readonly files: readonly string[] }
  /** A conflict was resolved by losing the other side's content: rework, or a person's `acceptDropped`. */
  | { readonly reason: 'other_side_dropped'; readonly message: string; readonly files: readonly DroppedContent[] }
  /** The commit to merge does not stand on the tip that it names, so merging would drop content. */
  | { readonly reason: 'not_on_tip'; readonly message: string; readonly commit: string; readonly tip: string }
  | { readonly reason: 'base_not_a_branch'; readonly message: string; readonly ref: string }
  /** The base branch is checked out at `path` and has uncommitted changes. */
  | {
      readonly reason: 'checkout_dirty';
      readonly message: string;
      readonly path: string;
      readonly files: readonly string[];
    }
  /** Untracked files at `path` stand where the merge would write. */
  | {
      readonly reason: 'would_overwrite';
      readonly message: string;
      readonly path: string;
      readonly files: readonly string[];
    }
  /** The run and the base branch changed the same places; nothing was changed. */
  | { readonly reason: 'merge_conflict'; readonly message: string; readonly files: readonly string[] }
  /** The base branch moved while it was being merged; try again. */
  | { readonly reason: 'base_moved'; readonly message: string; readonly ref: string }
  /** The disk said no: full, read-only, no permission. */
  | { readonly reason: 'file_system'; readonly message: string; readonly path: string; readonly code: string };
