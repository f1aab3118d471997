import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, parse } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { toDisposable, type Disposable } from '../../base/disposable.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { asFields } from './check-message.ts';
import { processIsAlive, processStartTime } from './process-tree.ts';
import { readLiveRendezvous, readStartError, startErrorFile, type Rendezvous } from './rendezvous.ts';
import type { TerminalFailure } from './terminal-failure.ts';

/** How to start a host. */
export interface StartPtyHostOptions {
  readonly rendezvousFile: string;
  /** The bundled program, `dist/pty-host.cjs`. */
  readonly hostScript: string;
  /** Node, or Electron, which then runs as Node. */
  readonly execPath: string;
  readonly idleMs: number;
  /** Monotonic milliseconds ({@link performance.now}) at which to give up. */
  readonly deadline: number;
}

const pollMs = 10;

/** Answers where the workspace's host can be met; starts one if there is none. Several callers at once, in whatever processes, end with one host. */
export async function findOrStartPtyHost(options: StartPtyHostOptions): Promise<Result<Rendezvous, TerminalFailure>> {
  const { rendezvousFile, deadline } = options;
  mkdirSync(dirname(rendezvousFile), { recursive: true });
  while (performance.now() < deadline) {
    const found = readLiveRendezvous(rendezvousFile);
    if (found !== undefined) return ok(found);
    const lock = takeLock(`${rendezvousFile}.lock`);
    if (lock !== undefined) {
      try {
        // Another starter may have finished between the look and the lock.
        const started = readLiveRendezvous(rendezvousFile);
        return started === undefined ? await startPtyHost(options) : ok(started);
      } finally {
        lock.dispose();
      }
    }
    await delay(pollMs);
  }
  return fail({ reason: 'host_start_failed', message: 'The terminal host did not come up in time.' });
}

async function startPtyHost(options: StartPtyHostOptions): Promise<Result<Rendezvous, TerminalFailure>> {
  const { rendezvousFile, hostScript, execPath, idleMs, deadline } = options;
  rmSync(startErrorFile(rendezvousFile), { force: true });
  let ended: string | undefined;
  const host = spawn(execPath, [hostScript, JSON.stringify({ rendezvousFile, idleMs })], {
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
    cwd: parse(process.execPath).root,
    env: hostEnvironment(process.env),
  });
  host.once('error', (error) => (ended = error.message));
  host.once('exit', (code, signal) => (ended ??= `It ended with ${signal ?? `exit code ${code}`}.`));
  host.unref();
  while (performance.now() < deadline) {
    const found = readLiveRendezvous(rendezvousFile);
    if (found !== undefined) return ok(found);
    if (ended !== undefined) break;
    await delay(pollMs);
  }
  const cause = readStartError(rendezvousFile) ?? ended ?? 'It did not come up in time.';
  return fail({ reason: 'host_start_failed', message: `The terminal host could not be started. ${cause}` });
}

const passed =
  /^(?:PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TMPDIR|TMP|TEMP|XDG_RUNTIME_DIR|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|USERNAME|USERPROFILE|APPDATA|LOCALAPPDATA)$/i;

/** What the host itself needs, and no secrets; above all not the mark of the terminal in which the orchestrator may run. */
function hostEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => passed.test(name));
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}

/** Takes the lock, also from an owner that is dead; undefined while a living one has it. */
function takeLock(file: string): Disposable | undefined {
  const own = { pid: process.pid, startTime: processStartTime(process.pid) ?? '' };
  try {
    writeFileSync(file, JSON.stringify(own), { flag: 'wx', mode: 0o600 });
    return toDisposable(() => rmSync(file, { force: true }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  // Should two remove it at once, each may start a host; the one that finds a living rendezvous leaves again.
  if (isAbandoned(file)) rmSync(file, { force: true });
  return undefined;
}

function isAbandoned(file: string): boolean {
  try {
    const owner = asFields(JSON.parse(readFileSync(file, 'utf8')));
    const { pid, startTime } = { ...owner } as { readonly pid?: unknown; readonly startTime?: unknown };
    return typeof pid !== 'number' || typeof startTime !== 'string' || !processIsAlive(pid, startTime);
  } catch {
    return false; // being written, or gone
  }
}
