import { closeSync, fsync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TerminalExit } from '../../model/terminal.ts';

/**
 * Writes the exit record as a whole or not at all; answers the system's words when it cannot. Any process may be killed after it; `isSynced` makes it outlast
 * a power cut too.
 */
export async function writeExitFile(file: string, exit: TerminalExit, isSynced: boolean): Promise<string | undefined> {
  const temporary = `${file}.tmp`;
  try {
    const descriptor = openForWriting(temporary);
    try {
      writeSync(descriptor, `${JSON.stringify(exit)}\n`);
      if (isSynced) await sync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function sync(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => fsync(descriptor, (error) => (error ? reject(error) : resolve())));
}

function openForWriting(file: string): number {
  try {
    return openSync(file, 'w', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(dirname(file), { recursive: true });
    return openSync(file, 'w', 0o600);
  }
}
