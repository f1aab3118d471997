import type { Clock } from '../../../base/clock.ts';
import { toDisposable, type Disposable } from '../../../base/disposable.ts';
import type { InputOwner } from '../../model/terminal.ts';

/** So long after the last key of a person the orchestrator's input goes on. */
export const personSilenceMs = 10_000;

interface HeldInput {
  readonly data: string;
  readonly settle: (isWritten: boolean) => void;
}

/** What the control needs of its terminal. */
export interface InputControlParts {
  readonly clock: Clock;
  readonly write: (data: string) => void;
  readonly handleChange: (owner: InputOwner) => void;
}

/**
 * Who may type. A person takes over with the first key; the orchestrator's input then waits, in order, until the person has left or was silent
 * for {@link personSilenceMs}.
 */
export class InputControl implements Disposable {
  readonly #parts: InputControlParts;
  #owner: InputOwner = 'orchestrator';
  #isDisposed = false;
  #held: HeldInput[] = [];
  #silence: Disposable = toDisposable(() => undefined);

  constructor(parts: InputControlParts) {
    this.#parts = parts;
  }

  get owner(): InputOwner {
    return this.#owner;
  }

  writePerson(data: string): void {
    if (this.#isDisposed) return;
    this.#silence.dispose();
    this.#silence = this.#parts.clock.after(personSilenceMs, () => this.release());
    this.#change('person');
    this.#parts.write(data);
  }

  /** What a terminal sends without anybody typing. */
  writeUnowned(data: string): void {
    this.#parts.write(data);
  }

  /** Resolves when the data have been written; false when the terminal ended first. */
  writeOrchestrator(data: string): Promise<boolean> {
    if (this.#isDisposed) return Promise.resolve(false);
    if (this.#owner === 'person') return new Promise((settle) => this.#held.push({ data, settle }));
    this.#parts.write(data);
    return Promise.resolve(true);
  }

  /** The person has left or fallen silent. */
  release(): void {
    if (this.#isDisposed) return;
    this.#silence.dispose();
    this.#change('orchestrator');
    const held = this.#held;
    this.#held = [];
    for (const { data, settle } of held) {
      this.#parts.write(data);
      settle(true);
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#silence.dispose();
    for (const { settle } of this.#held) settle(false);
    this.#held = [];
  }

  #change(owner: InputOwner): void {
    if (owner === this.#owner) return;
    this.#owner = owner;
    this.#parts.handleChange(owner);
  }
}
