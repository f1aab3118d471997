import { crc32 } from 'node:zlib';
import { fail, ok, type Result } from '../../base/result.ts';
import { finishedLines } from './read-lines.ts';

/** What a journal keeps: any JSON object with a type; its meaning is not the journal's business. */
export interface JournalEvent {
  readonly type: string;
}

/** One fact with its place in the run. */
export interface JournalEntry<E extends JournalEvent> {
  /** Counts from 1 without a gap. */
  readonly seq: number;
  /** Milliseconds of run time, as the writer counts them. */
  readonly t: number;
  /** Wall clock, RFC 3339; shown, never compared. */
  readonly at: string;
  /** Lease epoch of the writer. */
  readonly epoch: number;
  readonly event: E;
}

/** A line that cannot be trusted, with lines behind it. */
export interface JournalDamage {
  readonly reason: 'damaged';
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  /** Where the line begins; everything before is intact. */
  readonly byteOffset: number;
  /** English: what is wrong and the way out. */
  readonly message: string;
}

/** Where reading may go on: behind a good line. */
export interface JournalPosition {
  /** Good lines so far. */
  readonly lines: number;
  readonly byteOffset: number;
  readonly seq: number;
  readonly epoch: number;
}

/** The position before the first line. */
export const journalStart: JournalPosition = { lines: 0, byteOffset: 0, seq: 0, epoch: 0 };

/** What a stretch of a journal holds. */
export interface ParsedJournal<E extends JournalEvent> {
  readonly entries: readonly JournalEntry<E>[];
  /** Behind the last good line. */
  readonly end: JournalPosition;
  /** Bytes behind `end`: a line that was never finished. */
  readonly tornBytes: number;
  /** Lines that an overtaken writer left behind and that the newer one had not read; they count for nothing. */
  readonly supersededLines: number;
  /** A line overrules entries from before the start of this stretch: read again from the beginning. */
  readonly overrulesEarlier: boolean;
}

/** An entry as its line, newline included. The checksum covers the bytes before it and the closing brace. */
export function encodeJournalLine<E extends JournalEvent>(
  entry: JournalEntry<E>,
): { line: string; entry: JournalEntry<E> } {
  const { seq, t, at, epoch, event } = entry;
  const text = JSON.stringify({ seq, t, at, epoch, event });
  const sum = crc32(text).toString(16).padStart(8, '0');
  return { line: `${text.slice(0, -1)},"sum":"${sum}"}\n`, entry: JSON.parse(text) as JournalEntry<E> };
}

/**
 * Reads lines from `start` on. An unfinished or broken last line is left out and counted in `tornBytes`; a broken line
 * with others behind it, or a gap in `seq`, is damage.
 */
export function parseJournal<E extends JournalEvent>(
  file: string,
  bytes: Buffer,
  start: JournalPosition = journalStart,
): Result<ParsedJournal<E>, JournalDamage> {
  const folder = new LineFolder<E>(file, start);
  for (const { line, isLast } of finishedLines(bytes)) {
    const damage = folder.take(line, isLast);
    if (damage !== undefined) return fail(damage);
  }
  return ok(folder.result(start.byteOffset + bytes.length));
}

class LineFolder<E extends JournalEvent> {
  readonly #file: string;
  readonly #startSeq: number;
  readonly #entries: JournalEntry<E>[] = [];
  #end: JournalPosition;
  #superseded = 0;
  #overrulesEarlier = false;

  constructor(file: string, start: JournalPosition) {
    this.#file = file;
    this.#startSeq = start.seq;
    this.#end = start;
  }

  take(line: Buffer, isLast: boolean): JournalDamage | undefined {
    const entry = decodeLine<E>(line);
    if (entry === undefined) return isLast ? undefined : this.#damage('is damaged (its checksum does not match)');
    const wrongSeq = this.#place(entry);
    if (wrongSeq !== undefined) return this.#damage(wrongSeq);
    const { lines, byteOffset } = this.#end;
    this.#end = { ...this.#end, lines: lines + 1, byteOffset: byteOffset + line.length + 1 };
    return undefined;
  }

  result(endOfBytes: number): ParsedJournal<E> {
    return {
      entries: this.#entries,
      end: this.#end,
      tornBytes: endOfBytes - this.#end.byteOffset,
      supersededLines: this.#superseded,
      overrulesEarlier: this.#overrulesEarlier,
    };
  }

  /**
   * A writer that lost its lease may still land a line, before or after the first line of its successor. The successor
   * never read it, so from its first `seq` on the newer epoch alone counts.
   */
  #place(entry: JournalEntry<E>): string | undefined {
    if (entry.epoch < this.#end.epoch) {
      this.#superseded += 1;
      return undefined;
    }
    if (entry.seq > this.#end.seq + 1) return `has seq ${entry.seq} where ${this.#end.seq + 1} was due`;
    if (entry.seq <= this.#end.seq) {
      if (entry.epoch === this.#end.epoch) return `repeats seq ${entry.seq}`;
      this.#overrule(this.#end.seq + 1 - entry.seq);
    }
    this.#entries.push(entry);
    this.#end = { ...this.#end, seq: entry.seq, epoch: entry.epoch };
    return undefined;
  }

  #overrule(count: number): void {
    this.#superseded += count;
    if (count > this.#entries.length) this.#overrulesEarlier = this.#startSeq > 0;
    this.#entries.length = Math.max(0, this.#entries.length - count);
  }

  #damage(what: string): JournalDamage {
    const { lines, byteOffset } = this.#end;
    const line = lines + 1;
    const message =
      `${this.#file}: line ${line} (from byte ${byteOffset}) ${what}. The ${lines} lines before it are intact. ` +
      `Restore the file from a backup; or keep a copy of it, cut it to ${byteOffset} bytes ` +
      `(truncate -s ${byteOffset}) and resume from there; or start a new run.`;
    return { reason: 'damaged', file: this.#file, line, byteOffset, message };
  }
}

/** `,"sum":"` + 8 digits + `"}`. */
const sumLength = 18;

function decodeLine<E extends JournalEvent>(line: Buffer): JournalEntry<E> | undefined {
  const body = line.subarray(0, -sumLength);
  const tail = /^,"sum":"([0-9a-f]{8})"\}$/.exec(line.toString('latin1', body.length));
  if (tail?.[1] === undefined || crc32('}', crc32(body)) !== Number.parseInt(tail[1], 16)) return undefined;
  try {
    const value: unknown = JSON.parse(`${body.toString()}}`);
    return isEntry<E>(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEntry<E extends JournalEvent>(value: unknown): value is JournalEntry<E> {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Partial<Record<keyof JournalEntry<E>, unknown>>;
  const { event } = entry;
  return (
    Number.isSafeInteger(entry.seq) &&
    Number.isSafeInteger(entry.epoch) &&
    typeof entry.t === 'number' &&
    typeof entry.at === 'string' &&
    typeof event === 'object' &&
    event !== null &&
    typeof (event as Partial<JournalEvent>).type === 'string'
  );
}
