import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { ok, type Result } from '../../base/result.ts';
import type { RunId, SpecId } from '../model/ids.ts';
import { collectWork, markPrepared, type Collected, type CollectRequest } from './session/collect.ts';
import { guardFiles } from './file-guard.ts';
import { REPOSITORY_KEY, type GitRepository } from './git-repository.ts';
import {
  integrationTip,
  mergeOnce,
  startIntegration,
  type MergeOutcome,
  type MergeRequest,
} from './merge/integration.ts';
import { prepareMerge, type Prepared, type PrepareRequest } from './merge/prepare-merge.ts';
import type { Rescue } from './session/rescue.ts';
import { Session, type RunPlaces } from './session/session.ts';
import type { WorkspaceFailure } from './workspace-failure.ts';
import {
  createWorktree,
  removeWorktree,
  rescueWorktree,
  type Worktree,
  type WorktreeRequest,
} from './session/worktrees.ts';

/** One run's workspace. */
export interface GitWorkspaceOptions {
  readonly repository: GitRepository;
  readonly runId: RunId;
  /** For the worktrees of all runs, absolute: `.orchestra/worktrees`. The caller keeps it out of the person's `git status`. */
  readonly worktreesDir: string;
  /** For patches of all runs, absolute: `.orchestra/rescue`. */
  readonly rescueDir: string;
  /** A larger file is not committed; default {@link MAX_FILE_BYTES}. */
  readonly maxFileBytes?: number;
}

/** Half of what the large hosting services take in one file. */
const MAX_FILE_BYTES = 50 * 1024 * 1024;

/** How much of a run's id names its folder of worktrees: paths stay short. */
const RUN_FOLDER_LENGTH = 8;

/**
 * The worktrees and the merge queue of one run. Every operation may be repeated, also after a kill in its middle: it answers
 * what is there or repairs it. Operations of one session wait for each other, those of different sessions do not.
 */
export class GitWorkspace {
  readonly #run: RunPlaces;

  private constructor(run: RunPlaces) {
    this.#run = run;
  }

  /** Creates the run's folder of worktrees. */
  static open(options: GitWorkspaceOptions): Promise<Result<GitWorkspace, WorkspaceFailure>> {
    const { repository, runId, maxFileBytes = MAX_FILE_BYTES } = options;
    return guardFiles(async () => {
      const folder = path.join(options.worktreesDir, runId.slice(0, RUN_FOLDER_LENGTH));
      await mkdir(folder, { recursive: true });
      const worktreesDir = await realpath(folder);
      const rescueDir = path.join(options.rescueDir, runId);
      return ok(new GitWorkspace({ repository, runId, worktreesDir, rescueDir, maxFileBytes }));
    });
  }

  /** To be set for everything that runs in a worktree: keeps git from the person's repository should a worktree's `.git` be gone. */
  get environment(): Readonly<Record<string, string>> {
    return { GIT_CEILING_DIRECTORIES: this.#run.worktreesDir };
  }

  /** Creates the integration branch at `baseCommit`, unless the run has one. */
  startRun(baseCommit: string): Promise<Result<{ readonly branch: string; readonly tip: string }, WorkspaceFailure>> {
    return this.#inRepository(() => startIntegration(this.#run, baseCommit));
  }

  /** The head of the integration branch. */
  integrationTip(): Promise<Result<string, WorkspaceFailure>> {
    return integrationTip(this.#run);
  }

  /** Makes a session's worktree, or answers the one that is there; `fresh` puts earlier work aside and starts from the tip. */
  createWorktree(request: WorktreeRequest): Promise<Result<Worktree, WorkspaceFailure>> {
    return this.#inSession(request.specId, (session) => createWorktree(session, request));
  }

  /** To be called when the setup commands have ended and before the agent starts: what they made is not the agent's work. */
  markPrepared(request: { readonly specId: SpecId }): Promise<Result<void, WorkspaceFailure>> {
    return this.#inSession(request.specId, markPrepared);
  }

  /** Commits what the agent left and answers what the session changed. Failures that name the agent's doing are rework. */
  collect(request: CollectRequest): Promise<Result<Collected, WorkspaceFailure>> {
    return this.#inSession(request.specId, (session) => collectWork(session, request));
  }

  /** Brings collected work onto the integration tip, or lays the conflict before the agent. */
  prepareMerge(request: PrepareRequest): Promise<Result<Prepared, WorkspaceFailure>> {
    return this.#inSession(request.specId, (session) => prepareMerge(session, request));
  }

  /** Merges prepared work into the integration branch, exactly once for each session. */
  merge(request: MergeRequest): Promise<Result<MergeOutcome, WorkspaceFailure>> {
    return this.#inRepository(() => mergeOnce(this.#run, request));
  }

  /** Saves uncommitted work to a rescue branch and a patch; `undefined` when there is none. The worktree stays. */
  rescue(request: {
    readonly specId: SpecId;
    readonly reason: string;
  }): Promise<Result<Rescue | undefined, WorkspaceFailure>> {
    return this.#inSession(request.specId, (session) => rescueWorktree(session, request.reason));
  }

  /** Removes a session's worktree once all in it is saved; its branch stays. Ignored files go with it. */
  removeWorktree(request: { readonly specId: SpecId }): Promise<Result<Rescue | undefined, WorkspaceFailure>> {
    return this.#inSession(request.specId, removeWorktree);
  }

  #inRepository<T>(job: () => Promise<Result<T, WorkspaceFailure>>): Promise<Result<T, WorkspaceFailure>> {
    return this.#run.repository.queue.run(REPOSITORY_KEY, () => guardFiles(job));
  }

  #inSession<T>(
    specId: SpecId,
    job: (session: Session) => Promise<Result<T, WorkspaceFailure>>,
  ): Promise<Result<T, WorkspaceFailure>> {
    const session = new Session(this.#run, specId);
    return this.#run.repository.queue.run(session.path, () => guardFiles(() => job(session)));
  }
}
