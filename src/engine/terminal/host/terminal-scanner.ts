import { sequenceEnd } from '../redaction/escape-sequence.ts';
import { redactionMark } from '../redaction/held-output.ts';
import type { TextRedactor } from '../redaction/redact-text.ts';
import { readTerminalMessage, type TerminalMessage } from './terminal-queries.ts';

const empty = Buffer.alloc(0);
const escape = 0x1b;
/** An escape sequence that grows longer (an image, say) is passed on in parts. */
const maxSequenceBytes = 65_536;

/** One step of output: for the transcript, and for screens, whose queries are the host's to answer. */
export interface ScannedOutput {
  readonly kept: Buffer;
  readonly live: Buffer;
}

/** Who gets what a scanner finds, in the order of the stream. */
export interface TerminalScannerParts {
  readonly handleOutput: (output: ScannedOutput) => void;
  readonly handleMessage: (message: TerminalMessage) => void;
  /** For what is encoded inside a sequence. */
  readonly redact: TextRedactor;
}

/** Finds what a program asks and tells its terminal, in redacted output. Cuts chunks so that no escape sequence and no UTF-8 character is torn. */
export class TerminalScanner {
  readonly #handleOutput: (output: ScannedOutput) => void;
  readonly #handleMessage: (message: TerminalMessage) => void;
  readonly #redact: TextRedactor;
  #carry: Buffer = empty;
  #kept: Buffer[] = [];
  #live: Buffer[] = [];

  constructor(parts: TerminalScannerParts) {
    this.#handleOutput = parts.handleOutput;
    this.#handleMessage = parts.handleMessage;
    this.#redact = parts.redact;
  }

  scan(chunk: Buffer): void {
    const bytes = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    this.#carry = empty;
    let shown = 0;
    for (let at = bytes.indexOf(escape); at >= 0;) {
      const end = sequenceEnd(bytes, at);
      if (end < 0) {
        if (bytes.length - at < maxSequenceBytes) this.#carry = Buffer.from(bytes.subarray(at));
        break;
      }
      const message = readTerminalMessage(bytes, at, end);
      if (message !== undefined && message.type !== 'title') {
        this.#pass(bytes.subarray(shown, at));
        this.#cut(message, bytes.subarray(at, end));
        shown = end;
      }
      if (message !== undefined) this.#tell(message);
      at = nextEscape(bytes, end);
    }
    this.#passWhole(bytes, shown);
    this.#deliver();
  }

  /** What was waiting for its rest. */
  end(): void {
    this.#pass(this.#carry);
    this.#carry = empty;
    this.#deliver();
  }

  #passWhole(bytes: Buffer, from: number): void {
    let to = bytes.length - this.#carry.length;
    if (this.#carry.length === 0) {
      to -= tornCharacter(bytes);
      this.#carry = to < bytes.length ? Buffer.from(bytes.subarray(to)) : empty;
    }
    this.#pass(bytes.subarray(from, Math.max(from, to)));
  }

  #pass(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#kept.push(bytes);
    this.#live.push(bytes);
  }

  /** Queries stay in the transcript and go to no screen; the message inside a status is redacted in its encoding. */
  #cut(message: TerminalMessage, sequence: Buffer): void {
    if (message.type === 'query') this.#kept.push(sequence);
    if (message.type !== 'status') return;
    const { encodedMessage } = message;
    const safe = this.#redact(message.status.message ?? '');
    const isClean = safe === message.status.message && encodedMessage?.includes(redactionMark) !== true;
    if (encodedMessage === undefined || isClean) return this.#pass(sequence);
    this.#pass(
      Buffer.from(sequence.toString('latin1').replace(encodedMessage, Buffer.from(safe).toString('base64')), 'latin1'),
    );
  }

  #tell(message: TerminalMessage): void {
    // The answer depends on the screen, which must have what came before.
    if (message.type === 'query' && message.ask !== undefined) this.#deliver();
    if (message.type !== 'status' || message.status.message === undefined) return this.#handleMessage(message);
    const status = { ...message.status, message: this.#redact(message.status.message) };
    this.#handleMessage({ type: 'status', status });
  }

  #deliver(): void {
    if (this.#kept.length === 0) return;
    const output = { kept: join(this.#kept), live: join(this.#live) };
    this.#kept = [];
    this.#live = [];
    this.#handleOutput(output);
  }
}

function join(parts: readonly Buffer[]): Buffer {
  return parts.length === 1 ? (parts[0] ?? empty) : Buffer.concat(parts);
}

function nextEscape(bytes: Buffer, from: number): number {
  for (let index = from; index < bytes.length; index++) if (bytes[index] === escape) return index;
  return -1;
}

/** Bytes at the end that begin a UTF-8 character whose rest has not come; 0 to 3. */
function tornCharacter(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}
