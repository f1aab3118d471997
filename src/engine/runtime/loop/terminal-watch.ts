import { DisposableStore, type Disposable } from '../../../base/disposable.ts';
import type { SessionState, TerminalRecord } from '../../core/run-state.ts';
import { phaseTerminal } from '../../core/terminal-ids.ts';
import type { SessionId, TerminalId } from '../../model/ids.ts';
import type { TerminalExit, TerminalInfo, TerminalSignal } from '../../model/terminal.ts';
import type { RunRecords, RunTerminals } from '../ports.ts';
import type { RunLoop } from './run-loop.ts';

/** What the watch acts on. */
export interface TerminalWatchParts {
  readonly loop: RunLoop;
  readonly terminals: RunTerminals;
  readonly records: RunRecords;
  readonly redact: (text: string) => string;
}

/** Turns what the PTY host tells into facts of the run, each once, and finds out after a crash what became of each terminal. */
export class TerminalWatch implements Disposable {
  readonly #parts: TerminalWatchParts;
  readonly #owned = new DisposableStore();
  readonly #sessions = new Map<TerminalId, SessionId>();
  /** Told before the start was recorded, which a quick program manages. */
  readonly #early = new Map<TerminalId, TerminalSignal[]>();
  readonly #ending = new Set<TerminalId>();

  constructor(parts: TerminalWatchParts) {
    this.#parts = parts;
    for (const session of parts.loop.state.sessions.values()) {
      for (const record of session.terminals) this.#sessions.set(record.id, session.id);
    }
    this.#owned.add(parts.terminals.onSignal((signal) => void this.#handleSignal(signal)));
    this.#owned.add(parts.terminals.onLost(() => void this.reconcile()));
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** The start of a terminal has been recorded; `exit` when it had ended by then. */
  async started(terminal: TerminalId, exit: TerminalExit | undefined): Promise<void> {
    const session = this.#sessionOf(terminal);
    if (session === undefined) return;
    const early = this.#early.get(terminal) ?? [];
    this.#early.delete(terminal);
    for (const signal of early) await this.#handleSignal(signal);
    if (exit) await this.exited(session, terminal, exit);
  }

  /** Records the end of a terminal, with the question its agent left and with evidence. */
  async exited(sessionId: SessionId, terminal: TerminalId, exit: TerminalExit): Promise<void> {
    const { loop, records } = this.#parts;
    const record = this.#record(sessionId, terminal);
    if (record?.exit || this.#ending.has(terminal)) return;
    this.#ending.add(terminal);
    const left = record?.role === 'agent' ? await this.#question(terminal) : undefined;
    const asked = exit.exitCode === 0 ? left : undefined;
    if (record) {
      records.addEvidence({
        session: sessionId,
        terminal,
        command: record.command,
        exit,
        durationMs: loop.now() - record.startedT,
      });
    }
    const safe = exit.message === undefined ? exit : { ...exit, message: this.#parts.redact(exit.message) };
    loop.append({
      type: 'terminal_exited',
      session: sessionId,
      terminal,
      exit: safe,
      ...(asked === undefined ? {} : { question: asked }),
    });
  }

  /**
   * Holds the state against the host: a terminal that it believes alive and the host does not know has ended, by its exit record or with its host. What the host still runs
   * and nobody waits for is ended.
   */
  async reconcile(): Promise<void> {
    const { loop, terminals } = this.#parts;
    const listed = await terminals.list();
    if (!listed.ok) {
      loop.finish({ kind: 'broken', failure: { reason: 'terminal', message: listed.failure.message } });
      return;
    }
    const known = new Map(listed.value.map((info) => [info.id, info]));
    for (const session of loop.state.sessions.values()) {
      for (const record of session.terminals) {
        if (!record.exit) await this.#reconcileOne(session, record, known.get(record.id));
      }
    }
    for (const info of listed.value) await this.#endStray(info);
  }

  /** Whether a program of this run has gone on while nobody orchestrated. */
  async somethingLives(): Promise<boolean> {
    const { loop, terminals } = this.#parts;
    const listed = await terminals.list();
    if (!listed.ok) return false;
    const live = new Set(listed.value.filter(({ exit }) => !exit).map(({ id }) => id));
    return [...loop.state.sessions.values()].some((session) => session.terminals.some(({ id }) => live.has(id)));
  }

  /** Ends a session's launch whose start was not recorded and that lives on without its host: it will be named again. Not while it is being launched. */
  async endUnrecorded(session: SessionState): Promise<void> {
    const { terminals } = this.#parts;
    const due = phaseTerminal(session);
    if (!due || due.launched) return;
    const listed = await terminals.list();
    if (!listed.ok || listed.value.some(({ id }) => id === due.id)) return;
    await terminals.endLeftovers({ id: due.id, pid: 0, startTime: '' });
  }

  async #reconcileOne(session: SessionState, record: TerminalRecord, info: TerminalInfo | undefined): Promise<void> {
    if (info && !info.exit) return;
    const told = info?.exit ?? (await this.#parts.records.readExit(record.id));
    if (told) return this.exited(session.id, record.id, told);
    const survivors = await this.#parts.terminals.endLeftovers(record);
    await this.exited(session.id, record.id, { reason: 'host_lost', bytes: 0, redactions: 0, survivors });
  }

  /** One that was launched without its record: its launch is named again and finds it, unless the session has ended. */
  async #endStray(info: TerminalInfo): Promise<void> {
    const { loop, terminals } = this.#parts;
    if (info.exit) return;
    for (const session of loop.state.sessions.values()) {
      if (!info.id.startsWith(`${session.spec.id}.a`)) continue;
      const record = session.terminals.find(({ id }) => id === info.id);
      if (session.status === undefined && !record?.exit) return;
    }
    await terminals.kill(info.id);
  }

  async #handleSignal(signal: TerminalSignal): Promise<void> {
    const { loop, redact } = this.#parts;
    if (signal.type === 'title') return;
    const session = this.#sessionOf(signal.id);
    if (session === undefined) return void this.#early.set(signal.id, [...(this.#early.get(signal.id) ?? []), signal]);
    if (signal.type === 'exited') return this.exited(session, signal.id, signal.exit);
    if (signal.type === 'control') {
      loop.append({ type: 'control_changed', session, terminal: signal.id, owner: signal.owner });
      return;
    }
    const before = this.#record(session, signal.id)?.status;
    const { message, ...words } = signal.status;
    const status = message === undefined ? words : { ...words, message: redact(message) };
    if (before?.state === status.state && before.kind === status.kind) return;
    loop.append({ type: 'program_status', session, terminal: signal.id, status });
  }

  #sessionOf(terminal: TerminalId): SessionId | undefined {
    const known = this.#sessions.get(terminal);
    if (known !== undefined) return known;
    for (const id of this.#parts.loop.state.active) {
      if (this.#record(id, terminal)) {
        this.#sessions.set(terminal, id);
        return id;
      }
    }
    return undefined;
  }

  #record(session: SessionId, terminal: TerminalId): TerminalRecord | undefined {
    return this.#parts.loop.state.sessions.get(session)?.terminals.find(({ id }) => id === terminal);
  }

  /** The agent wrote it by itself, so what must not be kept is taken out of the file as well; before it is cut, lest half a secret stays. */
  async #question(terminal: TerminalId): Promise<string | undefined> {
    const { records, redact } = this.#parts;
    const file = records.questionFile(terminal);
    const text = await records.readText(file);
    if (text === undefined) return undefined;
    const safe = redact(text);
    if (safe !== text) await records.replaceText(file, safe);
    return safe.trim() === '' ? undefined : safe.trim().slice(0, 8_000);
  }
}
