import { execFile } from 'node:child_process';
import { readdir, readFile, readlink, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../../base/clock.ts';

/** How patient to be with lock files of other processes. */
export interface LockPatience {
  /** After this long a lock ends the operation with a failure that names it. */
  readonly waitMs: number;
  /** A lock of our own that did not change for this long, and that no git process holds, is removed. */
  readonly staleMs: number;
}

/** Waits on the clock; the timer is the clock's. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.after(delayMs, resolve));
}

/** The lock file that git's error text (in the C locale) complains about, absolute; absent when it is about something else. */
export function lockFileIn(stderr: string, cwd: string): string | undefined {
  const created = /Unable to create '(.+?\.lock)': File exists/s.exec(stderr)?.[1];
  if (created !== undefined) return path.resolve(cwd, created);
  const config = /could not lock config file (.+?): File exists/s.exec(stderr)?.[1];
  return config === undefined ? undefined : path.resolve(cwd, `${config}.lock`);
}

/** Watches one lock file from its first refusal until it is free, removed as stale, or too old to wait for. */
export class LockWait {
  readonly #clock: Clock;
  readonly #patience: LockPatience;
  readonly #startMs: number;
  #seen = '';
  #seenSinceMs = 0;
  #delayMs = 15;

  constructor(clock: Clock, patience: LockPatience) {
    this.#clock = clock;
    this.#patience = patience;
    this.#startMs = clock.monotonicMs();
  }

  /**
   * Waits a little. `homes` are the folders whose git processes may hold the lock; when given, the lock is ours to remove once
   * it is stale. False when there is no use in trying again.
   */
  async shouldRetry(lockFile: string, homes: readonly string[] | undefined): Promise<boolean> {
    const nowMs = this.#clock.monotonicMs();
    const shape = await shapeOf(lockFile);
    if (shape !== this.#seen) {
      this.#seen = shape;
      this.#seenSinceMs = nowMs;
    }
    const old = shape !== '' && nowMs - this.#seenSinceMs >= this.#patience.staleMs;
    if (homes !== undefined && old && !(await hasGitProcess(homes)) && (await shapeOf(lockFile)) === shape) {
      await unlink(lockFile).catch(() => undefined);
      return true;
    }
    if (nowMs - this.#startMs >= this.#patience.waitMs) return false;
    await sleep(this.#clock, this.#delayMs);
    this.#delayMs = Math.min(this.#delayMs * 2, 250);
    return true;
  }
}

/** Whether a git process lives that works in, or was told of, one of these folders. */
export async function hasGitProcess(homes: readonly string[]): Promise<boolean> {
  const processes = process.platform === 'linux' ? await linuxProcesses() : await listedProcesses();
  return processes.some((text) => homes.some((home) => ['/', '\0', ' '].some((end) => text.includes(home + end))));
}

/** A lock that is replaced by another has another inode or time; empty when there is none. */
async function shapeOf(lockFile: string): Promise<string> {
  try {
    const found = await stat(lockFile);
    return `${found.ino}:${found.mtimeMs}:${found.size}`;
  } catch {
    return '';
  }
}

async function linuxProcesses(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map(linuxGitProcess));
  return found.filter((text) => text !== '');
}

async function linuxGitProcess(pid: string): Promise<string> {
  try {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8');
    if (!name.startsWith('git')) return '';
    const [cwd, args] = await Promise.all([readlink(`/proc/${pid}/cwd`), readFile(`/proc/${pid}/cmdline`, 'utf8')]);
    return `${cwd}/\0${args}`;
  } catch {
    return '';
  }
}

/** Elsewhere only the arguments can be seen; ours name the folder. */
function listedProcesses(): Promise<string[]> {
  return new Promise((resolve) => {
    execFile('ps', ['-axo', 'args='], { maxBuffer: 1 << 26 }, (_error, stdout) => {
      resolve(
        stdout
          .split('\n')
          .filter((line) => /(^|\/)git(-\S+)?\s/.test(line))
          .map((line) => `${line} `),
      );
    });
  });
}
