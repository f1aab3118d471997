import { sequenceEnd } from './escape-sequence.ts';

/** What stands in the place of a secret. */
export const redactionMark = '[redacted]';

const mark = Buffer.from(redactionMark);
const empty = Buffer.alloc(0);
const escape = 0x1b;
const isLineBreak = (byte: number | undefined): boolean => byte === 0x0a || byte === 0x0d;

/** The bytes that were read and not yet passed on; offsets count from the beginning of the stream. */
export class HeldOutput {
  #bytes: Buffer = empty;
  /** Stream offset of `#bytes[0]`. */
  #base = 0;
  /** Index into `#bytes` up to which everything was passed on or hidden. */
  #done = 0;
  #parts: Buffer[] = [];
  /** Stream offset after the last hidden byte. */
  #hiddenEnd = -1;
  #redactions = 0;

  get redactions(): number {
    return this.#redactions;
  }

  get heldBytes(): number {
    return this.#bytes.length - this.#done;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  get base(): number {
    return this.#base;
  }

  /** Takes a chunk in; answers the index in `bytes` of its first byte. */
  add(chunk: Buffer): number {
    const from = this.#bytes.length;
    this.#bytes = from === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    return from;
  }

  /** Passes on what stands before stream offset `limit`. */
  release(limit: number): void {
    const to = Math.min(this.#bytes.length, limit - this.#base);
    if (to <= this.#done) return;
    this.#parts.push(this.#bytes.subarray(this.#done, to));
    this.#done = to;
  }

  /** Hides from `start` through `last` what has not been passed on; escape sequences and line breaks in between stay. `continues` joins it to the mark before. */
  hide(start: number, last: number, continues: boolean): void {
    const joined = continues || start <= this.#hiddenEnd;
    this.release(start);
    const to = last + 1 - this.#base;
    if (to <= this.#done) return;
    if (!joined) {
      this.#parts.push(mark);
      this.#redactions++;
    }
    const kept = invisibleBytes(this.#bytes.subarray(this.#done, to));
    if (kept.length > 0) this.#parts.push(kept);
    this.#done = to;
    this.#hiddenEnd = last + 1;
  }

  /** The bytes that may go on; the rest stays held. */
  take(): Buffer {
    const parts = this.#parts;
    this.#parts = [];
    const rest = this.#bytes.subarray(this.#done);
    this.#base += this.#done;
    this.#done = 0;
    // A copy, so that a few held bytes do not keep a whole read buffer alive.
    this.#bytes = rest.length === 0 ? empty : Buffer.from(rest);
    return parts.length === 1 ? (parts[0] ?? empty) : Buffer.concat(parts);
  }
}

/** The escape sequences and line breaks of a stretch that begins outside any sequence. */
function invisibleBytes(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let index = 0; index < bytes.length;) {
    const byte = bytes[index];
    const end = byte === escape ? sequenceEnd(bytes, index) : index + 1;
    const to = end < 0 ? bytes.length : end;
    if (byte === escape || isLineBreak(byte)) parts.push(bytes.subarray(index, to));
    index = to;
  }
  return Buffer.concat(parts);
}
