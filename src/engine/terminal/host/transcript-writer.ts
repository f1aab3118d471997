import { closeSync, fdatasync, mkdirSync, openSync, write, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Above the first many unwritten bytes the PTY is paused, below the second it goes on. */
const highWaterBytes = 4 * 1024 * 1024;
const lowWaterBytes = 1024 * 1024;
const batchBytes = 1024 * 1024;
/** So little is written at once: cheaper than a turn through the thread pool. */
const smallBytes = 64 * 1024;

/** Appends redacted output to a file, in order and without blocking; what queues while one write runs is the next write. */
export class TranscriptWriter {
  readonly #file: string;
  readonly #handlePressure: (isHigh: boolean) => void;
  #descriptor: number | undefined;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #isWriting = false;
  #isHigh = false;
  #scheduled: NodeJS.Immediate | undefined;
  #whenIdle: (() => void) | undefined;
  #bytes = 0;
  #failure: string | undefined;

  constructor(file: string, handlePressure: (isHigh: boolean) => void) {
    this.#file = file;
    this.#handlePressure = handlePressure;
  }

  /** Bytes taken so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The system's words when the disk refused; what came after is not in the file. */
  get failure(): string | undefined {
    return this.#failure;
  }

  append(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#bytes += bytes.length;
    if (this.#failure !== undefined) return;
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    if (!this.#isWriting && this.#scheduled === undefined) {
      this.#scheduled = setImmediate(() => {
        this.#scheduled = undefined;
        this.#writeNext();
      });
    }
    this.#reportPressure();
  }

  /** Resolves when all of it is in the file; `isSynced` makes it outlast a power cut too. Without output there is no file. */
  async close(isSynced: boolean): Promise<void> {
    if (this.#scheduled !== undefined) clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    if (!this.#isWriting && this.#queuedBytes <= smallBytes) this.#writeRest();
    else await new Promise<void>((resolve) => this.#drainThen(resolve));
    const descriptor = this.#descriptor;
    if (descriptor === undefined) return;
    if (isSynced) {
      await new Promise<void>((resolve) =>
        fdatasync(descriptor, (error) => {
          if (error) this.#fail(error);
          resolve();
        }),
      );
    }
    closeSync(descriptor);
    this.#descriptor = undefined;
  }

  #drainThen(done: () => void): void {
    this.#whenIdle = done;
    if (!this.#isWriting) this.#writeNext();
  }

  #writeRest(): void {
    if (this.#queue.length === 0) return;
    let rest: Buffer = Buffer.concat(this.#queue);
    this.#queue = [];
    this.#queuedBytes = 0;
    try {
      const descriptor = this.#open();
      while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      this.#fail(error);
    }
  }

  #writeNext(): void {
    if (this.#queue.length === 0 || this.#failure !== undefined) {
      this.#whenIdle?.();
      this.#whenIdle = undefined;
      return;
    }
    const batch = this.#takeBatch();
    try {
      this.#isWriting = true;
      this.#write(this.#open(), batch);
    } catch (error) {
      this.#isWriting = false;
      this.#fail(error);
      this.#writeNext();
    }
  }

  #write(descriptor: number, bytes: Buffer): void {
    write(descriptor, bytes, (error, written) => {
      if (!error && written < bytes.length) return this.#write(descriptor, bytes.subarray(written));
      this.#isWriting = false;
      if (error) this.#fail(error);
      this.#reportPressure();
      this.#writeNext();
    });
  }

  #takeBatch(): Buffer {
    const parts: Buffer[] = [];
    let size = 0;
    while (size < batchBytes) {
      const part = this.#queue.shift();
      if (part === undefined) break;
      parts.push(part);
      size += part.length;
    }
    this.#queuedBytes -= size;
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }

  #open(): number {
    this.#descriptor ??= openForAppend(this.#file);
    return this.#descriptor;
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error.message : String(error);
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  #reportPressure(): void {
    const isHigh = this.#isHigh ? this.#queuedBytes > lowWaterBytes : this.#queuedBytes > highWaterBytes;
    if (isHigh === this.#isHigh) return;
    this.#isHigh = isHigh;
    this.#handlePressure(isHigh);
  }
}

function openForAppend(file: string): number {
  try {
    return openSync(file, 'a', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(dirname(file), { recursive: true });
    return openSync(file, 'a', 0o600);
  }
}
