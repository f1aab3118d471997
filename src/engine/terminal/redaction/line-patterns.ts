import { sequenceEnd } from './escape-sequence.ts';
import { redactionMark } from './held-output.ts';

const empty = Buffer.alloc(0);
const mark = Buffer.from(redactionMark, 'latin1');
const lineFeed = 0x0a;
const escape = 0x1b;
/** A longer line is judged as far as it has come. */
const maxLineBytes = 8192;

interface UserPattern {
  readonly expression: RegExp;
  /** Characters that every match begins with; may be empty. */
  readonly prefix: string;
}

/**
 * Hides what the user's own regular expressions match within a line of visible text (bytes as Latin-1). A line is judged when it is complete. A
 * part of one is let go by {@link flush} up to where a match may have begun; a pattern without a literal beginning cannot tell, so a match of it that
 * was cut by a pause shows its first part.
 */
export class LinePatterns {
  readonly #patterns: readonly UserPattern[];
  #line: Buffer = empty;
  /** Index into the line up to which it was passed on. */
  #shown = 0;
  #redactions = 0;

  /** Throws a SyntaxError for a pattern that is no regular expression. */
  constructor(patterns: readonly string[]) {
    this.#patterns = patterns.map((source) => ({ expression: new RegExp(source, 'g'), prefix: literalPrefix(source) }));
  }

  get redactions(): number {
    return this.#redactions;
  }

  get isHolding(): boolean {
    return this.#line.length > this.#shown;
  }

  push(chunk: Buffer): Buffer {
    if (this.#patterns.length === 0) return chunk;
    this.#line = Buffer.concat([this.#line, chunk]);
    const parts: Buffer[] = [];
    for (let end = this.#line.indexOf(lineFeed); end >= 0; end = this.#line.indexOf(lineFeed))
      parts.push(this.#finishLine(end + 1));
    if (this.#line.length > maxLineBytes) parts.push(this.#finishLine(this.#line.length));
    return Buffer.concat(parts);
  }

  flush(): Buffer {
    if (!this.isHolding) return empty;
    const { text, offsets } = visibleText(this.#line);
    const hidden = this.#matches(text);
    const from = this.#firstOpen(text, hidden);
    return this.#show(hidden, offsets, from === text.length ? this.#line.length : (offsets[from] ?? this.#line.length));
  }

  end(): Buffer {
    return this.#finishLine(this.#line.length);
  }

  #finishLine(end: number): Buffer {
    const rest = this.#line.subarray(end);
    this.#line = this.#line.subarray(0, end);
    const { text, offsets } = visibleText(this.#line);
    const out = this.#show(this.#matches(text), offsets, end);
    this.#line = rest;
    this.#shown = 0;
    return out;
  }

  #matches(text: string): [number, number][] {
    const found: [number, number][] = [];
    for (const { expression } of this.#patterns) {
      for (const match of text.matchAll(expression)) {
        if (match[0].length > 0) found.push([match.index, match.index + match[0].length]);
      }
    }
    found.sort((one, other) => one[0] - other[0]);
    const merged: [number, number][] = [];
    for (const range of found) {
      const last = merged.at(-1);
      if (last !== undefined && range[0] <= last[1]) last[1] = Math.max(last[1], range[1]);
      else merged.push(range);
    }
    return merged;
  }

  /** Index in the visible text from which a match may still begin or grow. */
  #firstOpen(text: string, hidden: readonly [number, number][]): number {
    let from = text.length;
    const last = hidden.at(-1);
    if (last !== undefined && last[1] === text.length) from = last[0];
    for (const { prefix } of this.#patterns) {
      if (prefix.length < 2) continue;
      for (let at = text.indexOf(prefix); at >= 0; at = text.indexOf(prefix, at + 1)) {
        if (!hidden.some(([start, end]) => start <= at && at < end)) from = Math.min(from, at);
      }
      for (let length = prefix.length - 1; length >= 2; length--) {
        if (text.endsWith(prefix.slice(0, length))) from = Math.min(from, text.length - length);
      }
    }
    return from;
  }

  /** Passes the line on up to `limit`, without what is hidden. */
  #show(hidden: readonly [number, number][], offsets: readonly number[], limit: number): Buffer {
    const parts: Buffer[] = [];
    for (const [start, end] of hidden) {
      const first = offsets[start] ?? 0;
      const last = (offsets[end - 1] ?? 0) + 1;
      if (last <= this.#shown || first >= limit) continue;
      if (first > this.#shown) parts.push(this.#line.subarray(this.#shown, first));
      parts.push(mark, sequencesIn(this.#line, Math.max(first, this.#shown), last));
      this.#redactions++;
      this.#shown = last;
    }
    if (limit > this.#shown) parts.push(this.#line.subarray(this.#shown, limit));
    this.#shown = Math.max(limit, this.#shown);
    return Buffer.concat(parts);
  }
}

/** The bytes outside escape sequences as Latin-1 text, with the offset of each. */
function visibleText(bytes: Buffer): { readonly text: string; readonly offsets: readonly number[] } {
  const offsets: number[] = [];
  let text = '';
  for (let index = 0; index < bytes.length;) {
    const byte = bytes[index] ?? 0;
    if (byte === escape) {
      index = endOrAll(bytes, index);
      continue;
    }
    text += String.fromCharCode(byte);
    offsets.push(index++);
  }
  return { text, offsets };
}

function endOrAll(bytes: Buffer, from: number): number {
  const end = sequenceEnd(bytes, from);
  return end < 0 ? bytes.length : end;
}

function sequencesIn(bytes: Buffer, from: number, to: number): Buffer {
  const parts: Buffer[] = [];
  for (let index = from; index < to;) {
    const end = bytes[index] === escape ? endOrAll(bytes, index) : index + 1;
    if (bytes[index] === escape) parts.push(bytes.subarray(index, Math.min(end, to)));
    index = end;
  }
  return Buffer.concat(parts);
}

/** The characters that a regular expression begins with for certain; empty when it offers a choice. */
function literalPrefix(source: string): string {
  const plain = /^(?:\\b)?((?:[A-Za-z0-9_ :=/-]|\\[-./_])*)/.exec(source)?.[1] ?? '';
  const rest = source.slice(source.indexOf(plain) + plain.length);
  if (source.includes('|')) return '';
  const text = plain.replaceAll('\\', '');
  return /^[*?{]/.test(rest) ? text.slice(0, -1) : text;
}
