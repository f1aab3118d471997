import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Disposable } from '../../base/disposable.ts';
import { systemCode, toDiskFailure, type DiskFailure } from './failure.ts';
import {
  journalStart,
  parseJournal,
  type JournalDamage,
  type JournalEntry,
  type JournalEvent,
  type JournalPosition,
} from './journal-line.ts';
import { readRange } from './read-lines.ts';
import { watchFolder, type WatchOptions } from './watch-folder.ts';

/** Takes entries in order. `restarted`: forget all that was given before, these begin at the first again. */
export type EntriesListener<E extends JournalEvent> = (entries: readonly JournalEntry<E>[], restarted: boolean) => void;

/** How a journal is followed. */
export interface FollowOptions extends WatchOptions {
  /** Following has ended by itself. */
  readonly onFailure: (failure: JournalDamage | DiskFailure) => void;
}

/**
 * Gives all entries of a journal and then the new ones as they come, from any process and without ever writing. The
 * file may come later, end in half a line, or be cut by a repair.
 */
export function followJournal<E extends JournalEvent>(
  file: string,
  onEntries: EntriesListener<E>,
  options: FollowOptions,
): Disposable {
  return new JournalFollower(file, onEntries, options);
}

class JournalFollower<E extends JournalEvent> implements Disposable {
  readonly #file: string;
  readonly #onEntries: EntriesListener<E>;
  readonly #options: FollowOptions;
  readonly #watch: Disposable;
  #position: JournalPosition = journalStart;
  /** Undefined as long as nothing was read. */
  #inode: number | undefined;
  #mustRestart = false;
  #running = false;
  #again = false;
  #disposed = false;

  constructor(file: string, onEntries: EntriesListener<E>, options: FollowOptions) {
    this.#file = file;
    this.#onEntries = onEntries;
    this.#options = options;
    this.#watch = watchFolder(dirname(file), () => void this.#look(), options);
    void this.#look();
  }

  dispose(): void {
    this.#disposed = true;
    this.#watch.dispose();
  }

  async #look(): Promise<void> {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#again && !this.#disposed) {
        this.#again = false;
        await this.#readNew();
      }
    } finally {
      this.#running = false;
    }
  }

  async #readNew(): Promise<void> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(this.#file, 'r');
      await this.#readFrom(handle);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') this.#mustRestart = this.#inode !== undefined;
      else this.#end(toDiskFailure(this.#file, error));
    } finally {
      await handle?.close();
    }
  }

  async #readFrom(handle: FileHandle): Promise<void> {
    const { size, ino } = await handle.stat();
    const isOther = this.#inode !== undefined && (this.#inode !== ino || size < this.#position.byteOffset);
    const restarted = isOther || this.#mustRestart;
    const start = restarted ? journalStart : this.#position;
    if (size === start.byteOffset && !restarted) return;
    const parsed = parseJournal<E>(this.#file, await readRange(handle, start.byteOffset, size), start);
    if (this.#disposed) return;
    if (!parsed.ok) {
      this.#end(parsed.failure);
      return;
    }
    this.#inode = ino;
    this.#mustRestart = parsed.value.overrulesEarlier;
    if (this.#mustRestart) {
      this.#again = true;
      return;
    }
    this.#position = parsed.value.end;
    if (parsed.value.entries.length > 0 || restarted) this.#onEntries(parsed.value.entries, restarted);
  }

  #end(failure: JournalDamage | DiskFailure): void {
    if (this.#disposed) return;
    this.dispose();
    this.#options.onFailure(failure);
  }
}
