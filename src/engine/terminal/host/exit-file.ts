import { closeSync, fsync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TerminalExit } from '../../model/terminal.ts';

/**
 * Writes the exit record as a whole or not at all, durably; answers the system's words when it cannot. The folder is not synced: a record that a
 * power cut takes away is that of a terminal which the power cut ended too, and nobody was told of it unless the journal holds it.
 */
export async function writeExitFile(file: string, exit: TerminalExit): Promise<string | undefined> {
  const temporary = `${file}.tmp`;
  try {
    const descriptor = openForWriting(temporary);
    try {
      writeSync(descriptor, `${JSON.stringify(exit)}\n`);
      await new Promise<void>((resolve, reject) => fsync(descriptor, (error) => (error ? reject(error) : resolve())));
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
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
