import { statSync, watch, type FSWatcher } from 'node:fs';
import { systemClock, type Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';

/** How a watch looks; the poll covers lost events, network folders and folders that come later. */
export interface WatchOptions {
  /** Milliseconds between looks without an event; default 500. */
  readonly pollMs?: number;
  readonly clock?: Clock;
}

/** Calls back when something in a folder may have changed, and at every poll; the folder need not exist yet. */
export function watchFolder(folder: string, onChange: () => void, options: WatchOptions = {}): Disposable {
  return new FolderWatch(folder, onChange, options);
}

class FolderWatch implements Disposable {
  readonly #folder: string;
  readonly #onChange: () => void;
  readonly #pollMs: number;
  readonly #clock: Clock;
  #watcher: FSWatcher | undefined;
  #inode: number | undefined;
  #timer: Disposable | undefined;

  constructor(folder: string, onChange: () => void, options: WatchOptions) {
    this.#folder = folder;
    this.#onChange = onChange;
    this.#pollMs = options.pollMs ?? 500;
    this.#clock = options.clock ?? systemClock;
    this.#attach();
    this.#schedule();
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#detach();
  }

  #schedule(): void {
    this.#timer = this.#clock.after(this.#pollMs, () => {
      this.#schedule();
      this.#attach();
      this.#onChange();
    });
  }

  /** A folder that was replaced has another inode, and the old watch would stay silent for ever. */
  #attach(): void {
    const inode = inodeOf(this.#folder);
    if (inode === this.#inode) return;
    this.#detach();
    if (inode === undefined) return;
    try {
      this.#watcher = watch(this.#folder, () => this.#onChange());
      this.#watcher.on('error', () => this.#detach());
      this.#inode = inode;
    } catch {
      // The system's watches are used up or the folder has just gone: the poll goes on alone.
      this.#watcher = undefined;
    }
  }

  #detach(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#inode = undefined;
  }
}

function inodeOf(folder: string): number | undefined {
  try {
    return statSync(folder, { throwIfNoEntry: false })?.ino;
  } catch {
    return undefined;
  }
}
