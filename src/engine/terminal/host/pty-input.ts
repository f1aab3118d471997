import { writeSync } from 'node:fs';
import type { IPty } from 'node-pty';
import type { Disposable } from '../../../base/disposable.ts';
import { isUnixPty } from './load-node-pty.ts';

const firstDelayMs = 2;
const longestDelayMs = 50;

/** Writes input in order. node-pty's own queue spins at full speed while a program does not read; this one waits. */
export class PtyInput implements Disposable {
  readonly #pty: IPty;
  #queue: Buffer[] = [];
  #timer: NodeJS.Timeout | undefined;
  #delayMs = firstDelayMs;
  #isDisposed = false;

  constructor(pty: IPty) {
    this.#pty = pty;
  }

  write(bytes: Buffer): void {
    if (this.#isDisposed || bytes.length === 0) return;
    if (!isUnixPty(this.#pty)) return this.#pty.write(bytes);
    this.#queue.push(bytes);
    if (this.#timer === undefined) this.#flush(this.#pty.fd);
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    this.#queue = [];
  }

  #flush(descriptor: number): void {
    this.#timer = undefined;
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      try {
        const rest = next.subarray(writeSync(descriptor, next));
        this.#delayMs = firstDelayMs;
        if (rest.length > 0) this.#queue[0] = rest;
        else this.#queue.shift();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return this.#later(descriptor);
        this.#queue = []; // the terminal is gone; its end is told by itself
      }
    }
  }

  #later(descriptor: number): void {
    this.#timer = setTimeout(() => this.#flush(descriptor), this.#delayMs);
    this.#delayMs = Math.min(longestDelayMs, this.#delayMs * 2);
  }
}
