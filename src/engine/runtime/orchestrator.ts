import { systemClock } from '../../base/clock.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { drivers } from '../agents/drivers.ts';
import { scheduleStarts } from '../core/schedule.ts';
import type { Command } from '../core/command.ts';
import type { RunState, SessionState } from '../core/run-state.ts';
import { DependencyGraph } from '../graph/dependency-graph.ts';
import type { EngineFailure, EnginePorts, PersonRequest, RunEnd, RunHandle } from '../model/engine-api.ts';
import type { EscalationId, RunId, SessionId, SpecId } from '../model/ids.ts';
import type { RunEntry, RunSettings } from '../model/run-event.ts';
import type { RunView } from '../model/run-view.ts';
import type { SessionFailure } from '../model/session-failure.ts';
import type { EscalationLevel } from '../model/status.ts';
import { performEffect } from './loop/perform-effect.ts';
import { requestEvent } from './loop/person-request.ts';
import type { RunJournal, RunRecords, RunTerminals, RunWorkspace } from './ports.ts';
import { RunLoop } from './loop/run-loop.ts';
import { takeRequests } from './loop/take-requests.ts';
import { TerminalWatch } from './loop/terminal-watch.ts';

/** Everything that a run is orchestrated with. `close` lets go of what was opened for it, the lease last. */
export interface OrchestratorParts {
  readonly state: RunState;
  readonly journal: RunJournal;
  /** What was appended before this: `run_started` of a new run. */
  readonly untold: readonly RunEntry[];
  readonly monitorIntervalMs: number;
  readonly isCurrent: () => boolean;
  readonly onFenced: (fenced: () => void) => void;
  readonly terminals: RunTerminals;
  readonly workspace: RunWorkspace;
  readonly records: RunRecords;
  /** Folder in which other processes leave a person's requests. */
  readonly requestsFolder: string;
  readonly redact: (text: string) => string;
  readonly ports: Pick<EnginePorts, 'environment' | 'execPath' | 'distFolder' | 'onWarning'>;
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
  /** Wall-clock milliseconds since the journal's last entry. */
  readonly awayMs: number;
}

/**
 * One run in the hands of this process: the loop over the pure core, with the ports that its commands are performed through. Every decision is the core's; this class only
 * puts things together and tidies up behind sessions that ended.
 */
export class Orchestrator implements RunHandle {
  readonly runId: RunId;
  readonly isOrchestrator = true;
  readonly dependencyGraph = new DependencyGraph();
  readonly onEntry: RunHandle['onEntry'];
  readonly onChange: RunHandle['onChange'];
  readonly onEscalation: RunHandle['onEscalation'];
  readonly ended: Promise<RunEnd>;
  readonly #parts: OrchestratorParts;
  readonly #loop: RunLoop;
  readonly #watch: TerminalWatch;
  readonly #tidying = new Set<Promise<void>>();

  constructor(parts: OrchestratorParts) {
    const { state, journal, untold, monitorIntervalMs, isCurrent, terminals, records, redact } = parts;
    this.#parts = parts;
    this.runId = state.runId;
    this.#loop = new RunLoop({ state, journal, untold, clock: systemClock, monitorIntervalMs, isCurrent });
    this.#watch = new TerminalWatch({ loop: this.#loop, terminals, records, redact });
    this.onEntry = this.#loop.onEntry;
    this.onChange = this.#loop.onChange;
    this.onEscalation = this.#loop.onEscalation;
    this.ended = this.#loop.ended.then((end) => this.#close(end));
    for (const id of state.sessionOfSpec.keys()) this.registerSpec(id);
    parts.onFenced(() => this.#loop.finish({ kind: 'fenced' }));
    this.onEntry((entry) => this.#handleEntry(entry));
  }

  /** Every session of the run by its id. */
  get sessions(): ReadonlyMap<SessionId, SessionState> {
    return this.#parts.state.sessions;
  }

  get config(): RunSettings {
    return this.#parts.state.settings;
  }

  /** Puts a spec of the run into the graph with all that it depends on; a cycle is refused with its path. */
  registerSpec(id: SpecId): Result<void, { readonly reason: 'cycle'; readonly path: readonly SpecId[] }> {
    this.dependencyGraph.addSpec(id);
    const session = this.#parts.state.sessionOfSpec.get(id);
    for (const needed of (session && this.sessions.get(session)?.spec.dependsOn) ?? []) {
      const added = this.dependencyGraph.addDependency(id, needed);
      if (!added.ok) return added;
    }
    return ok(undefined);
  }

  /** Holds the world against the journal after an interruption, before {@link monitorLoop}. */
  async resume(how: Resumption): Promise<void> {
    const { maxParallel, mode } = how;
    if (await this.#watch.somethingLives()) this.#loop.addAway(how.awayMs);
    this.#loop.append({
      type: 'run_resumed',
      holder: this.#parts.holder,
      ...(maxParallel === undefined ? {} : { maxParallel }),
      ...(mode === undefined ? {} : { mode }),
    });
    await this.#watch.reconcile();
    for (const session of [...this.sessions.values()]) {
      await this.#watch.endUnrecorded(session);
      this.#completeEvidence(session);
    }
    for (const { id, status } of [...this.sessions.values()]) {
      if (status === 'completed') await this.onSessionCompleted(id);
      const ended = this.sessions.get(id)?.status;
      if (how.retryFailed && (ended === 'failed' || ended === 'timed_out' || ended === 'cancelled')) {
        this.#loop.append({ type: 'retry_requested', session: id, by: this.#parts.holder });
      }
    }
  }

  /** Decides at every fact and at every tick until the run has ended for this process. */
  monitorLoop(): Promise<RunEnd> {
    const { ports, terminals, records, redact, workspace, monitorIntervalMs } = this.#parts;
    const { environment, execPath, distFolder } = ports;
    const loop = this.#loop;
    const effectParts = {
      ...{ loop, terminals, records, redact, workspace, drivers, environment, execPath, distFolder },
      watch: this.#watch,
      platform: process.platform,
      pause: () => new Promise<void>((resolve) => void systemClock.after(monitorIntervalMs, resolve)),
    };
    loop.start((effect, durable) => performEffect(effect, effectParts, durable), takeRequests(loop, this.#parts));
    return this.ended;
  }

  /** Starts a session now if the core allows it: dependencies accepted, a slot free. Sessions start by themselves; this is for asking why one does not. */
  async startSession(id: SessionId): Promise<Result<void, EngineFailure>> {
    const session = this.sessions.get(id);
    if (!session) return fail({ reason: 'unknown_session', message: `There is no session ${id} in this run.` });
    const commands: Command[] = [];
    scheduleStarts(this.#parts.state, this.#loop.now(), commands);
    const start = commands.find(
      (command) =>
        command.kind === 'record' && command.event.type === 'attempt_started' && command.event.session === id,
    );
    if (start?.kind !== 'record') {
      const unmet = session.spec.dependsOn.filter((needed) => !this.#isCompleted(needed));
      const why =
        unmet.length > 0 ? `it waits for ${unmet.join(', ')}` : `it is ${session.phase.kind}, or no slot is free`;
      return fail({ reason: 'refused', message: `${session.spec.id} cannot start now: ${why}.` });
    }
    this.#loop.append(start.event);
    return this.#recorded();
  }

  /** Raises an escalation on a session: it goes to the run's root session, to its file and to the person. */
  escalate(id: SessionId, reason: string, level: EscalationLevel = 'Error'): EscalationId {
    const escalation = `esc-${this.#parts.state.escalations.size + 1}` as EscalationId;
    const key = `${id}:raised:${escalation}`;
    this.#loop.append({
      type: 'escalated',
      ...{ id: escalation, key, session: id, level, kind: 'failure', reason: this.#parts.redact(reason) },
    });
    return escalation;
  }

  /** What follows an accepted session: its worktree goes (unsaved things in it are rescued first), its terminals leave the host. Dependents are the core's business. */
  async onSessionCompleted(id: SessionId): Promise<void> {
    const session = this.sessions.get(id);
    if (!session?.worktree) return;
    await this.#forgetTerminals(session);
    const released = await this.#parts.workspace.release(session.spec.id);
    if (!released.ok && 'message' in released.failure) {
      this.#parts.ports.onWarning(`The worktree of ${session.spec.id} stays: ${released.failure.message}`);
    }
  }

  /** What follows a session that ended otherwise: worktree and branch stay for inspection. Whether it is tried again was decided before. */
  async onSessionFailed(id: SessionId, _failure: SessionFailure | undefined): Promise<void> {
    const session = this.sessions.get(id);
    if (session) await this.#forgetTerminals(session);
  }

  view(): RunView {
    return this.#loop.view();
  }

  request(request: PersonRequest): Promise<Result<void, EngineFailure>> {
    if (this.#loop.isOver) {
      const message = 'This process does not orchestrate the run any more.';
      return Promise.resolve(fail({ reason: 'refused', message }));
    }
    const event = requestEvent(this.#parts.state, request, this.#parts.holder);
    if (!event.ok) return Promise.resolve(event);
    const { redact } = this.#parts;
    this.#loop.append(
      event.value.type === 'answer_given' ? { ...event.value, text: redact(event.value.text) } : event.value,
    );
    return this.#recorded();
  }

  async detach(): Promise<void> {
    this.#loop.finish({ kind: 'detached' });
    await this.ended;
  }

  dispose(): void {
    void this.detach();
  }

  async #recorded(): Promise<Result<void, EngineFailure>> {
    if (await this.#loop.settled()) return ok(undefined);
    return fail({ reason: 'store', message: 'This could not be recorded; the run has stopped here.' });
  }

  #isCompleted(spec: SpecId): boolean {
    const id = this.#parts.state.sessionOfSpec.get(spec);
    return id !== undefined && this.sessions.get(id)?.status === 'completed';
  }

  #handleEntry({ event, at }: RunEntry): void {
    if (event.type === 'session_ended') {
      const job =
        event.status === 'completed'
          ? this.onSessionCompleted(event.session)
          : this.onSessionFailed(event.session, event.failure);
      this.#tidying.add(job.finally(() => this.#tidying.delete(job)));
    }
    if (event.type === 'session_ended' || event.type === 'run_finished') this.#parts.project(this.#parts.state, at);
  }

  /** A crash may have come between an end and its row. */
  #completeEvidence(session: SessionState): void {
    for (const { id: terminal, command, exit } of session.terminals) {
      if (exit) this.#parts.records.addEvidence({ session: session.id, terminal, command, exit });
    }
  }

  async #forgetTerminals(session: SessionState): Promise<void> {
    for (const { id } of session.terminals) await this.#parts.terminals.forget(id);
  }

  async #close(end: RunEnd): Promise<RunEnd> {
    this.#watch.dispose();
    await Promise.allSettled(this.#tidying);
    await this.#parts.close();
    return end;
  }
}
