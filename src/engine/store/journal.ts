import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Deferred } from '../../base/deferred.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { syncDirectory } from './durable-file.ts';
import { systemCode, toDiskFailure, type DiskFailure, type StoreWarning } from './failure.ts';
import { openJournalFile, type JournalFile } from './journal-file.ts';
import {
  encodeJournalLine,
  parseJournal,
  type JournalDamage,
  type JournalEntry,
  type JournalEvent,
  type ParsedJournal,
} from './journal-line.ts';

/** Why a journal cannot be read, or takes no more. */
export type JournalFailure =
  | JournalDamage
  | DiskFailure
  /** Another orchestrator holds the workspace now; nothing more was written. */
  | { readonly reason: 'fenced'; readonly file: string; readonly message: string }
  /** Something was appended after `close`. */
  | { readonly reason: 'closed'; readonly file: string; readonly message: string };

/** What a journal needs from outside. */
export interface JournalOptions {
  /** Lease epoch, written into every line; never below that of the lines before. */
  readonly epoch: number;
  readonly wallMs: () => number;
  readonly onWarning: (warning: StoreWarning) => void;
  /** Asked before every write and before every acknowledgement; false refuses. Default: always true. */
  readonly fence?: () => boolean;
  /** Default: the real file. */
  readonly openFile?: (file: string) => Promise<JournalFile>;
}

/** A journal ready for appending, with everything it already holds. */
export interface OpenedJournal<E extends JournalEvent> {
  readonly journal: Journal<E>;
  readonly entries: readonly JournalEntry<E>[];
}

/**
 * Reads a journal whole and opens it for appending; a missing file is created. An unfinished last line is cut off with
 * a warning, and what was read is on disk before it is answered, so that acting on it is safe.
 */
export async function openJournal<E extends JournalEvent>(
  file: string,
  options: JournalOptions,
): Promise<Result<OpenedJournal<E>, JournalFailure>> {
  let handle: JournalFile | undefined;
  try {
    const parsed = parseJournal<E>(file, await readOrEmpty(file));
    if (!parsed.ok) return parsed;
    if (options.fence?.() === false) return fail(fenced(file));
    handle = await (options.openFile ?? openJournalFile)(file);
    if (parsed.value.entries.length === 0) await syncDirectory(dirname(file));
    await repair(handle, file, { parsed: parsed.value, onWarning: options.onWarning });
    // A lease that was deleted by hand counts from 1 again, and a line of a lower epoch would count for nothing.
    const epoch = Math.max(options.epoch, parsed.value.end.epoch);
    const journal = new Journal<E>(file, handle, { ...options, epoch }, parsed.value.end.seq);
    return ok({ journal, entries: parsed.value.entries });
  } catch (error) {
    await handle?.close().catch(() => undefined);
    return fail(toDiskFailure(file, error));
  }
}

/** Reads without repairing, for those who only watch: `tornBytes` of an unfinished last line are left out and left alone. */
export async function readJournal<E extends JournalEvent>(
  file: string,
): Promise<Result<ParsedJournal<E>, JournalDamage | DiskFailure>> {
  try {
    return parseJournal<E>(file, await readFile(file));
  } catch (error) {
    return fail(toDiskFailure(file, error));
  }
}

/**
 * The truth of a run: one event a line. Appending is at once and in memory; {@link Journal.flushed} brings it to the
 * disk. What is appended while a sync runs goes out together in the next one. Made by {@link openJournal}.
 */
export class Journal<E extends JournalEvent> {
  readonly #file: string;
  readonly #handle: JournalFile;
  readonly #options: JournalOptions;
  #seq: number;
  #queue: string[] = [];
  #queued: Deferred<Result<void, JournalFailure>> | undefined;
  #writing: Deferred<Result<void, JournalFailure>> | undefined;
  #pumping = false;
  #failure: JournalFailure | undefined;
  #closed: Promise<Result<void, JournalFailure>> | undefined;

  constructor(file: string, handle: JournalFile, options: JournalOptions, lastSeq: number) {
    this.#file = file;
    this.#handle = handle;
    this.#options = options;
    this.#seq = lastSeq;
  }

  /** The `seq` of the last appended entry; 0 for none. */
  get lastSeq(): number {
    return this.#seq;
  }

  /** Queues an event at `t` ms of run time; the answer is the entry exactly as a replay will read it. */
  append(event: E, t: number): JournalEntry<E> {
    this.#seq += 1;
    const at = new Date(this.#options.wallMs()).toISOString();
    const { line, entry } = encodeJournalLine({ seq: this.#seq, t, at, epoch: this.#options.epoch, event });
    if (this.#closed !== undefined) this.#failure ??= closedFailure(this.#file);
    if (this.#failure !== undefined) return entry;
    this.#queue.push(line);
    this.#queued ??= new Deferred();
    return entry;
  }

  /** Sees to it that everything appended so far gets to the disk, and resolves when it is there; after a failure always with that failure. */
  flushed(): Promise<Result<void, JournalFailure>> {
    if (this.#failure !== undefined) return Promise.resolve(fail(this.#failure));
    if (this.#queued !== undefined && !this.#pumping) {
      this.#pumping = true;
      // Not at once: what is appended in the same turn shares the first write.
      queueMicrotask(() => void this.#pump());
    }
    return (this.#queued ?? this.#writing)?.promise ?? Promise.resolve(ok(undefined));
  }

  /** Writes what is queued and closes the file; may be called more than once. */
  close(): Promise<Result<void, JournalFailure>> {
    this.#closed ??= this.flushed().then(async (result) => {
      try {
        await this.#handle.close();
        return result;
      } catch (error) {
        return fail(toDiskFailure(this.#file, error));
      }
    });
    return this.#closed;
  }

  async #pump(): Promise<void> {
    while (this.#queued !== undefined) {
      const batch = this.#queued;
      const bytes = Buffer.from(this.#queue.join(''));
      this.#queue = [];
      this.#queued = undefined;
      this.#writing = batch;
      const failure = await this.#commit(bytes).catch((error: unknown) => this.#bug(batch, error));
      this.#writing = undefined;
      if (failure === undefined) batch.resolve(ok(undefined));
      else this.#refuse(batch, failure);
    }
    this.#pumping = false;
  }

  #refuse(batch: Deferred<Result<void, JournalFailure>>, failure: JournalFailure): void {
    this.#failure = failure;
    batch.resolve(fail(failure));
    this.#queued?.resolve(fail(failure));
    this.#queued = undefined;
    this.#queue = [];
  }

  #bug(batch: Deferred<Result<void, JournalFailure>>, error: unknown): JournalFailure {
    batch.reject(error);
    return { reason: 'disk', file: this.#file, code: 'UNKNOWN', message: `${this.#file}: ${String(error)}` };
  }

  /** The second question to the fence: a successor that came during the sync may have read the file before it. */
  async #commit(bytes: Buffer): Promise<JournalFailure | undefined> {
    const fence = this.#options.fence;
    if (fence?.() === false) return fenced(this.#file);
    try {
      for (let done = 0; done < bytes.length;) {
        const taken = await this.#handle.write(bytes.subarray(done));
        if (taken === 0) return { reason: 'disk', file: this.#file, code: 'EIO', message: 'Nothing was written.' };
        done += taken;
      }
      await this.#handle.datasync();
    } catch (error) {
      return toDiskFailure(this.#file, error);
    }
    return fence?.() === false ? fenced(this.#file) : undefined;
  }
}

async function readOrEmpty(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

interface Repair {
  readonly parsed: ParsedJournal<JournalEvent>;
  readonly onWarning: (warning: StoreWarning) => void;
}

/** Syncs even when nothing is cut: a killed writer may have left lines that only the page cache holds. */
async function repair(handle: JournalFile, file: string, { parsed, onWarning }: Repair): Promise<void> {
  const { end, tornBytes, supersededLines } = parsed;
  if (tornBytes > 0) await handle.truncate(end.byteOffset);
  await handle.datasync();
  if (tornBytes > 0) {
    const message = `${file}: line ${end.lines + 1} was never finished; its ${tornBytes} bytes are cut off.`;
    onWarning({ code: 'torn-tail', file, message });
  }
  if (supersededLines > 0) {
    const message = `${file}: ${supersededLines} lines of an orchestrator that had been replaced count for nothing.`;
    onWarning({ code: 'superseded-lines', file, message });
  }
}

function fenced(file: string): JournalFailure {
  return { reason: 'fenced', file, message: `${file}: another orchestrator has taken over this workspace.` };
}

function closedFailure(file: string): JournalFailure {
  return { reason: 'closed', file, message: `${file}: the journal is closed.` };
}
