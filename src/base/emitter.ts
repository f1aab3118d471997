import { toDisposable, type Disposable } from './disposable.ts';

/** Subscribe to what happens; dispose the answer to stop listening. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** The sending half of an {@link Event}. Listeners run in order of subscription; one that throws stops no other, its error is rethrown asynchronously. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => void>();

  readonly event: Event<T> = (listener) => {
    const own = (value: T): void => listener(value);
    this.#listeners.add(own);
    return toDisposable(() => this.#listeners.delete(own));
  };

  /** False when making a value to fire would be work for nobody. */
  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  fire(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
