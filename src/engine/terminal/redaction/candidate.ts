import type { TokenRule } from './secret-rules.ts';
import { byteClass } from './secret-automaton.ts';

/**
 * What one more visible byte means for a possible secret:
 * `keep` watching; `hide` from its start through this byte and go on; `hide-before` this byte and end; `hide-end` through this byte and end; `drop` it.
 */
export type Verdict = 'keep' | 'hide' | 'hide-before' | 'hide-end' | 'drop';

/** A place where a secret may have begun, watched byte by byte until it is certain. */
export interface Candidate {
  /** Stream offset of its first byte to hide, -1 while everything so far may be shown. */
  start: number;
  /** It is certain: its bytes are hidden as they come. */
  accepted: boolean;
  step(byte: number, offset: number): Verdict;
  /** Whether what was read so far is to be hidden when nothing more comes. */
  hidesAtEnd(): boolean;
  /** Whether a held part may be shown after a while, since it looks harmless. */
  mayShowLate(): boolean;
}

const digit = byteClass(/[0-9]/);
const dot = 0x2e;

/** A token after its prefix. */
export class TokenCandidate implements Candidate {
  start: number;
  accepted = false;
  readonly #rule: TokenRule;
  readonly #body: Uint8Array;
  #count = 0;
  #digit = false;
  #dot = false;

  constructor(rule: TokenRule, body: Uint8Array, start: number) {
    this.#rule = rule;
    this.#body = body;
    this.start = rule.shownPrefix === true ? -1 : start;
  }

  step(byte: number, offset: number): Verdict {
    if (this.#body[byte] !== 1) return 'drop';
    if (this.start < 0) this.start = offset;
    this.#count++;
    if (digit[byte] === 1) this.#digit = true;
    if (byte === dot) this.#dot = true;
    if (!this.accepted) this.accepted = this.#isComplete();
    if (!this.accepted) return 'keep';
    return this.#count === this.#rule.max ? 'hide-end' : 'hide';
  }

  #isComplete(): boolean {
    const { min, needsDigit, needsDot } = this.#rule;
    return this.#count >= min && (needsDigit !== true || this.#digit) && (needsDot !== true || this.#dot);
  }

  hidesAtEnd(): boolean {
    return this.#count >= Math.min(12, this.#rule.min) && (this.#rule.needsDigit !== true || this.#digit);
  }

  mayShowLate(): boolean {
    return false;
  }
}

const quote = byteClass(/["'`]/);
const noValue = byteClass(/[\x00-\x1f$<{[(%*=>:&|,;)\]}/\\]/);
const valueEnd = byteClass(/[\x00-\x20"'`,;&|<>)\]}]/);
const space = 0x20;
const backslash = 0x5c;
const equals = 0x3d;
const openParenthesis = 0x28;
const minValue = 6;
const maxValue = 512;

/** The value after `password=`, `"token": "` and the like; the name has been recognised. */
export class ValueCandidate implements Candidate {
  start = -1;
  accepted = false;
  readonly #separator: number;
  #quote = 0;
  #spaces = 0;
  #count = 0;
  #digit = false;

  constructor(separator: number) {
    this.#separator = separator;
  }

  step(byte: number, offset: number): Verdict {
    return this.#count === 0 ? this.#begin(byte, offset) : this.#go(byte);
  }

  #begin(byte: number, offset: number): Verdict {
    if (byte === space && this.#quote === 0 && this.#spaces < 2) {
      this.#spaces++;
      return 'keep';
    }
    if (quote[byte] === 1 && this.#quote === 0) {
      this.#quote = byte;
      return 'keep';
    }
    if (byte === backslash && this.#quote === 0) return 'keep';
    if (noValue[byte] === 1 || byte === space) return 'drop';
    this.start = offset;
    return this.#go(byte);
  }

  #go(byte: number): Verdict {
    if (this.accepted) return valueEnd[byte] === 1 ? 'drop' : 'hide';
    if (this.#quote === 0 && byte === openParenthesis) return 'drop';
    if (this.#quote !== 0 ? this.#endsQuoted(byte) : valueEnd[byte] === 1) {
      return (this.#quote === 0 || byte !== space) && this.hidesAtEnd() ? 'hide-before' : 'drop';
    }
    this.#count++;
    if (digit[byte] === 1) this.#digit = true;
    if (this.#count < maxValue) return 'keep';
    this.accepted = true;
    return 'hide';
  }

  #endsQuoted(byte: number): boolean {
    return byte === this.#quote || byte === backslash || byte <= space;
  }

  hidesAtEnd(): boolean {
    const plainAssignment = this.#separator === equals && this.#spaces === 0;
    return this.#count >= minValue && (this.#quote !== 0 || plainAssignment || this.#digit);
  }

  mayShowLate(): boolean {
    return false;
  }
}

const urlStop = byteClass(/[\x00-\x20/?#"'<>\\`]/);
const colon = 0x3a;
const at = 0x40;

/** The password of `scheme://user:password@host`, after `://`. */
export class UrlCandidate implements Candidate {
  start = -1;
  accepted = false;
  #inPassword = false;
  #count = 0;
  #onlyDigits = true;

  step(byte: number, offset: number): Verdict {
    if (urlStop[byte] === 1) return 'drop';
    if (!this.#inPassword) {
      if (byte === at || ++this.#count > 64) return 'drop';
      if (byte === colon) {
        this.#inPassword = true;
        this.#count = 0;
      }
      return 'keep';
    }
    if (byte === at) return this.#count > 0 ? 'hide-before' : 'drop';
    if (this.start < 0) this.start = offset;
    if (digit[byte] !== 1) this.#onlyDigits = false;
    return ++this.#count > maxValue ? 'drop' : 'keep';
  }

  hidesAtEnd(): boolean {
    return this.#inPassword && this.#count >= minValue && !this.#onlyDigits;
  }

  /** Up to five digits are a port. */
  mayShowLate(): boolean {
    return this.#onlyDigits && this.#count <= 5;
  }
}

const base64 = byteClass(/[A-Za-z0-9+/=]/);
const pemLabel = byteClass(/[A-Z0-9 ]/);
const pemHeader = byteClass(/[:,\\"\r\n-]/);
const dash = 0x2d;
const dashes = 5;

/** A private key in PEM form, after `-----BEGIN `: the label is shown, everything up to the closing line is hidden. */
export class PemCandidate implements Candidate {
  start = -1;
  accepted = false;
  #label = '';
  #dashes = 0;
  #phase: 'label' | 'body' | 'closing' = 'label';
  #previous = 0;
  #count = 0;

  step(byte: number, offset: number): Verdict {
    this.#dashes = byte === dash ? this.#dashes + 1 : 0;
    if (this.#phase === 'label') return this.#readLabel(byte);
    return this.#readBody(byte, offset);
  }

  #readLabel(byte: number): Verdict {
    if (byte !== dash) {
      this.#label += String.fromCharCode(byte);
      return pemLabel[byte] === 1 && this.#label.length <= 40 ? 'keep' : 'drop';
    }
    if (!/PRIVATE KEY(?: BLOCK)?$/.test(this.#label)) return 'drop';
    if (this.#dashes === dashes) {
      this.#phase = 'body';
      this.#dashes = 0;
    }
    return 'keep';
  }

  #readBody(byte: number, offset: number): Verdict {
    const previous = this.#previous;
    this.#previous = byte;
    const known =
      base64[byte] === 1 ||
      pemHeader[byte] === 1 ||
      (byte === space && (previous === colon || this.#phase === 'closing'));
    if (!known || ++this.#count > 65_536) return 'drop';
    if (byte === 0x0a || byte === 0x0d) return 'keep';
    if (this.start < 0) this.start = offset;
    this.accepted = true;
    if (this.#dashes < dashes) return 'hide';
    this.#dashes = 0;
    if (this.#phase === 'closing') return 'hide-end';
    this.#phase = 'closing';
    return 'hide';
  }

  hidesAtEnd(): boolean {
    return this.accepted;
  }

  mayShowLate(): boolean {
    return true;
  }
}
