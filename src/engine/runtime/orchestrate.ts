import { fail, ok, type Result } from '../../base/result.ts';
import { systemClock } from '../../base/clock.ts';
import { drivers } from '../agents/drivers.ts';
import type { RunState } from '../core/run-state.ts';
import type { EngineFailure, EnginePorts, PersonRequest, RunHandle } from '../model/engine-api.ts';
import type { SessionId } from '../model/ids.ts';
import type { RunEntry } from '../model/run-event.ts';
import { acknowledgeRequest, watchRequests } from '../store/requests.ts';
import type { RunFiles } from '../store/run-files.ts';
import { performEffect } from './perform-effect.ts';
import { parsePersonRequest, requestEvent } from './person-request.ts';
import type { RunJournal, RunRecords, RunTerminals, RunWorkspace } from './ports.ts';
import { RunLoop } from './run-loop.ts';
import { TerminalWatch } from './terminal-watch.ts';

/** Everything that a run is orchestrated with. `close` lets go of what was opened for it, the lease last. */
export interface Orchestration {
  readonly state: RunState;
  readonly journal: RunJournal;
  readonly monitorIntervalMs: number;
  readonly isCurrent: () => boolean;
  readonly onFenced: (fenced: () => void) => void;
  readonly terminals: RunTerminals;
  readonly workspace: RunWorkspace;
  readonly records: RunRecords;
  readonly files: RunFiles;
  readonly redact: (text: string) => string;
  readonly ports: EnginePorts;
  readonly holder: 'cli' | 'vscode';
  /** Brings the database up to date; called at each session's end and at the run's. */
  readonly project: (state: RunState, at: string) => void;
  readonly close: () => Promise<void>;
}

/** What is different when a run goes on after an interruption. */
export interface Resumption {
  readonly maxParallel?: number;
  readonly mode?: 'auto' | 'approve';
  readonly retryFailed: boolean;
}

/** Puts the loop, the ports and the person's requests together and lets the run go. With `resumption` the world is held against the journal first. */
export async function orchestrate(
  parts: Orchestration,
  resumption: Resumption | undefined,
): Promise<Result<RunHandle, EngineFailure>> {
  const { state, terminals, records, redact, ports } = parts;
  const { journal, monitorIntervalMs, isCurrent } = parts;
  const loop = new RunLoop({ state, journal, clock: systemClock, monitorIntervalMs, isCurrent });
  const watch = new TerminalWatch({ loop, terminals, records, redact });
  parts.onFenced(() => loop.finish({ kind: 'fenced' }));
  const releases = new Releases(parts);
  loop.onEntry((entry) => afterEntry(entry, parts, releases));
  if (resumption) await resume(loop, watch, parts, resumption);
  const { environment, execPath, distFolder } = ports;
  const effectParts = {
    ...{ loop, terminals, watch, records, redact, drivers, environment, execPath, distFolder },
    workspace: parts.workspace,
    platform: process.platform,
    pause: () => new Promise<void>((resolve) => void systemClock.after(monitorIntervalMs, resolve)),
  };
  loop.start((effect) => performEffect(effect, effectParts), takeRequests(loop, parts));
  const ended = loop.ended.then(async (end) => {
    watch.dispose();
    await releases.settled();
    await parts.close();
    return end;
  });
  return ok(handle(loop, parts, ended));
}

async function resume(loop: RunLoop, watch: TerminalWatch, parts: Orchestration, how: Resumption): Promise<void> {
  const { maxParallel, mode } = how;
  loop.append({
    type: 'run_resumed',
    holder: parts.holder,
    ...(maxParallel === undefined ? {} : { maxParallel }),
    ...(mode === undefined ? {} : { mode }),
  });
  await watch.reconcile();
  if (!how.retryFailed) return;
  for (const session of [...loop.state.sessions.values()]) {
    const ended = loop.state.sessions.get(session.id)?.status;
    if (ended === 'failed' || ended === 'timed_out' || ended === 'cancelled') {
      loop.append({ type: 'retry_requested', session: session.id, by: parts.holder });
    }
  }
}

function takeRequests(loop: RunLoop, parts: Orchestration) {
  return watchRequests(parts.files.requests, {
    parse: parsePersonRequest,
    onWarning: ({ message }) => parts.ports.onWarning(message),
    onRequest: ({ content, file }) => {
      const event = requestEvent(loop.state, content.request, content.by);
      if (event.ok) loop.append(redactAnswer(event.value, parts));
      else parts.ports.onWarning(`A request was refused: ${event.failure.message}`);
      void loop.settled().then((durable) => (durable ? acknowledgeRequest(file) : undefined));
    },
  });
}

function redactAnswer<E extends { readonly type: string }>(event: E, { redact }: Orchestration): E {
  return 'text' in event && typeof event.text === 'string' ? { ...event, text: redact(event.text) } : event;
}

function handle(loop: RunLoop, parts: Orchestration, ended: RunHandle['ended']): RunHandle {
  const detach = async (): Promise<void> => {
    loop.finish({ kind: 'detached' });
    await ended;
  };
  return {
    runId: loop.state.runId,
    isOrchestrator: true,
    view: () => loop.view(),
    onEntry: loop.onEntry,
    onChange: loop.onChange,
    onEscalation: loop.onEscalation,
    ended,
    detach,
    dispose: () => void detach(),
    async request(request: PersonRequest) {
      const event = requestEvent(loop.state, request, parts.holder);
      if (!event.ok) return event;
      loop.append(redactAnswer(event.value, parts));
      if (await loop.settled()) return ok(undefined);
      return fail({ reason: 'store', message: 'The request could not be recorded; the run has stopped.' });
    },
  };
}

function afterEntry({ event, at }: RunEntry, parts: Orchestration, releases: Releases): void {
  if (event.type === 'session_ended') {
    releases.release(event.session);
    parts.project(parts.state, at);
  }
  if (event.type === 'run_finished') parts.project(parts.state, at);
}

/** Tidies up behind sessions that ended: accepted work needs no worktree, and ended terminals no place in the host. */
class Releases {
  readonly #parts: Orchestration;
  readonly #running = new Set<Promise<unknown>>();

  constructor(parts: Orchestration) {
    this.#parts = parts;
    for (const session of parts.state.sessions.values()) {
      if (session.status === 'completed' && session.worktree !== undefined) this.release(session.id);
    }
  }

  release(id: SessionId): void {
    const job = this.#release(id).finally(() => this.#running.delete(job));
    this.#running.add(job);
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  async #release(id: SessionId): Promise<void> {
    const { state, workspace, terminals, ports } = this.#parts;
    const session = state.sessions.get(id);
    if (!session) return;
    for (const terminal of session.terminals) await terminals.forget(terminal.id);
    if (session.status !== 'completed') return;
    const released = await workspace.release(session.spec.id);
    if (!released.ok && 'message' in released.failure) {
      ports.onWarning(`The worktree of ${session.spec.id} stays: ${released.failure.message}`);
    }
  }
}
