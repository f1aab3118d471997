import type { Clock } from '../../base/clock.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import type {
  Engine,
  EngineFailure,
  PersonRequest,
  ResumeOptions,
  RunFeed,
  RunHandle,
  StartOptions,
} from '../../engine/model/engine-api.ts';
import type { EscalationId, RunId } from '../../engine/model/ids.ts';
import type { RunView } from '../../engine/model/run-view.ts';
import type { Memory } from './memory.ts';
import type { RunPart } from './run-part.ts';

/** What the window has to do with the shown run. A feed of a run that ended stays, so that its end can be looked at. */
export type Situation =
  | { readonly kind: 'none' }
  | { readonly kind: 'orchestrating'; readonly handle: RunHandle }
  /** `live`: another process orchestrates; else nobody does. */
  | { readonly kind: 'watching'; readonly feed: RunFeed; readonly live: boolean };

/** What {@link RunControl} is made of. */
export interface RunControlParts {
  readonly engine: () => Promise<Engine>;
  readonly memory: Pick<Memory, 'orchestrated' | 'setOrchestrated'>;
  readonly clock: Clock;
  /** False: nothing may be started. */
  readonly isTrusted: () => boolean;
  /** A run of this window came to a bad end that no session explains. */
  readonly onBroken: (failure: EngineFailure) => void;
}

/** A window that is being reloaded overlaps with its successor by some seconds (measured: up to 5.4 s); the successor waits this long. */
const overlapMs = 15_000;
const retryMs = 400;
/** How often a watching window looks whether somebody still orchestrates. */
const livenessMs = 3_000;

/** The one run that the window shows: started, resumed or watched here. */
export class RunControl implements Disposable {
  readonly #parts: RunControlParts;
  readonly #changes = new Emitter<void>();
  readonly #escalations = new Emitter<EscalationId>();
  /** The situation or the shown run changed. */
  readonly onChange = this.#changes.event;
  /** An escalation of a run that this window orchestrates is to be told to the person. */
  readonly onEscalation = this.#escalations.event;
  #situation: Situation = { kind: 'none' };
  #subscriptions = new DisposableStore();
  #opening: Promise<unknown> = Promise.resolve();
  #disposed = false;

  constructor(parts: RunControlParts) {
    this.#parts = parts;
  }

  get situation(): Situation {
    return this.#situation;
  }

  get view(): RunView | undefined {
    return this.#feed?.view();
  }

  /** Undefined while there is no run. */
  get part(): RunPart | undefined {
    const view = this.view;
    if (!view) return undefined;
    if (view.result !== undefined) return 'ended';
    if (this.#situation.kind === 'orchestrating') return 'orchestrating';
    return this.#situation.kind === 'watching' && this.#situation.live ? 'watching' : 'interrupted';
  }

  /** Goes on with the run that this window orchestrated before it was reloaded; else shows the newest run. */
  async restore(): Promise<void> {
    const run = this.#parts.memory.orchestrated;
    if (run !== undefined && this.#parts.isTrusted()) {
      await this.showNewest();
      const resumed = await this.#resumeWhenFree(run);
      if (resumed?.ok) return;
      if (resumed && resumed.failure.reason !== 'held') {
        await this.#parts.memory.setOrchestrated(undefined);
        this.#parts.onBroken(resumed.failure);
      }
    }
    await this.showNewest();
  }

  /** Shows the newest run of the folder, unless this window orchestrates one that has not ended. */
  showNewest(): Promise<void> {
    return this.#oneAtATime(async () => {
      if (this.#disposed || this.part === 'orchestrating') return;
      const engine = await this.#parts.engine();
      const [newest] = await engine.runs();
      if (!newest) return;
      const { live } = newest;
      const situation = this.#situation;
      const isShown = this.#feed?.runId === newest.runId;
      if (isShown && situation.kind === 'watching') {
        if (situation.live !== live) this.#adopt({ ...situation, live });
        return;
      }
      if (isShown && !live) return;
      const feed = await engine.watch(newest.runId);
      if (feed.ok) this.#adopt({ kind: 'watching', feed: feed.value, live });
    });
  }

  start(options: StartOptions): Promise<Result<RunHandle, EngineFailure>> {
    return this.#orchestrate((engine) => engine.start(options));
  }

  resume(options: ResumeOptions): Promise<Result<RunHandle, EngineFailure>> {
    return this.#orchestrate((engine) => engine.resume(options));
  }

  /** Hands a wish to whoever orchestrates the shown run. */
  async request(request: PersonRequest): Promise<Result<'applied' | 'queued', EngineFailure>> {
    const feed = this.#feed;
    if (!feed) return fail({ reason: 'unknown_run', message: 'There is no run in this folder.' });
    if (this.part === 'orchestrating' && this.#situation.kind === 'orchestrating') {
      const done = await this.#situation.handle.request(request);
      return done.ok ? ok('applied') : done;
    }
    await this.#letGoOfEnded();
    const engine = await this.#parts.engine();
    return engine.request(feed.runId, request);
  }

  /** Lets go of the run; its agents live on. */
  async detach(): Promise<void> {
    this.#disposed = true;
    this.#subscriptions.dispose();
    if (this.#situation.kind === 'orchestrating') await this.#situation.handle.detach();
  }

  dispose(): void {
    this.#disposed = true;
    this.#subscriptions.dispose();
    this.#feed?.dispose();
    this.#changes.dispose();
    this.#escalations.dispose();
  }

  get #feed(): RunFeed | undefined {
    if (this.#situation.kind === 'none') return undefined;
    return this.#situation.kind === 'orchestrating' ? this.#situation.handle : this.#situation.feed;
  }

  /** What opens runs waits for each other, so that no two of them are adopted over each other. */
  #oneAtATime<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#opening.then(run);
    this.#opening = result.catch(() => undefined);
    return result;
  }

  #orchestrate(
    open: (engine: Engine) => Promise<Result<RunHandle, EngineFailure>>,
  ): Promise<Result<RunHandle, EngineFailure>> {
    return this.#oneAtATime(() => this.#openRun(open));
  }

  async #openRun(
    open: (engine: Engine) => Promise<Result<RunHandle, EngineFailure>>,
  ): Promise<Result<RunHandle, EngineFailure>> {
    if (!this.#parts.isTrusted()) {
      return fail({ reason: 'refused', message: 'This folder is not trusted, so nothing is started in it.' });
    }
    if (this.part === 'orchestrating') {
      return fail({ reason: 'refused', message: 'This window orchestrates a run already. Stop it first.' });
    }
    await this.#letGoOfEnded();
    const opened = await open(await this.#parts.engine());
    if (!opened.ok) return opened;
    // A window that has gone meanwhile leaves the run to the next one.
    if (this.#disposed) await opened.value.detach();
    else this.#adopt({ kind: 'orchestrating', handle: opened.value });
    await this.#parts.memory.setOrchestrated(opened.value.runId);
    return opened;
  }

  /** A run's end is seen a moment before its files are put away and its lease is released. */
  async #letGoOfEnded(): Promise<void> {
    if (this.#situation.kind === 'orchestrating') await this.#situation.handle.ended;
  }

  async #resumeWhenFree(run: RunId): Promise<Result<RunHandle, EngineFailure> | undefined> {
    const deadline = this.#parts.clock.monotonicMs() + overlapMs;
    for (;;) {
      if (this.#disposed) return undefined;
      if (this.view?.runId === run && this.view.result !== undefined) {
        await this.#parts.memory.setOrchestrated(undefined);
        return undefined;
      }
      const resumed = await this.resume({ run });
      const late = this.#parts.clock.monotonicMs() > deadline;
      if (resumed.ok || resumed.failure.reason !== 'held' || late) return resumed;
      await new Promise<void>((resolve) => this.#parts.clock.after(retryMs, resolve));
    }
  }

  #adopt(situation: Exclude<Situation, { kind: 'none' }>): void {
    const before = this.#feed;
    this.#subscriptions.dispose();
    this.#subscriptions = new DisposableStore();
    this.#situation = situation;
    const feed = situation.kind === 'orchestrating' ? situation.handle : situation.feed;
    if (before !== feed) before?.dispose();
    this.#subscriptions.add(feed.onChange(() => this.#changes.fire()));
    if (situation.kind === 'orchestrating') {
      this.#subscriptions.add(feed.onEscalation((id) => this.#escalations.fire(id)));
      this.#followEnd(situation.handle);
    } else if (feed.view().result === undefined) this.#watchLiveness();
    this.#changes.fire();
  }

  #followEnd(handle: RunHandle): void {
    void handle.ended.then(async (end) => {
      if (this.#disposed || this.#feed !== handle) return;
      if (end.kind === 'detached') return;
      await this.#parts.memory.setOrchestrated(undefined);
      if (end.kind === 'broken') this.#parts.onBroken(end.failure);
      if (end.kind === 'finished') return this.#changes.fire();
      const watched = await (await this.#parts.engine()).watch(handle.runId);
      if (watched.ok) this.#adopt({ kind: 'watching', feed: watched.value, live: end.kind === 'fenced' });
    });
  }

  #watchLiveness(): void {
    const look = (): void => {
      this.#subscriptions.add(
        this.#parts.clock.after(livenessMs, () => {
          if (this.#disposed || this.part === 'ended' || this.#situation.kind !== 'watching') return;
          const subscriptions = this.#subscriptions;
          void this.showNewest().then(() => {
            if (subscriptions === this.#subscriptions) look();
          });
        }),
      );
    };
    look();
  }
}
