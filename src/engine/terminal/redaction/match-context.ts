import { PemCandidate, TokenCandidate, UrlCandidate, ValueCandidate, type Candidate } from './candidate.ts';
import { byteClass, type Pattern, type SecretAutomaton } from './secret-automaton.ts';
import { secretName, secretNameReach } from './secret-rules.ts';

/** Hides a stretch of the stream, both ends included; `continues` when its beginning was hidden before. */
export type Hide = (start: number, last: number, continues: boolean) => void;

/** Look-back kept for the last visible bytes; longer than any prefix or literal piece. A power of two. */
const reach = 128;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const equals = 0x3d;
const colon = 0x3a;
const backslash = 0x5c;
/** From so many matched bytes on a beginning is held until it is decided, even over a line break. */
const firmHold = 4;

/** Bytes that need more than a look-up: line breaks, and what separates a name from its value. */
const special = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === carriageReturn || byte === lineFeed || byte === equals || byte === colon ? 1 : 0,
);

/** Last bytes of names of secrets, and what may close such a name. */
const nameEnd = byteClass(/[dDeEtTnNyYsSlL"'`\] ]/);

/** Where the search for secrets stands in one run of visible text: the terminal's own, or that inside one control string. */
export class MatchContext {
  /** Of the automaton. */
  state = 0;
  /** Whether the next byte needs {@link step}. */
  isBusy = false;
  readonly #automaton: SecretAutomaton;
  readonly #hide: Hide;
  readonly #bytes = Buffer.alloc(reach);
  readonly #offsets = new Float64Array(reach);
  #visible = 0;
  #lineStart = 0;
  #inBreak = false;
  #breaks = 0;
  #isWrapped = false;
  #candidates: Candidate[] = [];

  constructor(automaton: SecretAutomaton, hide: Hide) {
    this.#automaton = automaton;
    this.#hide = hide;
  }

  /** Terminal columns, to tell a wrapped line from an ended one; 0 for unknown. */
  columns = 0;

  /** Stream offset of the first byte that may not be shown yet; infinity if all may. */
  holdStart(onlyFirm = false): number {
    let start = Number.POSITIVE_INFINITY;
    for (const candidate of this.#candidates) {
      if (candidate.accepted || candidate.start < 0 || (onlyFirm && candidate.mayShowLate())) continue;
      start = Math.min(start, candidate.start);
    }
    const depth = this.#automaton.hold[this.state] ?? 0;
    if (depth > (onlyFirm ? firmHold - 1 : 0)) start = Math.min(start, this.#offsetBack(depth));
    return start;
  }

  /** Reads bytes from `from` up to the first escape (or, in a control string, its end); answers the index where it stopped. */
  read(bytes: Buffer, from: number, base: number, stops: Uint8Array): number {
    const { next, hit } = this.#automaton;
    const ring = this.#bytes;
    const offsets = this.#offsets;
    let state = this.state;
    let visible = this.#visible;
    let index = from;
    for (; index < bytes.length; index++) {
      const byte = bytes[index] as number;
      if (stops[byte] === 1) break;
      if (special[byte] === 1 || this.isBusy) {
        this.state = state;
        this.#visible = visible;
        this.#step(byte, base + index);
        state = this.state;
        visible = this.#visible;
        continue;
      }
      const slot = visible++ & (reach - 1);
      ring[slot] = byte;
      offsets[slot] = base + index;
      state = next[(state << 8) | byte] as number;
      if (hit[state] === 1) {
        this.state = state;
        this.#visible = visible;
        this.#handleHits(base + index);
      }
    }
    this.state = state;
    this.#visible = visible;
    return index;
  }

  /** The stream has ended: hides what is long enough to be a secret cut short. */
  end(): void {
    const last = this.#offsetBack(1);
    for (const candidate of this.#candidates) {
      if (candidate.start >= 0 && candidate.hidesAtEnd()) this.#hide(candidate.start, last, candidate.accepted);
    }
    const depth = this.#automaton.hold[this.state] ?? 0;
    if (depth >= 2 * firmHold) this.#hide(this.#offsetBack(depth), last, false);
    this.reset();
  }

  /** Too much is held: what is undecided is taken for a secret. */
  force(): void {
    const last = this.#offsetBack(1);
    for (const candidate of this.#candidates) {
      if (candidate.accepted || candidate.start < 0) continue;
      this.#hide(candidate.start, last, false);
      candidate.accepted = true;
    }
    const depth = this.#automaton.hold[this.state] ?? 0;
    if (depth >= firmHold) this.#hide(this.#offsetBack(depth), last, false);
    this.state = 0;
  }

  /** Forgets what was read, as at the beginning of another text. */
  reset(): void {
    this.state = 0;
    this.#bytes[this.#visible++ & (reach - 1)] = 0;
    this.#candidates = [];
    this.#inBreak = false;
    this.isBusy = false;
  }

  #step(byte: number, offset: number): void {
    if (byte === carriageReturn || byte === lineFeed) this.#stepBreak(byte, offset);
    else {
      this.#inBreak = false;
      this.#breaks = 0;
      this.#stepCandidates(byte, offset);
      this.#advance(byte, offset);
      if ((byte === equals || byte === colon) && this.#followsSecretName()) {
        this.#candidates.push(new ValueCandidate(byte));
      }
    }
    this.isBusy = this.#inBreak || this.#candidates.length > 0;
  }

  /** A break at the last column is the terminal's width, not the text's end: a secret goes on behind it. */
  #stepBreak(byte: number, offset: number): void {
    if (!this.#inBreak) this.#isWrapped = this.columns > 0 && this.#visible - this.#lineStart >= this.columns;
    this.#inBreak = true;
    if (byte === lineFeed) this.#breaks++;
    if (!this.#isWrapped) this.#stepCandidates(byte, offset);
    const held = this.#automaton.hold[this.state] ?? 0;
    const skips = this.#breaks < 2 && (this.#isWrapped || held >= firmHold);
    if (!skips) this.#advance(byte, offset);
    this.#lineStart = this.#visible;
  }

  #advance(byte: number, offset: number): void {
    const slot = this.#visible++ & (reach - 1);
    this.#bytes[slot] = byte;
    this.#offsets[slot] = offset;
    this.state = this.#automaton.next[(this.state << 8) | byte] ?? 0;
    if (this.#automaton.hit[this.state] === 1) this.#handleHits(offset);
  }

  #stepCandidates(byte: number, offset: number): void {
    if (this.#candidates.length === 0) return;
    let ended = false;
    for (const candidate of this.#candidates) {
      const wasAccepted = candidate.accepted;
      const verdict = candidate.step(byte, offset);
      if (verdict === 'hide' || verdict === 'hide-end') this.#hide(candidate.start, offset, wasAccepted);
      else if (verdict === 'hide-before') this.#hide(candidate.start, this.#offsetBack(1), wasAccepted);
      if (verdict === 'keep' || verdict === 'hide') continue;
      ended = true;
      candidate.start = -2;
    }
    if (ended) this.#candidates = this.#candidates.filter((candidate) => candidate.start !== -2);
  }

  #handleHits(offset: number): void {
    for (const pattern of this.#automaton.hits.get(this.state) ?? []) this.#handleHit(pattern, offset);
    this.isBusy = this.isBusy || this.#candidates.length > 0;
  }

  #handleHit(pattern: Pattern, offset: number): void {
    const start = this.#offsetBack(pattern.length);
    switch (pattern.kind) {
      case 'literal':
        this.#hide(start, offset, false);
        break;
      case 'token':
        if (pattern.rule.wordStart === true && this.#continuesWord(pattern.length)) break;
        this.#candidates.push(new TokenCandidate(pattern.rule, pattern.body, start));
        break;
      case 'pem':
        this.#candidates.push(new PemCandidate());
        break;
      case 'url':
        this.#candidates.push(new UrlCandidate());
        break;
    }
  }

  /** Whether a word runs into the last `length` bytes; the letter of an escape such as `\n` begins none. */
  #continuesWord(length: number): boolean {
    if (this.#visible <= length) return false;
    const before = this.#byteBack(length + 1);
    if (!/[A-Za-z0-9_-]/.test(String.fromCharCode(before))) return false;
    return !(
      this.#visible > length + 1 &&
      this.#byteBack(length + 2) === backslash &&
      /[nrt]/.test(String.fromCharCode(before))
    );
  }

  /** Whether the name of a secret stands before the byte just read. */
  #followsSecretName(): boolean {
    if (nameEnd[this.#byteBack(2)] !== 1) return false;
    const to = (this.#visible - 1) & (reach - 1);
    const from = to - Math.min(this.#visible - 1, secretNameReach);
    const text = this.#bytes.toString('latin1', Math.max(0, from), to);
    return secretName.test(from < 0 ? this.#bytes.toString('latin1', reach + from) + text : text);
  }

  #byteBack(count: number): number {
    return this.#bytes[(this.#visible - count) & (reach - 1)] ?? 0;
  }

  #offsetBack(count: number): number {
    return this.#offsets[(this.#visible - count) & (reach - 1)] ?? 0;
  }
}
