import type { InputOwner, TerminalLaunch, TerminalSignal, TerminalSnapshot } from '../model/terminal.ts';
import type { TerminalId } from '../model/ids.ts';
import type { TerminalFailure } from './terminal-failure.ts';

/** Raised with every change that an older side would misunderstand; a host and a client of different numbers refuse each other. */
export const protocolVersion = 1;

/** `orchestrator` may start, end and type as the orchestrator; `viewer` is a person's terminal: it may watch, type and resize. */
export type ClientRole = 'orchestrator' | 'viewer';

/** The first line from a client. */
export interface Hello {
  readonly type: 'hello';
  readonly token: string;
  readonly protocol: number;
  readonly role: ClientRole;
  /** Fencing epoch of the lease; the newest one writes. Of no meaning for a viewer. */
  readonly epoch: number;
}

/** What a client asks; each is answered by a {@link Response} with its `request`. */
export type Request =
  | { readonly type: 'spawn'; readonly request: number; readonly launch: TerminalLaunch }
  | { readonly type: 'list'; readonly request: number }
  | { readonly type: 'kill' | 'forget' | 'detach'; readonly request: number; readonly id: TerminalId }
  | {
      readonly type: 'write';
      readonly request: number;
      readonly id: TerminalId;
      readonly data: string;
      readonly owner: InputOwner;
    }
  | {
      readonly type: 'resize';
      readonly request: number;
      readonly id: TerminalId;
      readonly columns: number;
      readonly rows: number;
    }
  | {
      readonly type: 'attach';
      readonly request: number;
      readonly id: TerminalId;
      readonly columns?: number;
      readonly rows?: number;
    };

/** Told without an answer: so many UTF-16 units of live output were taken in. */
export interface Acknowledgement {
  readonly type: 'ack';
  readonly id: TerminalId;
  readonly units: number;
}

/** Every line from a client. */
export type ClientMessage = Hello | Request | Acknowledgement;

/** The answer to a request. */
export type Response =
  | { readonly type: 'response'; readonly request: number; readonly ok: true; readonly value: unknown }
  | { readonly type: 'response'; readonly request: number; readonly ok: false; readonly failure: TerminalFailure };

/** Every line from a host. */
export type HostMessage =
  | { readonly type: 'welcome'; readonly hostId: string; readonly epoch: number; readonly writer: boolean }
  | { readonly type: 'refused'; readonly failure: TerminalFailure }
  | { readonly type: 'fenced'; readonly epoch: number }
  | Response
  | { readonly type: 'signal'; readonly signal: TerminalSignal }
  | { readonly type: 'data'; readonly id: TerminalId; readonly seq: number; readonly data: string }
  | { readonly type: 'resync'; readonly id: TerminalId; readonly snapshot: TerminalSnapshot };

/**
 * Live output to one client stops above `highWaterUnits` that it has not acknowledged. It goes on from a fresh snapshot when no more than `lowWaterUnits` are left.
 * A client acknowledges at the latest every `acknowledgeUnits`, so this must hold: acknowledgeUnits <= lowWaterUnits < highWaterUnits. Then a client that has taken in
 * everything is always below the low mark, and none waits for ever; and a host never holds more than highWaterUnits and one chunk for it.
 */
export const flowControl = { highWaterUnits: 512 * 1024, lowWaterUnits: 64 * 1024, acknowledgeUnits: 16 * 1024 };

/** One message as a line. */
export function encodeMessage(message: ClientMessage | HostMessage): string {
  return `${JSON.stringify(message)}\n`;
}

/** Cuts a byte stream into lines of JSON. */
export class LineDecoder {
  #parts: Buffer[] = [];
  #size = 0;
  readonly #maxBytes: number;

  /** A line longer than `maxBytes` is an error. */
  constructor(maxBytes = 64 * 1024 * 1024) {
    this.#maxBytes = maxBytes;
  }

  /** The values of the lines that are complete; undefined for one that is no JSON or too long, after which nothing is to be trusted. */
  push(chunk: Buffer): unknown[] | undefined {
    const values: unknown[] = [];
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      this.#parts.push(chunk.subarray(from, end));
      const line = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
      this.#parts = [];
      this.#size = 0;
      from = end + 1;
      try {
        values.push(JSON.parse(line?.toString() ?? ''));
      } catch {
        return undefined;
      }
    }
    if (from < chunk.length) {
      this.#parts.push(from === 0 ? chunk : chunk.subarray(from));
      this.#size += chunk.length - from;
    }
    return this.#size > this.#maxBytes ? undefined : values;
  }
}
