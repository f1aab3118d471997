import { DisposableStore, type Disposable } from '../../../base/disposable.ts';
import { Emitter } from '../../../base/emitter.ts';
import { fail, type Result } from '../../../base/result.ts';
import type { RunId, TerminalId } from '../../model/ids.ts';
import type { TerminalInfo, TerminalSignal } from '../../model/terminal.ts';
import { endProcessTree, terminalMarker } from '../../terminal/process-tree.ts';
import type { PtyHostClient } from '../../terminal/pty-host-client.ts';
import type { RunTerminals, TerminalsFailure } from '../ports.ts';

/** What is used of a connection to the host. */
export type HostConnection = Pick<
  PtyHostClient,
  'onSignal' | 'onLost' | 'spawn' | 'list' | 'kill' | 'write' | 'forget' | 'dispose'
>;

/** How a run reaches its PTY host. */
export interface HostTerminalsParts {
  readonly runId: RunId;
  readonly client: HostConnection;
  /** Starts or finds a host anew after one was lost. */
  readonly reconnect: () => Promise<Result<HostConnection, TerminalsFailure>>;
  /** Absolute; part of the mark that the host puts on every process of a terminal. */
  readonly exitFile: (terminal: TerminalId) => string;
  readonly killGraceMs: number;
}

/**
 * The terminals of one run at the workspace's PTY host. The host serves one run after the other, so ids there carry the run; this hides it. A host that is gone is replaced, and
 * only then is its loss told.
 */
export class HostTerminals implements RunTerminals, Disposable {
  readonly #parts: HostTerminalsParts;
  readonly #signals = new Emitter<TerminalSignal>();
  readonly #lost = new Emitter<void>();
  readonly onSignal = this.#signals.event;
  readonly onLost = this.#lost.event;
  #client: HostConnection;
  #owned = new DisposableStore();
  #disposed = false;

  constructor(parts: HostTerminalsParts) {
    this.#parts = parts;
    this.#client = parts.client;
    this.#listen();
  }

  dispose(): void {
    this.#disposed = true;
    this.#owned.dispose();
    this.#client.dispose();
    this.#signals.dispose();
    this.#lost.dispose();
  }

  spawn: RunTerminals['spawn'] = async (launch) => {
    const spawned = await this.#client.spawn({ ...launch, id: this.#toHost(launch.id) });
    return spawned.ok ? { ok: true, value: { ...spawned.value, id: launch.id } } : spawned;
  };

  list: RunTerminals['list'] = async () => {
    const listed = await this.#client.list();
    if (!listed.ok) return listed;
    const own: TerminalInfo[] = [];
    for (const info of listed.value) {
      const id = this.#fromHost(info.id);
      if (id !== undefined) own.push({ ...info, id });
    }
    return { ok: true, value: own };
  };

  kill: RunTerminals['kill'] = (id) => this.#client.kill(this.#toHost(id));
  write: RunTerminals['write'] = (id, data, owner) => this.#client.write(this.#toHost(id), data, owner);
  forget: RunTerminals['forget'] = (id) => this.#client.forget(this.#toHost(id));
  endLeftovers: RunTerminals['endLeftovers'] = ({ id, pid, startTime }) => {
    // Marks can be read on Linux alone, and elsewhere 0 would be the caller's own group.
    if (pid === 0 && process.platform !== 'linux') return Promise.resolve([]);
    const marker = terminalMarker({ id: this.#toHost(id), exitFile: this.#parts.exitFile(id) });
    return endProcessTree({ pid, startTime, marker }, this.#parts.killGraceMs);
  };

  #toHost(id: TerminalId): TerminalId {
    return hostTerminalId(this.#parts.runId, id);
  }

  #fromHost(id: TerminalId): TerminalId | undefined {
    const prefix = `${this.#parts.runId}/`;
    return id.startsWith(prefix) ? (id.slice(prefix.length) as TerminalId) : undefined;
  }

  #listen(): void {
    this.#owned.dispose();
    this.#owned = new DisposableStore();
    this.#owned.add(
      this.#client.onSignal((signal) => {
        const id = this.#fromHost(signal.id);
        if (id !== undefined) this.#signals.fire({ ...signal, id });
      }),
    );
    this.#owned.add(this.#client.onLost(() => void this.#replace()));
  }

  async #replace(): Promise<void> {
    if (this.#disposed) return;
    const client = await this.#parts.reconnect();
    if (this.#disposed) {
      if (client.ok) client.value.dispose();
      return;
    }
    this.#client.dispose();
    if (client.ok) this.#client = client.value;
    else this.#client = deadConnection(this.#client, client.failure);
    this.#listen();
    this.#lost.fire();
  }
}

/** The id of a run's terminal at the host. */
export function hostTerminalId(run: RunId, id: TerminalId): TerminalId {
  return `${run}/${id}` as TerminalId;
}

/** Every call says why there is no host. */
function deadConnection(last: HostConnection, failure: TerminalsFailure): HostConnection {
  const message = `The terminal host is gone and no other could be started: ${failure.message}`;
  const refuse = (): Promise<Result<never, { reason: 'connection_lost'; message: string }>> =>
    Promise.resolve(fail({ reason: 'connection_lost', message }));
  const { onSignal, onLost } = last;
  const calls = { spawn: refuse, list: refuse, kill: refuse, write: refuse, forget: refuse };
  return { onSignal, onLost, ...calls, dispose: () => undefined };
}
