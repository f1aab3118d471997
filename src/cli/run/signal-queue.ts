import { Deferred } from '../../base/deferred.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/emitter.ts';
import type { EndSignal, ProcessSignals } from '../world.ts';

/** A reason to end that comes from outside: a signal, or the reader of the output that went away. */
export type EndCause = EndSignal | 'broken_pipe';

/** Keeps what comes while nobody waits for it, so that a second Ctrl-C right after the first is not lost. */
export class SignalQueue implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #waiting: EndCause[] = [];
  #next: Deferred<EndCause> | undefined;

  constructor(signals: ProcessSignals, onBroken: Event<void>) {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      this.#owned.add(signals.on(name, () => this.#push(name)));
    }
    this.#owned.add(onBroken(() => this.#push('broken_pipe')));
  }

  /** The oldest cause that was not taken yet. A promise that nobody uses any more takes nothing: asking again answers with the same. */
  next(): Promise<EndCause> {
    this.#next ??= new Deferred();
    this.#settle();
    return this.#next.promise;
  }

  /** Goes on to the cause after the one that `next` answered. */
  advance(): void {
    this.#waiting.shift();
    this.#next = undefined;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #push(cause: EndCause): void {
    this.#waiting.push(cause);
    this.#settle();
  }

  #settle(): void {
    const [first] = this.#waiting;
    if (first !== undefined) this.#next?.resolve(first);
  }
}
