import { spawn } from 'node:child_process';
import type { Clock } from '../../../base/clock.ts';
import { fail, ok, type Result } from '../../../base/result.ts';
import { lockFileIn, LockWait, type LockPatience } from './git-locks.ts';

/** What can go wrong with any call of the program. */
export type GitFailure =
  | { readonly reason: 'git_missing'; readonly message: string; readonly program: string }
  /** Another process keeps this lock file, or left it behind. */
  | { readonly reason: 'locked'; readonly message: string; readonly lockFile: string }
  | {
      readonly reason: 'git_failed';
      readonly message: string;
      readonly command: string;
      /** Absent when a signal ended it. */
      readonly exitCode?: number;
      readonly stderr: string;
    };

/** What a call of the program left. */
export interface GitOutput {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Where and how one call runs. */
export interface GitCall {
  readonly cwd: string;
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes besides 0 that are an answer. */
  readonly accept?: readonly number[];
  /** Locks met by this call are the orchestrator's own: stale ones go once no git process at home in these folders lives. */
  readonly lockHomes?: readonly string[];
}

/** What the program wrapper needs from outside. */
export interface GitOptions {
  readonly program: string;
  /** The surroundings to inherit from, normally `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly patience: LockPatience;
}

/** Settings of the user that would let a call ask, sign, run hooks, write elsewhere or refuse. */
const FIXED_CONFIG = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.safecrlf=false',
  'core.quotePath=false',
  'commit.gpgSign=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'i18n.commitEncoding=UTF-8',
  'merge.conflictStyle=zdiff3',
  'merge.autoStash=false',
  'merge.verifySignatures=false',
  'rerere.enabled=false',
  'submodule.recurse=false',
  'worktree.useRelativePaths=false',
].flatMap((setting) => ['-c', setting]);

/** Of the variables named GIT_*, those that say who the user is and where their settings are; the rest would redirect calls. */
const KEPT_VARIABLES =
  /^GIT_(AUTHOR_(NAME|EMAIL)|COMMITTER_(NAME|EMAIL)|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|EXEC_PATH|TEMPLATE_DIR)$/;

/** The `git` program, called without prompts, pagers, editors, hooks or optional locks. Waits for foreign locks. */
export class Git {
  readonly #options: GitOptions;
  readonly #env: Record<string, string>;
  #identity: Readonly<Record<string, string>> = {};

  constructor(options: GitOptions) {
    this.#options = options;
    this.#env = cleanEnvironment(options.env);
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  /** Variables for commits when the user's settings name nobody. */
  useIdentity(identity: Readonly<Record<string, string>>): void {
    this.#identity = identity;
  }

  async run(args: readonly string[], call: GitCall): Promise<Result<GitOutput, GitFailure>> {
    const wait = new LockWait(this.#options.clock, this.#options.patience);
    for (;;) {
      const done = await this.#spawn(args, call);
      if (!done.ok || done.value.code === 0) return done;
      const lockFile = lockFileIn(done.value.stderr, call.cwd);
      if (lockFile === undefined) {
        return call.accept?.includes(done.value.code) === true ? done : fail(commandFailure(args, done.value));
      }
      const homes = call.lockHomes ?? (isOwnRefLock(lockFile) ? [call.cwd] : undefined);
      if (!(await wait.shouldRetry(lockFile, homes))) return fail(lockedFailure(lockFile));
    }
  }

  /** Standard output without its last line end. */
  async text(args: readonly string[], call: GitCall): Promise<Result<string, GitFailure>> {
    const done = await this.run(args, call);
    return done.ok ? ok(done.value.stdout.toString('utf8').replace(/\n$/, '')) : done;
  }

  /** A yes-or-no question that git answers by exit code 0 or 1. */
  async test(args: readonly string[], call: GitCall): Promise<Result<boolean, GitFailure>> {
    const done = await this.run(args, { ...call, accept: [1] });
    return done.ok ? ok(done.value.code === 0) : done;
  }

  #spawn(args: readonly string[], call: GitCall): Promise<Result<GitOutput, GitFailure>> {
    return new Promise((resolve) => {
      // A group of its own: Ctrl-C in the person's terminal must not cut an operation in half.
      const child = spawn(this.#options.program, [...FIXED_CONFIG, '-C', call.cwd, ...args], {
        cwd: call.cwd,
        env: { ...this.#env, ...this.#identity, ...call.env },
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: process.platform !== 'win32',
        windowsHide: true,
      });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
      child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
      child.on('error', (error: NodeJS.ErrnoException) =>
        resolve(fail(startFailure(this.#options.program, error, call))),
      );
      child.on('close', (code, signal) => {
        const text = Buffer.concat(stderr).toString('utf8');
        const said = signal === null ? text : `${text}ended by ${signal}`;
        resolve(ok({ code: code ?? -1, stdout: Buffer.concat(stdout), stderr: said }));
      });
      // A program that ends without reading its input is judged by its exit code.
      child.stdin.on('error', () => undefined);
      child.stdin.end(call.input ?? '');
    });
  }
}

function cleanEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || /^(LC_|LANGUAGE$)/.test(name)) continue;
    if (!name.startsWith('GIT_') || KEPT_VARIABLES.test(name)) clean[name] = value;
  }
  return {
    ...clean,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_EDITOR: 'true',
    GIT_SEQUENCE_EDITOR: 'true',
    GIT_PAGER: 'cat',
    GIT_MERGE_AUTOEDIT: 'no',
  };
}

function isOwnRefLock(lockFile: string): boolean {
  return /[\\/]refs[\\/](heads[\\/])?orchestra[\\/]/.test(lockFile);
}

function startFailure(program: string, error: NodeJS.ErrnoException, call: GitCall): GitFailure {
  if (error.code === 'ENOENT') {
    const message = `${program} could not be started in ${call.cwd}; install git or check that the folder exists`;
    return { reason: 'git_missing', message, program };
  }
  return { reason: 'git_failed', message: error.message, command: program, stderr: error.message };
}

function lockedFailure(lockFile: string): GitFailure {
  const message = `git is locked by ${lockFile}; end the other git process, or delete the file if there is none`;
  return { reason: 'locked', message, lockFile };
}

function commandFailure(args: readonly string[], output: GitOutput): GitFailure {
  const command = `git ${args.join(' ').slice(0, 300)}`;
  const stderr = output.stderr.trim();
  const message = `${command} failed (${output.code}): ${stderr.slice(0, 2000)}`;
  return { reason: 'git_failed', message, command, ...(output.code >= 0 && { exitCode: output.code }), stderr };
}
