import { chmodSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { IPty, spawn } from 'node-pty';

/** The part of node-pty that is used. */
export interface NodePty {
  readonly spawn: typeof spawn;
}

/** What node-pty's terminals on Unix have beyond its declared interface (1.2.0-beta.15, which is pinned). */
export interface UnixPty extends IPty {
  readonly fd: number;
  readonly ptsName: string;
  destroy(): void;
  on(event: 'error', listener: (error: unknown) => void): void;
}

/** Whether a PTY can be drained by way of its slave side. */
export function isUnixPty(pty: IPty): pty is UnixPty {
  const { fd, ptsName, destroy } = pty as Partial<UnixPty>;
  return typeof fd === 'number' && typeof ptsName === 'string' && typeof destroy === 'function';
}

/** Loads the native module; throws with words for people when there is no build of it for this system. */
export async function loadNodePty(): Promise<NodePty> {
  try {
    if (process.platform === 'darwin') makeHelperExecutable();
    return await import('node-pty');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The terminal module node-pty cannot be loaded on ${process.platform}-${process.arch}: ${why}`, {
      cause: error,
    });
  }
}

/** A package made on Windows loses the permission to execute, and every start then fails (microsoft/node-pty#850). */
function makeHelperExecutable(): void {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('node-pty/package.json'));
  try {
    chmodSync(join(folder, 'prebuilds', `${process.platform}-${process.arch}`, 'spawn-helper'), 0o755);
  } catch {
    // another layout, or not ours to change: a start that fails will say so
  }
}
