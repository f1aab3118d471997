import type { Disposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import type { TerminalExit, TerminalSnapshot } from '../model/terminal.ts';
import { flowControl } from './protocol.ts';

/** A terminal that a person looks at; disposing detaches and ends nothing. Output and exit wait for the first listener. */
export interface TerminalAttachment extends Disposable {
  readonly snapshot: TerminalSnapshot;
  readonly onData: Event<string>;
  readonly onExit: Event<TerminalExit>;
  /** Output came faster than it was taken: draw this screen anew and go on from it. */
  readonly onResync: Event<TerminalSnapshot>;
  /** What a person typed. */
  write(data: string): void;
  resize(columns: number, rows: number): void;
}

/** What an attachment needs of its client. */
export interface ClientAttachmentParts {
  readonly write: (data: string) => void;
  readonly resize: (columns: number, rows: number) => void;
  readonly acknowledge: (units: number) => void;
  readonly handleDisposed: (attachment: ClientAttachment) => void;
}

/** The client's side of {@link TerminalAttachment}. */
export class ClientAttachment implements TerminalAttachment {
  readonly snapshot: TerminalSnapshot;
  readonly #parts: ClientAttachmentParts;
  readonly #data = new WaitingEmitter<string>();
  readonly #exit = new WaitingEmitter<TerminalExit>();
  readonly #resync = new WaitingEmitter<TerminalSnapshot>();
  #unacknowledged = 0;
  #isDisposed = false;

  constructor(snapshot: TerminalSnapshot, parts: ClientAttachmentParts) {
    this.snapshot = snapshot;
    this.#parts = parts;
  }

  readonly onData: Event<string> = (listener) => this.#data.listen(listener);
  readonly onExit: Event<TerminalExit> = (listener) => this.#exit.listen(listener);
  readonly onResync: Event<TerminalSnapshot> = (listener) => this.#resync.listen(listener);

  write(data: string): void {
    if (!this.#isDisposed) this.#parts.write(data);
  }

  resize(columns: number, rows: number): void {
    if (!this.#isDisposed) this.#parts.resize(columns, rows);
  }

  handleData(data: string, acknowledges: boolean): void {
    this.#data.fire(data);
    if (!acknowledges) return;
    this.#unacknowledged += data.length;
    if (this.#unacknowledged < flowControl.acknowledgeUnits) return;
    this.#parts.acknowledge(this.#unacknowledged);
    this.#unacknowledged = 0;
  }

  handleResync(snapshot: TerminalSnapshot): void {
    this.#resync.fire(snapshot);
  }

  handleExit(exit: TerminalExit): void {
    this.#exit.fire(exit);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#parts.handleDisposed(this);
  }
}

/** Keeps what happens until somebody listens. */
class WaitingEmitter<T> {
  readonly #emitter = new Emitter<T>();
  #waiting: T[] | undefined = [];

  listen(listener: (value: T) => void): Disposable {
    const subscription = this.#emitter.event(listener);
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const value of waiting) this.#emitter.fire(value);
    return subscription;
  }

  fire(value: T): void {
    if (this.#waiting === undefined) this.#emitter.fire(value);
    else this.#waiting.push(value);
  }
}
