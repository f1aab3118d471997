import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Deferred } from '../../base/deferred.ts';
import type { Disposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import type { TerminalId } from '../model/ids.ts';
import type {
  InputOwner,
  TerminalExit,
  TerminalInfo,
  TerminalLaunch,
  TerminalSignal,
  TerminalSnapshot,
} from '../model/terminal.ts';
import {
  encodeMessage,
  LineDecoder,
  protocolVersion,
  type ClientMessage,
  type ClientRole,
  type HostMessage,
  type Request,
} from './protocol.ts';
import { readLiveRendezvous, type Rendezvous } from './rendezvous.ts';
import { findOrStartPtyHost } from './start-pty-host.ts';
import { ClientAttachment, type TerminalAttachment } from './terminal-attachment.ts';
import type { TerminalFailure } from './terminal-failure.ts';

/** How to reach a workspace's PTY host. */
export interface ConnectPtyHostOptions {
  readonly rendezvousFile: string;
  /** The bundled program, `dist/pty-host.cjs`; used by an orchestrator, which starts a host if there is none. */
  readonly hostScript: string;
  readonly execPath: string;
  readonly idleMs: number;
  /** Fencing epoch of the lease; the newest orchestrator writes. */
  readonly epoch: number;
  readonly role: ClientRole;
  /** Until it can be spoken to; 10 s if absent. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 10_000;
const retryMs = 20;

/** Connects to the workspace's host. Fails with `no_host` for a viewer when there is none, with the host's own words when it cannot start. */
export async function connectPtyHost(options: ConnectPtyHostOptions): Promise<Result<PtyHostClient, TerminalFailure>> {
  const deadline = performance.now() + (options.timeoutMs ?? defaultTimeoutMs);
  for (;;) {
    const found = await findHost(options, deadline);
    if (!found.ok) return found;
    const socket = await openSocket(found.value.socket);
    const client = socket && (await greet(socket, found.value, options, deadline));
    if (client !== undefined) return client;
    if (performance.now() >= deadline) {
      const message = `The terminal host (process ${found.value.pid}) lives but does not answer.`;
      return fail({ reason: 'host_start_failed', message });
    }
    // It was just leaving: look again.
    await delay(retryMs);
  }
}

async function findHost(
  options: ConnectPtyHostOptions,
  deadline: number,
): Promise<Result<Rendezvous, TerminalFailure>> {
  if (options.role === 'orchestrator') return findOrStartPtyHost({ ...options, deadline });
  const found = readLiveRendezvous(options.rendezvousFile);
  return found ? ok(found) : fail({ reason: 'no_host', message: 'No terminal host is running for this workspace.' });
}

function openSocket(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}

/** Says hello; undefined when the host went away instead of answering. */
async function greet(
  socket: Socket,
  rendezvous: Rendezvous,
  { role, epoch }: ConnectPtyHostOptions,
  deadline: number,
): Promise<Result<PtyHostClient, TerminalFailure> | undefined> {
  const client = new PtyHostClient(socket, rendezvous);
  const timer = setTimeout(() => socket.destroy(), Math.max(0, deadline - performance.now()));
  const { token } = rendezvous;
  socket.write(encodeMessage({ type: 'hello', token, protocol: protocolVersion, role, epoch }));
  const answer = await client.whenGreeted;
  clearTimeout(timer);
  if (answer?.ok === true) return ok(client);
  client.dispose();
  return answer;
}

type RequestBody = Request extends infer Each ? (Each extends Request ? Omit<Each, 'request'> : never) : never;

/** A connection to the PTY host. Requests fail with `connection_lost` once it is gone. */
export class PtyHostClient implements Disposable {
  readonly hostId: string;
  readonly hostPid: number;
  readonly hostStartTime: string;
  readonly #socket: Socket;
  readonly #decoder = new LineDecoder();
  readonly #signals = new Emitter<TerminalSignal>();
  readonly #fenced = new Emitter<void>();
  readonly #lost = new Emitter<void>();
  readonly #greeted = new Deferred<Result<void, TerminalFailure> | undefined>();
  readonly #pending = new Map<number, (answer: Result<unknown, TerminalFailure>) => void>();
  readonly #attachments = new Map<TerminalId, Set<ClientAttachment>>();
  #requests = 0;
  #isWriter = false;
  #isDisposed = false;
  #outgoing = '';

  constructor(socket: Socket, { hostId, pid, startTime }: Rendezvous) {
    this.hostId = hostId;
    this.hostPid = pid;
    this.hostStartTime = startTime;
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#handleData(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#handleClose());
  }

  /** Resolves with the host's answer to hello; undefined when there was none. */
  get whenGreeted(): Promise<Result<void, TerminalFailure> | undefined> {
    return this.#greeted.promise;
  }

  /** Whether this client may start, end and type as the orchestrator; until it is fenced. */
  get isWriter(): boolean {
    return this.#isWriter;
  }

  /** What terminals tell. Each {@link list} is followed by the last status, title and owner of those that live. */
  get onSignal(): Event<TerminalSignal> {
    return this.#signals.event;
  }

  /** A newer orchestrator has taken over; this client only watches from now on. */
  get onFenced(): Event<void> {
    return this.#fenced.event;
  }

  /** The connection is gone, and the host perhaps with it; never after {@link dispose}. */
  get onLost(): Event<void> {
    return this.#lost.event;
  }

  /** Starts a program. Repeating it is harmless: the same launch is answered with its terminal. What cannot be started has an exit with `spawn_failed`. */
  spawn(launch: TerminalLaunch): Promise<Result<TerminalInfo, TerminalFailure>> {
    return this.#ask({ type: 'spawn', launch }) as Promise<Result<TerminalInfo, TerminalFailure>>;
  }

  /** Every terminal that the host has and was not told to forget. */
  list(): Promise<Result<readonly TerminalInfo[], TerminalFailure>> {
    return this.#ask({ type: 'list' }) as Promise<Result<readonly TerminalInfo[], TerminalFailure>>;
  }

  /** Ends the whole tree of processes; resolves with the exit, also when it had ended. */
  kill(id: TerminalId): Promise<Result<TerminalExit, TerminalFailure>> {
    return this.#ask({ type: 'kill', id }) as Promise<Result<TerminalExit, TerminalFailure>>;
  }

  /** Types. The orchestrator's input resolves when it was written, which is after a person who types has finished. */
  async write(id: TerminalId, data: string, owner: InputOwner): Promise<Result<void, TerminalFailure>> {
    return asVoid(await this.#ask({ type: 'write', id, data, owner }));
  }

  /** Drops an ended terminal from the host's memory. */
  async forget(id: TerminalId): Promise<Result<void, TerminalFailure>> {
    return asVoid(await this.#ask({ type: 'forget', id }));
  }

  /** Shows a terminal, after resizing it to `size`. Its screen comes first, then what is live. */
  async attach(
    id: TerminalId,
    size?: { readonly columns: number; readonly rows: number },
  ): Promise<Result<TerminalAttachment, TerminalFailure>> {
    let attachment: ClientAttachment | undefined;
    // Registered within the answer, so that the live output right behind it finds it.
    const answer = await this.#ask({ type: 'attach', id, ...size }, (snapshot) => {
      attachment = new ClientAttachment(snapshot as TerminalSnapshot, this.#attachmentParts(id));
      const all = this.#attachments.get(id) ?? new Set();
      this.#attachments.set(id, all.add(attachment));
    });
    if (!answer.ok) return answer;
    return attachment ? ok(attachment) : fail(lostFailure());
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#flush();
    this.#socket.end();
    this.#socket.destroySoon();
    this.#settleAll();
  }

  #attachmentParts(id: TerminalId): ConstructorParameters<typeof ClientAttachment>[1] {
    return {
      write: (data) => void this.write(id, data, 'person'),
      resize: (columns, rows) => void this.#ask({ type: 'resize', id, columns, rows }),
      acknowledge: (units) => this.#send({ type: 'ack', id, units }),
      handleDisposed: (attachment) => this.#handleDetached(id, attachment),
    };
  }

  #handleDetached(id: TerminalId, attachment: ClientAttachment): void {
    const all = this.#attachments.get(id);
    all?.delete(attachment);
    if (all === undefined || all.size > 0) return;
    this.#attachments.delete(id);
    void this.#ask({ type: 'detach', id });
  }

  #ask(body: RequestBody, accept?: (value: unknown) => void): Promise<Result<unknown, TerminalFailure>> {
    if (this.#isDisposed || this.#socket.destroyed) return Promise.resolve(fail(lostFailure()));
    const request = ++this.#requests;
    return new Promise((resolve) => {
      this.#pending.set(request, (answer) => {
        if (answer.ok) accept?.(answer.value);
        resolve(answer);
      });
      this.#send({ ...body, request });
    });
  }

  /** What is sent in one turn goes out in one write. */
  #send(message: ClientMessage): void {
    if (this.#outgoing === '') queueMicrotask(() => this.#flush());
    this.#outgoing += encodeMessage(message);
  }

  #flush(): void {
    const lines = this.#outgoing;
    this.#outgoing = '';
    if (lines !== '' && !this.#socket.destroyed) this.#socket.write(lines);
  }

  #handleData(chunk: Buffer): void {
    const values = this.#decoder.push(chunk);
    if (values === undefined) return void this.#socket.destroy();
    for (const value of values) this.#handleMessage(value as HostMessage);
  }

  #handleMessage(message: HostMessage): void {
    switch (message.type) {
      case 'welcome':
        this.#isWriter = message.writer;
        this.#greeted.resolve(ok(undefined));
        return;
      case 'refused':
        this.#greeted.resolve(fail(message.failure));
        return;
      case 'fenced':
        this.#isWriter = false;
        this.#fenced.fire();
        return;
      case 'response':
        this.#handleResponse(message);
        return;
      case 'signal':
        this.#handleSignal(message.signal);
        return;
      case 'data':
        this.#each(message.id, (attachment, isFirst) => attachment.handleData(message.data, isFirst));
        return;
      case 'resync':
        this.#each(message.id, (attachment) => attachment.handleResync(message.snapshot));
    }
  }

  #handleResponse(message: Extract<HostMessage, { type: 'response' }>): void {
    const settle = this.#pending.get(message.request);
    this.#pending.delete(message.request);
    settle?.(message.ok ? ok(message.value) : fail(message.failure));
  }

  #handleSignal(signal: TerminalSignal): void {
    if (signal.type === 'exited') this.#each(signal.id, (attachment) => attachment.handleExit(signal.exit));
    this.#signals.fire(signal);
  }

  /** Only one of several attachments to a terminal acknowledges: the host counts one stream. */
  #each(id: TerminalId, run: (attachment: ClientAttachment, isFirst: boolean) => void): void {
    [...(this.#attachments.get(id) ?? [])].forEach((attachment, index) => run(attachment, index === 0));
  }

  #handleClose(): void {
    this.#isWriter = false;
    this.#greeted.resolve(undefined);
    this.#settleAll();
    if (!this.#isDisposed) this.#lost.fire();
  }

  #settleAll(): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const settle of pending) settle(fail(lostFailure()));
  }
}

function asVoid(answer: Result<unknown, TerminalFailure>): Result<void, TerminalFailure> {
  return answer.ok ? ok(undefined) : answer;
}

function lostFailure(): TerminalFailure {
  return { reason: 'connection_lost', message: 'The connection to the terminal host is gone.' };
}
