import { writeSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** The few things a journal does to its file; tests bring one that tears, fills up or breaks. */
export interface JournalFile {
  /** Appends; answers how many bytes were taken, which may be fewer than given. Rejects with a system error. */
  write(bytes: Uint8Array): Promise<number>;
  /** Resolves when everything written is on disk. */
  datasync(): Promise<void>;
  truncate(byteLength: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens a real file for appending (mode 0600), creating it when it is missing. */
export async function openJournalFile(file: string): Promise<JournalFile> {
  const handle = await open(file, 'a', 0o600);
  return {
    // Into the page cache, at once: a turn through the thread pool costs more.
    write: (bytes) => Promise.resolve().then(() => writeSync(handle.fd, bytes)),
    datasync: () => handle.datasync(),
    truncate: (byteLength) => handle.truncate(byteLength),
    close: () => handle.close(),
  };
}
