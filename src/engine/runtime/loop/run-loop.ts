import type { Clock } from '../../../base/clock.ts';
import { Deferred } from '../../../base/deferred.ts';
import type { Disposable } from '../../../base/disposable.ts';
import { Emitter } from '../../../base/emitter.ts';
import { applyEntry } from '../../core/apply.ts';
import type { Command, Effect } from '../../core/command.ts';
import { decide } from '../../core/decide.ts';
import type { RunState } from '../../core/run-state.ts';
import { viewRun } from '../../core/view-run.ts';
import type { EngineFailure, RunEnd } from '../../model/engine-api.ts';
import type { EscalationId } from '../../model/ids.ts';
import type { RunEntry, RunEvent } from '../../model/run-event.ts';
import type { RunView } from '../../model/run-view.ts';
import type { RequestSource, RunJournal } from '../ports.ts';

/** Sees to it that everything that led to an effect gets to the disk, and resolves when it is there; false when it will never be. */
export type Durable = () => Promise<boolean>;

/** What turns commands into facts; answers when the command's facts have been recorded. Nothing that cannot be repeated may be done before `durable`. */
export type PerformEffect = (effect: Effect, durable: Durable) => Promise<void>;

/** What the loop is made of. `state` is the fold of everything in the journal and belongs to the loop from here on. */
export interface RunLoopParts {
  readonly state: RunState;
  readonly journal: RunJournal;
  /** Appended before the loop was made, and not yet told to anybody. */
  readonly untold: readonly RunEntry[];
  readonly clock: Clock;
  readonly monitorIntervalMs: number;
  /** Tells without being asked that this process may no longer decide. */
  readonly isCurrent: () => boolean;
}

const currentIntervalMs = 50;

const commitDelayMs = 20;

/** Fronts redraw at most this often. */
const changeIntervalMs = 100;

/**
 * Drives one run: asks the core what is missing, records its conclusions, and once they are on disk has the effects performed; what comes back is recorded, and the core
 * is asked again.
 */
export class RunLoop {
  readonly state: RunState;
  readonly #parts: RunLoopParts;
  readonly #entries = new Emitter<RunEntry>();
  readonly #changes = new Emitter<RunView>();
  readonly #escalations = new Emitter<EscalationId>();
  readonly onEntry = this.#entries.event;
  readonly onChange = this.#changes.event;
  readonly onEscalation = this.#escalations.event;
  readonly #ended = new Deferred<RunEnd>();
  readonly ended = this.#ended.promise;
  /** Effects under way, by command id. */
  readonly #inFlight = new Map<string, Promise<void>>();
  #t0: number;
  readonly #started: number;
  #perform: PerformEffect | undefined;
  #requests: RequestSource | undefined;
  /** Appended, not yet known to be durable. */
  #undurable: RunEntry[];
  #pumpQueued = false;
  #tickTimer: Disposable | undefined;
  #changeTimer: Disposable | undefined;
  #commitTimer: Disposable | undefined;
  #over = false;
  #currentMs = Number.NEGATIVE_INFINITY;

  constructor(parts: RunLoopParts) {
    this.#parts = parts;
    this.state = parts.state;
    this.#undurable = [...parts.untold];
    this.#t0 = parts.state.t;
    this.#started = parts.clock.monotonicMs();
  }

  /** Run time now, whole ms: goes on where the journal's last entry stood, however long nobody orchestrated. */
  now(): number {
    return Math.max(this.state.t, Math.floor(this.#t0 + this.#parts.clock.monotonicMs() - this.#started));
  }

  /** Time during which agents worked on although nobody orchestrated. Before {@link RunLoop.start}. */
  addAway(ms: number): void {
    this.#t0 += Math.max(0, ms);
  }

  get isOver(): boolean {
    return this.#over;
  }

  view(): RunView {
    return viewRun(this.state, this.#over ? this.state.t : this.now());
  }

  /** Begins to decide. `requests` is asked at every tick. */
  start(perform: PerformEffect, requests: RequestSource): void {
    if (this.#over) {
      requests.dispose();
      return;
    }
    this.#requests = requests;
    this.#tick();
    // What was asked while nobody orchestrated comes first: it may reopen a run that has finished.
    requests
      .poll()
      .then(() => {
        this.#perform = perform;
        this.pump();
      })
      .catch((error: unknown) => this.#crash(error));
  }

  /** Records a fact. It is in the state at once, and told to listeners when it is durable. */
  append(event: RunEvent): void {
    if (this.#over) return;
    // The last line is the last: only a wish to try again opens a finished run.
    if (this.state.result !== undefined && event.type !== 'retry_requested' && event.type !== 'run_resumed') return;
    const entry = this.#parts.journal.append(event, this.now());
    applyEntry(this.state, entry);
    this.#undurable.push(entry);
    this.pump();
  }

  /** Resolves when everything recorded so far is durable; false when it will never be. */
  async settled(): Promise<boolean> {
    const flushed = await this.#parts.journal.flushed();
    if (flushed.ok) return true;
    if (flushed.failure.reason === 'closed') return false;
    this.finish(
      flushed.failure.reason === 'fenced'
        ? { kind: 'fenced' }
        : { kind: 'broken', failure: { reason: 'store', message: flushed.failure.message } },
    );
    return false;
  }

  /** The effect of that id, while it is under way. */
  underWay(id: string): Promise<void> | undefined {
    return this.#inFlight.get(id);
  }

  /** An escalation has reached its file: tell the person. */
  announce(id: EscalationId): void {
    this.#escalations.fire(id);
  }

  /** Asks the core again, once for all facts of this turn. */
  pump(): void {
    if (this.#pumpQueued || this.#over || !this.#perform) return;
    this.#pumpQueued = true;
    queueMicrotask(() => {
      this.#pumpQueued = false;
      this.#run().catch((error: unknown) => this.#crash(error));
    });
  }

  /** Ends the loop for this process: nothing more is decided or recorded. Agents live on. */
  finish(end: RunEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#requests?.dispose();
    this.#tickTimer?.dispose();
    this.#changeTimer?.dispose();
    this.#commitTimer?.dispose();
    void Promise.allSettled(this.#inFlight.values())
      .then(() => this.#parts.journal.close())
      .then(() => {
        this.#changes.fire(this.view());
        this.#ended.resolve(end);
      });
  }

  async #run(): Promise<void> {
    if (this.#over) return;
    if (!this.#isCurrent()) {
      this.finish({ kind: 'fenced' });
      return;
    }
    const effects = this.#conclude();
    this.#queueChange();
    for (const effect of effects) if (!this.#inFlight.has(effect.id)) this.#begin(effect);
    if (this.state.result === undefined) this.#commitSoon();
    else await this.#commit();
  }

  /** Brings everything recorded so far to the disk and then tells it; false when nothing more may be done. */
  async #commit(): Promise<boolean> {
    const { result, seq } = this.state;
    const durable = await this.settled();
    if (durable) this.#tellDurable(seq);
    if (result !== undefined && durable) this.finish({ kind: 'finished', result });
    return durable && !this.#over;
  }

  /** For facts that nobody waits for: together with those of the next moment. */
  #commitSoon(): void {
    if (this.#commitTimer || this.#over || this.#undurable.length === 0) return;
    this.#commitTimer = this.#parts.clock.after(commitDelayMs, () => {
      this.#commitTimer = undefined;
      this.#commit().catch((error: unknown) => this.#crash(error));
    });
  }

  /** Asks the disk now and then: the lease's own watch tells at once, and the journal asks at each write. */
  #isCurrent(): boolean {
    const now = this.#parts.clock.monotonicMs();
    if (now - this.#currentMs < currentIntervalMs) return true;
    this.#currentMs = now;
    return this.#parts.isCurrent();
  }

  /** Records the core's own conclusions until it has none; answers the effects that are missing then. */
  #conclude(): Effect[] {
    for (;;) {
      const commands = decide(this.state, this.now());
      const records = commands.filter((command) => command.kind === 'record');
      if (records.length === 0) return commands.filter(isEffect);
      for (const { event } of records) {
        const entry = this.#parts.journal.append(event, this.now());
        applyEntry(this.state, entry);
        this.#undurable.push(entry);
      }
    }
  }

  #begin(effect: Effect): void {
    const done = Promise.resolve(this.#perform?.(effect, () => this.#commit()))
      .catch((error: unknown) => this.#crash(error))
      .finally(() => {
        this.#inFlight.delete(effect.id);
        this.pump();
      });
    this.#inFlight.set(effect.id, done);
  }

  /** What was appended while the disk was at work waits for its own turn. */
  #tellDurable(lastSeq: number): void {
    const entries = this.#undurable.filter(({ seq }) => seq <= lastSeq);
    this.#undurable = this.#undurable.slice(entries.length);
    for (const entry of entries) this.#entries.fire(entry);
  }

  #queueChange(): void {
    if (this.#changeTimer || this.#over || !this.#changes.hasListeners) return;
    this.#changeTimer = this.#parts.clock.after(changeIntervalMs, () => {
      this.#changeTimer = undefined;
      this.#changes.fire(this.view());
    });
  }

  #tick(): void {
    if (this.#over) return;
    this.#tickTimer = this.#parts.clock.after(this.#parts.monitorIntervalMs, () => {
      void this.#requests?.poll();
      this.pump();
      this.#queueChange();
      this.#tick();
    });
  }

  #crash(error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const failure: EngineFailure = {
      reason: 'store',
      message: `The orchestrator stopped because of a defect: ${message}`,
    };
    this.finish({ kind: 'broken', failure });
  }
}

function isEffect(command: Command): command is Effect {
  return command.kind !== 'record';
}
