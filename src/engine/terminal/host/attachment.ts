import type { Disposable } from '../../../base/disposable.ts';
import type { TerminalSnapshot } from '../../model/terminal.ts';
import { flowControl, type HostMessage } from '../protocol.ts';
import type { PtySession } from './pty-session.ts';

interface LiveData {
  readonly data: string;
  readonly seq: number;
}

/** What an attachment needs of its connection. */
export interface AttachmentParts {
  readonly session: PtySession;
  readonly send: (message: HostMessage) => void;
  /** Takes the first snapshot, which answers the request. */
  readonly handleFirst: (snapshot: TerminalSnapshot) => void;
}

/** One client's view of one terminal: `waiting` for a snapshot, `live`, or `behind` until the client has caught up. See {@link flowControl}. */
export class Attachment implements Disposable {
  readonly #parts: AttachmentParts;
  #state: 'waiting' | 'live' | 'behind' = 'waiting';
  #unacknowledged = 0;
  /** Live output after the snapshot that is being taken. */
  #queue: LiveData[] = [];
  #following: Disposable | undefined;

  constructor(parts: AttachmentParts) {
    this.#parts = parts;
    this.#follow(parts.handleFirst);
  }

  /** The client has taken in so many units. */
  acknowledge(units: number): void {
    this.#unacknowledged = Math.max(0, this.#unacknowledged - units);
    if (this.#state !== 'behind' || this.#unacknowledged > flowControl.lowWaterUnits) return;
    const { session, send } = this.#parts;
    this.#follow((snapshot) => send({ type: 'resync', id: session.launch.id, snapshot }));
  }

  dispose(): void {
    this.#following?.dispose();
    this.#following = undefined;
  }

  #follow(see: (snapshot: TerminalSnapshot) => void): void {
    this.#state = 'waiting';
    const { session } = this.#parts;
    const following = session.output.follow(
      (snapshot) => {
        if (this.#following !== following) return;
        see(session.exit ? { ...snapshot, exit: session.exit } : snapshot);
        this.#state = 'live';
        const queue = this.#queue;
        this.#queue = [];
        for (const live of queue) this.#pass(live);
      },
      (data, seq) => this.#handleLive({ data, seq }),
    );
    this.#following = following;
  }

  #handleLive(live: LiveData): void {
    if (this.#state === 'waiting') this.#queue.push(live);
    else this.#pass(live);
  }

  #pass({ data, seq }: LiveData): void {
    if (this.#state !== 'live') return;
    this.#parts.send({ type: 'data', id: this.#parts.session.launch.id, seq, data });
    this.#unacknowledged += data.length;
    if (this.#unacknowledged <= flowControl.highWaterUnits) return;
    this.#state = 'behind';
    this.#following?.dispose();
  }
}
