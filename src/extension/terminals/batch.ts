import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';

/** Collects pieces of text and hands them on together, at most once in `intervalMs`. */
export class Batch implements Disposable {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #write: (text: string) => void;
  #pieces: string[] = [];
  #timer: Disposable | undefined;

  constructor(clock: Clock, intervalMs: number, write: (text: string) => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#write = write;
  }

  add(piece: string): void {
    this.#pieces.push(piece);
    this.#timer ??= this.#clock.after(this.#intervalMs, () => this.flush());
  }

  /** Hands on what is there now. */
  flush(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    if (this.#pieces.length === 0) return;
    const text = this.#pieces.join('');
    this.#pieces = [];
    this.#write(text);
  }

  /** Forgets what has not been handed on. */
  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#pieces = [];
  }
}
