import type { Socket } from 'node:net';
import type { Clock } from '../../../base/clock.ts';
import { fail, ok, type Result } from '../../../base/result.ts';
import type { TerminalId } from '../../model/ids.ts';
import type { TerminalExit, TerminalInfo, TerminalLaunch, TerminalSignal } from '../../model/terminal.ts';
import { protocolVersion, type Hello } from '../protocol.ts';
import { textRedactor, type TextRedactor } from '../redaction/redact-text.ts';
import { compileSecrets, type SecretAutomaton } from '../redaction/secret-automaton.ts';
import type { TerminalFailure } from '../terminal-failure.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import type { NodePty } from './load-node-pty.ts';
import { ProcessScan } from './process-scan.ts';
import { PtySession } from './pty-session.ts';

/** What a host is given. */
export interface PtyHostParts {
  readonly clock: Clock;
  readonly hostId: string;
  /** A client that cannot name it is refused. */
  readonly token: string;
  readonly loadNodePty: () => Promise<NodePty>;
  /** Told at each change of {@link PtyHost.isIdle}'s grounds. */
  readonly handleActivity: () => void;
}

/** So many different lists of secrets have their tables kept; a run has one for each agent of its configuration. */
const maxCompiled = 16;

interface Compiled {
  readonly automaton: SecretAutomaton;
  readonly redact: TextRedactor;
}

/** Owns the terminals and knows its clients; the newest epoch among orchestrators writes. */
export class PtyHost implements ConnectionOwner {
  readonly hostId: string;
  readonly #parts: PtyHostParts;
  readonly #sessions = new Map<TerminalId, PtySession>();
  /** Main programs that have not ended. */
  readonly #roots = new Map<number, TerminalId>();
  readonly #connections = new Set<Connection>();
  readonly #typists = new Map<TerminalId, Connection>();
  readonly #compiled = new Map<string, Compiled>();
  readonly #processes = new ProcessScan();
  #nodePty: Promise<NodePty | Error> | undefined;
  #epoch = 0;
  #liveCount = 0;

  constructor(parts: PtyHostParts) {
    this.#parts = parts;
    this.hostId = parts.hostId;
  }

  /** The newest one that has said hello. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Nobody is connected and nothing runs. */
  get isIdle(): boolean {
    return this.#connections.size === 0 && this.#liveCount === 0;
  }

  /** Takes a new connection. */
  accept(socket: Socket): void {
    this.#connections.add(new Connection(this, socket, this.#parts.clock));
    this.#parts.handleActivity();
  }

  /** Why a client is not let in; undefined if it is. */
  refusal(hello: Hello): TerminalFailure | undefined {
    if (hello.protocol !== protocolVersion) {
      const message = `The terminal host speaks protocol ${protocolVersion}, this client ${hello.protocol}.`;
      return { reason: 'protocol_mismatch', message };
    }
    if (hello.token !== this.#parts.token)
      return { reason: 'bad_token', message: 'The token is not that of this terminal host.' };
    if (hello.role === 'viewer' || hello.epoch >= this.#epoch) return undefined;
    return {
      reason: 'stale_epoch',
      message: `Another orchestrator has taken over (epoch ${this.#epoch}, this is ${hello.epoch}).`,
    };
  }

  /** A client was let in; a newer orchestrator fences the older ones. */
  welcome(client: Connection): void {
    if (client.role !== 'orchestrator' || client.epoch <= this.#epoch) return;
    const fenced = [...this.#connections].filter((other) => other !== client && other.isWriter);
    this.#epoch = client.epoch;
    for (const other of fenced) other.send({ type: 'fenced', epoch: this.#epoch });
  }

  handleClosed(client: Connection): void {
    this.#connections.delete(client);
    for (const [id, typist] of this.#typists) if (typist === client) this.releaseTypist(id, client);
    this.#parts.handleActivity();
  }

  /** What a client that comes late has missed of the terminals that live. */
  lastSignals(): readonly TerminalSignal[] {
    return [...this.#sessions.values()].flatMap((session) => session.lastSignals);
  }

  find(id: TerminalId): Result<PtySession, TerminalFailure> {
    const session = this.#sessions.get(id);
    return session ? ok(session) : fail({ reason: 'unknown_terminal', message: `There is no terminal ${id}.` });
  }

  list(): readonly TerminalInfo[] {
    return [...this.#sessions.values()].map((session) => session.info);
  }

  /** Starts a program, once for each launch: a known id with the same exit file answers what became of it. */
  async spawn(launch: TerminalLaunch): Promise<Result<TerminalInfo, TerminalFailure>> {
    this.#nodePty ??= this.#parts
      .loadNodePty()
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
    const nodePty = await this.#nodePty;
    const known = this.#sessions.get(launch.id);
    if (known?.launch.exitFile === launch.exitFile) return ok(known.info);
    if (known !== undefined && known.exit === undefined) {
      return fail({ reason: 'id_in_use', message: `Another run has a terminal ${launch.id} that still lives.` });
    }
    const compiled = this.#compile(launch);
    if (compiled === undefined)
      return fail({ reason: 'bad_request', message: 'A redaction pattern is no regular expression.' });
    known?.dispose();
    return ok(this.#begin(launch, compiled, nodePty).info);
  }

  async kill(id: TerminalId): Promise<Result<TerminalExit, TerminalFailure>> {
    const session = this.find(id);
    return session.ok ? ok(await session.value.kill()) : session;
  }

  /** Drops an ended terminal from memory; an unknown one is forgotten already. */
  forget(id: TerminalId): Result<null, TerminalFailure> {
    const session = this.#sessions.get(id);
    if (session !== undefined && session.exit === undefined) {
      return fail({ reason: 'bad_request', message: `${id} still runs and cannot be forgotten.` });
    }
    session?.dispose();
    this.#sessions.delete(id);
    this.#typists.delete(id);
    return ok(null);
  }

  /** Remembers who types, so that the terminal is free when they leave. */
  setTypist(id: TerminalId, client: Connection): void {
    this.#typists.set(id, client);
  }

  releaseTypist(id: TerminalId, client: Connection): void {
    if (this.#typists.get(id) !== client) return;
    this.#typists.delete(id);
    this.#sessions.get(id)?.input.release();
  }

  /** Ends every terminal and its whole tree; resolves when all exits are recorded. */
  async endAll(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.kill()));
  }

  /** Lets the clients go. */
  closeConnections(): void {
    for (const client of this.#connections) client.close();
  }

  #begin(launch: TerminalLaunch, compiled: Compiled, nodePty: NodePty | Error): PtySession {
    const session = new PtySession(launch, {
      ...compiled,
      clock: this.#parts.clock,
      nodePty,
      processes: this.#processes,
      isOtherRoot: (pid) => {
        const id = this.#roots.get(pid);
        return id !== undefined && id !== launch.id;
      },
      handleSignal: (signal) => this.#handleSignal(signal),
    });
    this.#sessions.set(launch.id, session);
    this.#liveCount++;
    const { pid } = session.info;
    if (pid > 0) this.#roots.set(pid, launch.id);
    void session.whenEnded.then(() => {
      if (this.#roots.get(pid) === launch.id) this.#roots.delete(pid);
      this.#liveCount--;
      this.#parts.handleActivity();
    });
    return session;
  }

  #handleSignal(signal: TerminalSignal): void {
    for (const client of this.#connections) client.signal(signal);
  }

  #compile({ secrets, patterns }: TerminalLaunch): Compiled | undefined {
    const key = JSON.stringify([secrets, patterns]);
    let compiled = this.#compiled.get(key);
    if (compiled === undefined) {
      if (!patterns.every(isRegularExpression)) return undefined;
      const automaton = compileSecrets(secrets);
      compiled = { automaton, redact: textRedactor(automaton, patterns) };
      const [oldest] = this.#compiled.keys();
      if (this.#compiled.size >= maxCompiled && oldest !== undefined) this.#compiled.delete(oldest);
      this.#compiled.set(key, compiled);
    }
    return compiled;
  }
}

function isRegularExpression(source: string): boolean {
  try {
    return new RegExp(source, 'g') instanceof RegExp;
  } catch {
    return false;
  }
}
