import path from 'node:path';
import { ok, type Result } from '../../../base/result.ts';
import type { RunId, SpecId } from '../../model/ids.ts';
import { integrationBranch, rescuePrefix, sessionBranch, specComponent, stateRefs } from '../branch-names.ts';
import type { GitRepository } from '../git-repository.ts';
import { findCommit } from '../git/changes.ts';
import type { Git, GitCall, GitFailure } from '../git/git.ts';

/** Folders and limits that the sessions of one run share. */
export interface RunPlaces {
  readonly repository: GitRepository;
  readonly runId: RunId;
  /** Absolute, symlinks resolved, the run's own. */
  readonly worktreesDir: string;
  /** Absolute, the run's own. */
  readonly rescueDir: string;
  readonly maxFileBytes: number;
}

/**
 * What the refs of a session remember; a crash leaves them, and the next operation repairs from them.
 * `base`: the integration commit that the branch stands on; absent until the worktree is ready for an agent.
 * `creating`: a worktree is being made, nobody has worked in it.
 * `moving`: all is saved, the branch and its files are on their way to this commit.
 * `merging`: conflict markers are being written, this is the other side.
 * `conflict`, `ours`: the agent has conflict markers before it, with these two sides.
 */
export type StateName = 'base' | 'creating' | 'moving' | 'merging' | 'conflict' | 'ours' | 'prepared';

/** The commits of the refs that exist. */
export type SessionState = Readonly<Partial<Record<StateName, string>>>;

/** One session's place in a run: its names, its folder, and git as it may be called there. */
export class Session {
  readonly run: RunPlaces;
  readonly specId: SpecId;
  readonly branch: string;
  /** The top of the worktree. */
  readonly path: string;
  /** The workspace inside the worktree. */
  readonly cwd: string;
  /** Branches of rescue copies are this and a number. */
  readonly rescuePrefix: string;
  /** Lists the paths that were copied or linked into the worktree. */
  readonly placedFile: string;

  constructor(run: RunPlaces, specId: SpecId) {
    this.run = run;
    this.specId = specId;
    this.branch = sessionBranch(run.runId, specId);
    this.path = path.join(run.worktreesDir, specComponent(specId));
    this.cwd = path.join(this.path, run.repository.subdir);
    this.rescuePrefix = rescuePrefix(run.runId, specId);
    this.placedFile = path.join(run.worktreesDir, `_placed-${specComponent(specId)}.json`);
  }

  get git(): Git {
    return this.run.repository.git;
  }

  get ref(): string {
    return `refs/heads/${this.branch}`;
  }

  /** Where this branch left the integration branch, or last took it in. */
  forkPoint(commit: string): Promise<Result<string, GitFailure>> {
    const integration = `refs/heads/${integrationBranch(this.run.runId)}`;
    return this.git.text(['merge-base', commit, integration], this.run.repository.call);
  }

  /** Keeps git, run in a worktree whose `.git` is gone, from finding the person's repository above it. */
  get env(): Readonly<Record<string, string>> {
    return { GIT_CEILING_DIRECTORIES: this.run.worktreesDir };
  }

  /** Call settings inside the worktree. */
  get call(): GitCall {
    return { cwd: this.path, env: this.env, lockHomes: [this.path] };
  }

  async readState(): Promise<Result<SessionState, GitFailure>> {
    const folder = stateRefs(this.run.runId, this.specId);
    const listed = await this.git.text(
      ['for-each-ref', '--format=%(objectname) %(refname)', folder],
      this.run.repository.call,
    );
    if (!listed.ok) return listed;
    const lines = listed.value.split('\n').filter((line) => line !== '');
    return ok(
      Object.fromEntries(lines.map((line) => [line.slice(line.indexOf(' ') + 1 + folder.length), line.split(' ')[0]])),
    );
  }

  /** Sets, or with `undefined` removes, some of the refs; all of them or none. */
  async writeState(
    changes: Readonly<Partial<Record<StateName, string | undefined>>>,
  ): Promise<Result<void, GitFailure>> {
    const folder = stateRefs(this.run.runId, this.specId);
    const orders = Object.entries(changes).map(([name, commit]) =>
      commit === undefined ? `delete ${folder}${name}\n` : `update ${folder}${name} ${commit}\n`,
    );
    const input = orders.join('');
    const done = await this.git.run(['update-ref', '--no-deref', '--stdin'], { ...this.run.repository.call, input });
    return done.ok ? ok(undefined) : done;
  }

  /** The head of the session's branch; `undefined` when there is no such branch. */
  head(): Promise<Result<string | undefined, GitFailure>> {
    return findCommit(this.git, this.run.repository.call, this.ref);
  }
}
