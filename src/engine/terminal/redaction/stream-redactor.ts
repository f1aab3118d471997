import { LinePatterns } from './line-patterns.ts';
import { Redactor } from './redactor.ts';
import type { SecretAutomaton } from './secret-automaton.ts';

/** Both stages of redaction over one stream: known values and shapes, then the user's patterns. */
export class StreamRedactor {
  readonly #redactor: Redactor;
  readonly #lines: LinePatterns;

  constructor(automaton: SecretAutomaton, patterns: readonly string[], columns: number) {
    this.#redactor = new Redactor(automaton, columns);
    this.#lines = new LinePatterns(patterns);
  }

  /** Secrets hidden so far. */
  get redactions(): number {
    return this.#redactor.redactions + this.#lines.redactions;
  }

  get isHolding(): boolean {
    return this.#redactor.isHolding || this.#lines.isHolding;
  }

  setColumns(columns: number): void {
    this.#redactor.setColumns(columns);
  }

  /** Takes a chunk; answers the bytes that are certain. */
  push(chunk: Buffer): Buffer {
    return this.#lines.push(this.#redactor.push(chunk));
  }

  /** Nothing came for a moment: lets a prompt through. */
  flush(): Buffer {
    return Buffer.concat([this.#lines.push(this.#redactor.flush()), this.#lines.flush()]);
  }

  /** The last bytes of the stream. */
  end(): Buffer {
    return Buffer.concat([this.#lines.push(this.#redactor.end()), this.#lines.end()]);
  }
}
