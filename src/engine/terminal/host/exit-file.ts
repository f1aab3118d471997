import { renameSync, writeSync } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TerminalExit } from '../../model/terminal.ts';

/**
 * The exit record of one terminal, written as a whole or not at all. The file is made while the program runs: to make one takes a disk longer than all the
 * rest of a short program's end.
 */
export class ExitFile {
  readonly #file: string;
  readonly #temporary: string;
  readonly #opened: Promise<FileHandle | Error>;

  constructor(file: string) {
    this.#file = file;
    this.#temporary = `${file}.tmp`;
    this.#opened = openForWriting(this.#temporary).catch((error: unknown) =>
      error instanceof Error ? error : new Error(String(error)),
    );
  }

  /** Puts the record in place; answers the system's words when that failed. Any process may be killed after it; `isSynced` makes it outlast a power cut too. */
  async write(exit: TerminalExit, isSynced: boolean): Promise<string | undefined> {
    const handle = await this.#opened;
    if (handle instanceof Error) return handle.message;
    try {
      writeSync(handle.fd, `${JSON.stringify(exit)}\n`);
      if (isSynced) await handle.sync();
      renameSync(this.#temporary, this.#file);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      void handle.close();
    }
  }
}

async function openForWriting(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'w', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(dirname(file), { recursive: true });
    return open(file, 'w', 0o600);
  }
}
