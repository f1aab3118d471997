import { opensString } from './escape-sequence.ts';
import { HeldOutput } from './held-output.ts';
import { MatchContext } from './match-context.ts';
import type { SecretAutomaton } from './secret-automaton.ts';

/** More held bytes than this, and what is undecided is hidden as a whole. */
const maxHeldBytes = 8192;

const escape = 0x1b;
const stopsAtEscape = stopTable([escape]);
/** A control string ends at BEL or ESC; CAN and SUB break it off. */
const stopsAtStringEnd = stopTable([escape, 0x07, 0x18, 0x1a]);

/** Where the parser stands in an escape sequence; `string` is the content of an OSC, DCS, SOS, PM or APC. */
type Sequence = 'none' | 'escape' | 'intermediate' | 'csi' | 'string' | 'string-escape';

/**
 * Hides secrets in a stream of terminal output, whatever its chunks. Matching sees the visible bytes only, so colours inside a secret do
 * not save it; what is hidden becomes one `[redacted]`, and every escape sequence stays. Bytes that may be the beginning of a secret are held
 * back until it is decided. What was let go by {@link flush} still counts for the match, so that a late rest is hidden.
 */
export class Redactor {
  readonly #output = new HeldOutput();
  readonly #ground: MatchContext;
  readonly #string: MatchContext;
  #sequence: Sequence = 'none';
  #sequenceStart = 0;

  constructor(automaton: SecretAutomaton, columns = 0) {
    const output = this.#output;
    this.#ground = new MatchContext(automaton, (start, last, continues) =>
      output.hide(Math.min(start, this.#ground.holdStart()), last, continues),
    );
    this.#string = new MatchContext(automaton, (start, last, continues) => this.#hideInString(start, last, continues));
    this.#ground.columns = columns;
  }

  /** Secrets hidden so far. */
  get redactions(): number {
    return this.#output.redactions;
  }

  get isHolding(): boolean {
    return this.#output.heldBytes > 0;
  }

  /** The terminal's width has changed. */
  setColumns(columns: number): void {
    this.#ground.columns = columns;
  }

  /** Takes a chunk; answers the bytes that are certain. */
  push(chunk: Buffer): Buffer {
    const output = this.#output;
    let index = output.add(chunk);
    const bytes = output.bytes;
    const base = output.base;
    while (index < bytes.length) {
      if (this.#sequence === 'none') index = this.#ground.read(bytes, index, base, stopsAtEscape);
      else if (this.#sequence === 'string') index = this.#string.read(bytes, index, base, stopsAtStringEnd);
      if (index < bytes.length) this.#parse(bytes[index] ?? 0, base + index++);
    }
    return this.#settle(base + bytes.length);
  }

  /** Nothing came for a moment: lets go what is hardly the beginning of a secret, so that a prompt appears. */
  flush(): Buffer {
    this.#output.release(Math.min(this.#ground.holdStart(true), this.#string.holdStart(true)));
    return this.#output.take();
  }

  /** The last bytes; a secret cut short by the end is hidden if it is long enough to matter. */
  end(): Buffer {
    this.#ground.end();
    this.#string.end();
    this.#output.release(Number.POSITIVE_INFINITY);
    return this.#output.take();
  }

  #settle(end: number): Buffer {
    const output = this.#output;
    const hold = Math.min(this.#ground.holdStart(), this.#string.holdStart());
    if (end - hold > maxHeldBytes) {
      this.#ground.force();
      this.#string.force();
      output.release(end);
    } else output.release(hold);
    return output.take();
  }

  /** One byte at which text stopped, or inside a sequence. */
  #parse(byte: number, offset: number): void {
    switch (this.#sequence) {
      case 'none':
        this.#sequence = 'escape';
        this.#sequenceStart = offset;
        return;
      case 'escape':
        this.#parseKind(byte, offset);
        return;
      case 'intermediate':
        if (byte < 0x20 || byte > 0x2f) this.#endSequence(offset);
        return;
      case 'csi':
        if (byte === escape) this.#restart(offset);
        else if (byte >= 0x40) this.#endSequence(offset);
        return;
      case 'string':
        if (byte === escape) this.#sequence = 'string-escape';
        else this.#endSequence(offset);
        return;
      case 'string-escape':
        if (byte === 0x5c) this.#endSequence(offset);
        else {
          this.#restart(offset - 1);
          this.#parseKind(byte, offset);
        }
    }
  }

  #parseKind(byte: number, offset: number): void {
    if (byte === escape) this.#restart(offset);
    else if (byte === 0x5b) this.#sequence = 'csi';
    else if (opensString[byte] === 1) this.#sequence = 'string';
    else if (byte >= 0x20 && byte <= 0x2f) this.#sequence = 'intermediate';
    else this.#endSequence(offset);
  }

  /** A sequence was broken off by the next one. */
  #restart(offset: number): void {
    this.#endSequence(offset - 1);
    this.#sequence = 'escape';
    this.#sequenceStart = offset;
  }

  #endSequence(last: number): void {
    if (this.#sequence === 'string' || this.#sequence === 'string-escape') this.#string.end();
    this.#sequence = 'none';
    // A sequence of which a part was passed on is passed on whole, lest its rest be taken for text.
    if (this.#output.base + this.#output.bytes.length - this.#output.heldBytes > this.#sequenceStart)
      this.#output.release(last + 1);
  }

  /** Text that waits outside is hidden first, since what follows cannot be passed on before it. */
  #hideInString(start: number, last: number, continues: boolean): void {
    const from = Math.min(start, this.#string.holdStart());
    const waiting = this.#ground.holdStart();
    if (waiting < this.#sequenceStart) this.#output.hide(waiting, this.#sequenceStart - 1, false);
    this.#output.hide(from, last, continues);
  }
}

function stopTable(bytes: readonly number[]): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (bytes.includes(byte) ? 1 : 0));
}
