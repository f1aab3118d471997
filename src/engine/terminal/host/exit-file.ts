import { close, fsync, mkdirSync, open, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TerminalExit } from '../../model/terminal.ts';

/**
 * The exit record of one terminal, written as a whole or not at all. The file is made while the program runs: to make one takes a disk longer than all the
 * rest of a short program's end.
 */
export class ExitFile {
  readonly #file: string;
  readonly #temporary: string;
  readonly #opened: Promise<number | Error>;

  constructor(file: string) {
    this.#file = file;
    this.#temporary = `${file}.tmp`;
    this.#opened = openForWriting(this.#temporary);
  }

  /** Puts the record in place; answers the system's words when that failed. Any process may be killed after it; `isSynced` makes it outlast a power cut too. */
  async write(exit: TerminalExit, isSynced: boolean): Promise<string | undefined> {
    const descriptor = await this.#opened;
    if (descriptor instanceof Error) return descriptor.message;
    try {
      writeSync(descriptor, `${JSON.stringify(exit)}\n`);
      if (isSynced) await sync(descriptor);
      renameSync(this.#temporary, this.#file);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      close(descriptor);
    }
  }
}

async function openForWriting(file: string): Promise<number | Error> {
  const first = await tryOpen(file);
  if (!(first instanceof Error) || first.code !== 'ENOENT') return first;
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (error) {
    return error instanceof Error ? error : first;
  }
  return tryOpen(file);
}

function tryOpen(file: string): Promise<number | NodeJS.ErrnoException> {
  return new Promise((resolve) => open(file, 'w', 0o600, (error, descriptor) => resolve(error ?? descriptor)));
}

function sync(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => fsync(descriptor, (error) => (error ? reject(error) : resolve())));
}
