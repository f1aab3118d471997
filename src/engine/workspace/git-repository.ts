import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { guardFiles } from './file-guard.ts';
import { findCommit, readStatus } from './git/changes.ts';
import { Git, type GitCall } from './git/git.ts';
import type { LockPatience } from './git/git-locks.ts';
import { KeyedQueue } from './git/keyed-queue.ts';
import { mergeIntoBranch, type BaseMerge, type BaseMergeRequest } from './merge/merge-into-base.ts';
import type { WorkspaceFailure } from './workspace-failure.ts';

/** Where a repository is and how git is reached. */
export interface GitRepositoryOptions {
  /** The workspace folder: a repository's top or a folder below it. */
  readonly root: string;
  readonly clock: Clock;
  /** Normally `process.env`; variables named GIT_* that redirect git are left out. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default `git`, found on the PATH. */
  readonly program?: string;
  readonly patience?: LockPatience;
}

/** What a plan says about the checkout. */
export interface RepositoryState {
  readonly repoRoot: string;
  /** The workspace inside the repository, `/` between parts; empty when it is the top. */
  readonly workspaceSubdir: string;
  /** The branch that is checked out; absent when detached. */
  readonly headBranch?: string;
  readonly headCommit: string;
  /** Uncommitted changes, which are not part of a run; `files` holds the first {@link DIRTY_FILES_LISTED}. */
  readonly dirty: { readonly count: number; readonly files: readonly string[] };
  readonly gitVersion: string;
}

/** How many uncommitted files `inspect` names. */
export const DIRTY_FILES_LISTED = 50;

/** `merge-tree --write-tree` came with it (release notes of git 2.38). */
const NEEDED_VERSION = '2.38.0';

const DEFAULT_PATIENCE: LockPatience = { waitMs: 15_000, staleMs: 2_000 };

/** Commits are theirs when the person's git settings name nobody. */
const FALLBACK_NAME = 'Spec Orchestra';
const FALLBACK_EMAIL = 'orchestra@localhost';

interface Places {
  readonly root: string;
  readonly top: string;
  readonly subdir: string;
  readonly commonDir: string;
  readonly version: string;
}

/** A person's repository. Reads it without leaving a trace; only `mergeIntoBase` writes to its branches and checkout. */
export class GitRepository {
  /** Absolute, symlinks resolved. */
  readonly root: string;
  readonly top: string;
  /** The workspace inside the repository, `/` between parts; empty when it is the top. */
  readonly subdir: string;
  /** The folder that all worktrees share. */
  readonly commonDir: string;
  readonly git: Git;
  /** Serialises what two operations must not do at once; see the keys at {@link REPOSITORY_KEY}. */
  readonly queue = new KeyedQueue();
  readonly #version: string;

  private constructor(git: Git, places: Places) {
    this.git = git;
    this.root = places.root;
    this.top = places.top;
    this.subdir = places.subdir;
    this.commonDir = places.commonDir;
    this.#version = places.version;
  }

  /** Finds the repository and checks git's version, that it has a checkout and at least one commit. Writes nothing. */
  static async open(options: GitRepositoryOptions): Promise<Result<GitRepository, WorkspaceFailure>> {
    const { program = 'git', patience = DEFAULT_PATIENCE, clock, env } = options;
    const git = new Git({ program, env, clock, patience });
    return guardFiles(async () => {
      const root = await realpath(options.root);
      const version = await checkVersion(git, root);
      if (!version.ok) return version;
      const places = await findPlaces(git, root);
      if (!places.ok) return places;
      const identity = await findIdentity(git, root);
      if (!identity.ok) return identity;
      git.useIdentity(identity.value);
      return ok(new GitRepository(git, { ...places.value, root, version: version.value }));
    });
  }

  /** The call settings for this checkout. */
  get call(): GitCall {
    return { cwd: this.root };
  }

  /** The state of the checkout. Leaves index and files as they are. */
  async inspect(): Promise<Result<RepositoryState, WorkspaceFailure>> {
    const head = await this.resolveBase('HEAD');
    if (!head.ok) return head;
    const branch = await this.git.run(['symbolic-ref', '--quiet', '--short', 'HEAD'], { ...this.call, accept: [1] });
    if (!branch.ok) return branch;
    const status = await readStatus(this.git, this.call, 'normal');
    if (!status.ok) return status;
    const own = `${this.subdir === '' ? '' : `${this.subdir}/`}.orchestra/`;
    const dirty = status.value.map((entry) => entry.path).filter((file) => !file.startsWith(own));
    const headBranch = branch.value.stdout.toString('utf8').trim();
    return ok({
      repoRoot: this.top,
      workspaceSubdir: this.subdir,
      ...(headBranch !== '' && { headBranch }),
      headCommit: head.value,
      dirty: { count: dirty.length, files: dirty.slice(0, DIRTY_FILES_LISTED) },
      gitVersion: this.#version,
    });
  }

  /** The commit that a branch, tag or commit name stands for; without a name, what the checkout is on. */
  async resolveBase(ref = 'HEAD'): Promise<Result<string, WorkspaceFailure>> {
    const commit = await findCommit(this.git, this.call, ref);
    if (!commit.ok) return commit;
    if (commit.value !== undefined) return ok(commit.value);
    const message = `${ref} is no branch, tag or commit of ${this.top}`;
    return fail({ reason: 'unknown_ref', message, ref });
  }

  /** Brings a run's integration branch into a branch of the person's, in the checkout when it is checked out. All or nothing. */
  mergeIntoBase(request: BaseMergeRequest): Promise<Result<BaseMerge, WorkspaceFailure>> {
    return this.queue.run(REPOSITORY_KEY, () => guardFiles(() => mergeIntoBranch(this, request)));
  }
}

/** Key of {@link GitRepository.queue} for what concerns the whole repository; the other keys are worktree paths and are taken first. */
export const REPOSITORY_KEY = 'repository';

async function checkVersion(git: Git, cwd: string): Promise<Result<string, WorkspaceFailure>> {
  const said = await git.text(['version'], { cwd });
  if (!said.ok) return said;
  const found = /(\d+)\.(\d+)(\.\d+)?/.exec(said.value)?.[0] ?? said.value;
  if (found.localeCompare(NEEDED_VERSION, 'en', { numeric: true }) >= 0 || found === '2.38') return ok(found);
  const message = `git ${found} is too old; ${NEEDED_VERSION} or newer is needed`;
  return fail({ reason: 'git_too_old', message, found, needed: NEEDED_VERSION });
}

async function findPlaces(git: Git, root: string): Promise<Result<Omit<Places, 'version'>, WorkspaceFailure>> {
  const call = { cwd: root };
  const bare = await git.text(['rev-parse', '--is-bare-repository'], call);
  if (!bare.ok) return bare.failure.reason === 'git_failed' ? fail(notRepository(root, bare.failure.stderr)) : bare;
  if (bare.value === 'true') {
    const message = `${root} is a bare repository, which has no files to work on; clone it and use the clone`;
    return fail({ reason: 'bare_repository', message, root });
  }
  const top = await git.text(['rev-parse', '--show-toplevel'], call);
  if (!top.ok) return top.failure.reason === 'git_failed' ? fail(notRepository(root, top.failure.stderr)) : top;
  const commonDir = await git.text(['rev-parse', '--path-format=absolute', '--git-common-dir'], call);
  if (!commonDir.ok) return commonDir;
  const prefix = await git.text(['rev-parse', '--show-prefix'], call);
  if (!prefix.ok) return prefix;
  const head = await findCommit(git, call, 'HEAD');
  if (!head.ok) return head;
  if (head.value === undefined) {
    const message = `${top.value} has no commit yet; a run needs one to start from`;
    return fail({ reason: 'no_commit', message, root });
  }
  const subdir = prefix.value.replace(/\/$/, '');
  return ok({ root, top: path.normalize(top.value), subdir, commonDir: path.normalize(commonDir.value) });
}

function notRepository(root: string, stderr: string): WorkspaceFailure {
  const message = `${root} is in no git repository that can be used: ${stderr.slice(0, 500)}`;
  return { reason: 'not_a_repository', message, root };
}

async function findIdentity(git: Git, cwd: string): Promise<Result<Record<string, string>, WorkspaceFailure>> {
  const named = await git.run(['-c', 'user.useConfigOnly=true', 'var', 'GIT_COMMITTER_IDENT'], {
    cwd,
    accept: [1, 128],
  });
  if (!named.ok) return named;
  if (named.value.code === 0) return ok({});
  return ok({
    GIT_AUTHOR_NAME: FALLBACK_NAME,
    GIT_AUTHOR_EMAIL: FALLBACK_EMAIL,
    GIT_COMMITTER_NAME: FALLBACK_NAME,
    GIT_COMMITTER_EMAIL: FALLBACK_EMAIL,
  });
}
