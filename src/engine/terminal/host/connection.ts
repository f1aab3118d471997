import type { Socket } from 'node:net';
import type { Clock } from '../../../base/clock.ts';
import { assertNever } from '../../../base/assert-never.ts';
import { fail, ok, type Result } from '../../../base/result.ts';
import type { TerminalId } from '../../model/ids.ts';
import type { TerminalInfo, TerminalLaunch, TerminalSignal, TerminalSnapshot } from '../../model/terminal.ts';
import { asHello, asRequest } from '../check-message.ts';
import {
  encodeMessage,
  LineDecoder,
  type Acknowledgement,
  type ClientRole,
  type Hello,
  type HostMessage,
  type Request,
} from '../protocol.ts';
import type { TerminalFailure } from '../terminal-failure.ts';
import { Attachment } from './attachment.ts';
import type { PtySession } from './pty-session.ts';
import { isFocusReport, isTerminalReply } from './terminal-queries.ts';

/** A client that leaves so much unread is taken for dead. */
const maxUnreadBytes = 64 * 1024 * 1024;

/** Who has not said hello by then is sent away. */
const helloMs = 10_000;

type Answer = Result<unknown, TerminalFailure>;

/** What a connection needs of its host. */
export interface ConnectionOwner {
  readonly hostId: string;
  /** The newest one that has said hello. */
  readonly epoch: number;
  /** Why a client is not let in; undefined if it is. */
  refusal(hello: Hello): TerminalFailure | undefined;
  welcome(client: Connection): void;
  handleClosed(client: Connection): void;
  lastSignals(): readonly TerminalSignal[];
  find(id: TerminalId): Result<PtySession, TerminalFailure>;
  list(): readonly TerminalInfo[];
  spawn(launch: TerminalLaunch): Promise<Answer>;
  kill(id: TerminalId): Promise<Answer>;
  forget(id: TerminalId): Answer;
  setTypist(id: TerminalId, client: Connection): void;
  releaseTypist(id: TerminalId, client: Connection): void;
}

/** One client of the host. */
export class Connection {
  role: ClientRole | undefined;
  epoch = 0;
  readonly #host: ConnectionOwner;
  readonly #socket: Socket;
  readonly #decoder = new LineDecoder();
  readonly #attachments = new Map<TerminalId, Attachment>();
  #outgoing = '';

  constructor(host: ConnectionOwner, socket: Socket, clock: Clock) {
    this.#host = host;
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#handleData(chunk));
    socket.on('error', () => socket.destroy());
    const patience = clock.after(helloMs, () => this.role ?? socket.destroy());
    socket.on('close', () => {
      patience.dispose();
      this.#handleClose();
    });
  }

  /** Whether this client may start, end and type as the orchestrator. */
  get isWriter(): boolean {
    return this.role === 'orchestrator' && this.epoch === this.#host.epoch;
  }

  signal(signal: TerminalSignal): void {
    if (this.role !== undefined) this.send({ type: 'signal', signal });
  }

  /** What is sent in one turn goes out in one write. */
  send(message: HostMessage): void {
    if (this.#socket.destroyed) return;
    if (this.#outgoing === '') queueMicrotask(() => this.#flush());
    this.#outgoing += encodeMessage(message);
  }

  close(): void {
    this.#flush();
    this.#socket.destroySoon();
  }

  #flush(): void {
    const lines = this.#outgoing;
    this.#outgoing = '';
    if (lines === '' || this.#socket.destroyed) return;
    this.#socket.write(lines);
    if (this.#socket.writableLength > maxUnreadBytes) this.#socket.destroy();
  }

  #handleData(chunk: Buffer): void {
    const values = this.#decoder.push(chunk);
    for (const value of values ?? []) {
      if (this.#socket.destroyed) return;
      if (this.role === undefined) this.#handleHello(value);
      else this.#handleMessage(value);
    }
    if (values === undefined) this.#socket.destroy();
  }

  #handleClose(): void {
    for (const id of [...this.#attachments.keys()]) this.#detach(id);
    this.#host.handleClosed(this);
  }

  #handleHello(value: unknown): void {
    const hello = asHello(value);
    const refusal = hello === undefined ? badRequest('The first message was no hello.') : this.#host.refusal(hello);
    if (hello === undefined || refusal !== undefined) {
      this.send({ type: 'refused', failure: refusal ?? badRequest('') });
      this.close();
      return;
    }
    this.role = hello.role;
    this.epoch = hello.role === 'orchestrator' ? hello.epoch : 0;
    this.#host.welcome(this);
    this.send({ type: 'welcome', hostId: this.#host.hostId, epoch: this.#host.epoch, writer: this.isWriter });
  }

  #handleMessage(value: unknown): void {
    const message = asRequest(value);
    if (message?.type === 'ack') return this.#acknowledge(message);
    if (message !== undefined) return void this.#serve(message);
    const request = (value as { readonly request?: unknown } | null)?.request;
    if (typeof request !== 'number') this.#socket.destroy();
    else this.#answer(request, fail(badRequest('The request has not the shape of this protocol.')));
  }

  #acknowledge({ id, units }: Acknowledgement): void {
    this.#attachments.get(id)?.acknowledge(units);
  }

  async #serve(request: Request): Promise<void> {
    if (request.type === 'attach') this.#attach(request);
    else this.#answer(request.request, await this.#perform(request));
    // Whoever asks for the list listens by now.
    if (request.type === 'list') for (const signal of this.#host.lastSignals()) this.signal(signal);
  }

  #answer(request: number, answer: Answer): void {
    this.send(
      answer.ok
        ? { type: 'response', request, ok: true, value: answer.value }
        : { type: 'response', request, ok: false, failure: answer.failure },
    );
  }

  async #perform(request: Exclude<Request, { type: 'attach' }>): Promise<Answer> {
    switch (request.type) {
      case 'spawn':
        return this.isWriter ? this.#host.spawn(request.launch) : notWriter();
      case 'list':
        return ok(this.#host.list());
      case 'kill':
        return this.isWriter ? this.#host.kill(request.id) : notWriter();
      case 'forget':
        return this.isWriter ? this.#host.forget(request.id) : notWriter();
      case 'write':
        return this.#write(request);
      case 'resize':
        return this.#resize(request);
      case 'detach':
        this.#detach(request.id);
        return ok(null);
      default:
        return assertNever(request);
    }
  }

  async #write({ id, data, owner }: Extract<Request, { type: 'write' }>): Promise<Answer> {
    const session = this.#host.find(id);
    if (!session.ok) return session;
    const { input, exit } = session.value;
    if (exit !== undefined) return fail({ reason: 'terminal_ended', message: `${id} has ended.` });
    if (owner === 'orchestrator') {
      if (!this.isWriter) return notWriter();
      const isWritten = await input.writeOrchestrator(data);
      return isWritten
        ? ok(null)
        : fail({ reason: 'terminal_ended', message: `${id} ended before it could be typed into.` });
    }
    // The host has answered these queries; a second answer would reach the program as keys.
    if (isTerminalReply(data)) return ok(null);
    if (isFocusReport(data)) input.writeUnowned(data);
    else {
      this.#host.setTypist(id, this);
      input.writePerson(data);
    }
    return ok(null);
  }

  #resize({ id, columns, rows }: Extract<Request, { type: 'resize' }>): Answer {
    const session = this.#host.find(id);
    if (!session.ok) return session;
    session.value.resize(columns, rows);
    return ok(null);
  }

  /** Answers by itself, since live output must follow right behind the snapshot. */
  #attach({ request, id, columns, rows }: Extract<Request, { type: 'attach' }>): void {
    const found = this.#host.find(id);
    if (!found.ok) return this.#answer(request, found);
    const session = found.value;
    if (columns !== undefined && rows !== undefined) session.resize(columns, rows);
    this.#attachments.get(id)?.dispose();
    const handleFirst = (snapshot: TerminalSnapshot): void => this.#answer(request, ok(snapshot));
    this.#attachments.set(id, new Attachment({ session, send: (message) => this.send(message), handleFirst }));
  }

  #detach(id: TerminalId): void {
    this.#attachments.get(id)?.dispose();
    this.#attachments.delete(id);
    this.#host.releaseTypist(id, this);
  }
}

function badRequest(message: string): TerminalFailure {
  return { reason: 'bad_request', message };
}

function notWriter(): Answer {
  return fail({ reason: 'not_writer', message: 'Another orchestrator has taken over; this one only watches.' });
}
