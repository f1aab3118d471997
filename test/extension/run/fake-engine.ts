import { Deferred } from '../../../src/base/deferred.ts';
import { Emitter } from '../../../src/base/emitter.ts';
import { fail, ok, type Result } from '../../../src/base/result.ts';
import type {
  Engine,
  EngineFailure,
  PersonRequest,
  ResumeOptions,
  RunEnd,
  RunHandle,
  RunSummary,
  StartOptions,
} from '../../../src/engine/model/engine-api.ts';
import type { EscalationId } from '../../../src/engine/model/ids.ts';
import type { RunEntry } from '../../../src/engine/model/run-event.ts';
import type { RunView } from '../../../src/engine/model/run-view.ts';
import { runId, runView, sessionView } from '../views.ts';

/** A run that a test moves by hand. */
export class FakeRun implements RunHandle {
  readonly runId = runId;
  readonly isOrchestrator: boolean;
  readonly #changes = new Emitter<RunView>();
  readonly #escalations = new Emitter<EscalationId>();
  readonly #end = new Deferred<RunEnd>();
  readonly onEntry = new Emitter<RunEntry>().event;
  readonly onChange = this.#changes.event;
  readonly onEscalation = this.#escalations.event;
  readonly ended = this.#end.promise;
  readonly requests: PersonRequest[] = [];
  detached = false;
  disposed = false;
  #view: RunView;

  constructor(isOrchestrator: boolean, view: RunView) {
    this.isOrchestrator = isOrchestrator;
    this.#view = view;
  }

  view(): RunView {
    return this.#view;
  }

  change(changes: Partial<RunView>): void {
    this.#view = { ...this.#view, ...changes };
    this.#changes.fire(this.#view);
  }

  end(end: RunEnd): void {
    if (end.kind === 'finished') this.change({ result: end.result });
    this.#end.resolve(end);
  }

  request(request: PersonRequest): Promise<Result<void, EngineFailure>> {
    this.requests.push(request);
    return Promise.resolve(ok(undefined));
  }

  detach(): Promise<void> {
    this.detached = true;
    this.#end.resolve({ kind: 'detached' });
    return Promise.resolve();
  }

  dispose(): void {
    this.disposed = true;
  }
}

/** An engine with at most one run, in the hands of a test. */
export class FakeEngine implements Pick<Engine, 'runs' | 'watch' | 'start' | 'resume' | 'request'> {
  view = runView([sessionView('A')]);
  /** Whether the folder has a run. */
  exists = true;
  /** Another process that orchestrates. */
  holder: { readonly holder: string; readonly pid: number } | undefined;
  /** What the next resume answers instead of a run. */
  refusal: EngineFailure | undefined;
  readonly calls: string[] = [];
  readonly opened: FakeRun[] = [];

  runs(): Promise<readonly RunSummary[]> {
    const live = this.holder !== undefined;
    const { result, startedAt } = this.view;
    const summary = { runId, startedAt, live, specs: [], ...(result === undefined ? {} : { result }) };
    return Promise.resolve(this.exists ? [summary] : []);
  }

  watch(): Promise<Result<FakeRun, EngineFailure>> {
    return Promise.resolve(ok(this.#open('watch', false)));
  }

  start(options: StartOptions): Promise<Result<RunHandle, EngineFailure>> {
    return Promise.resolve(ok(this.#open(`start ${options.specs?.join() ?? ''}`, true)));
  }

  resume({ takeOver = false }: ResumeOptions): Promise<Result<RunHandle, EngineFailure>> {
    if (this.refusal) return Promise.resolve(fail(this.refusal));
    if (this.holder && !takeOver) {
      this.calls.push('resume: held');
      return Promise.resolve(fail({ reason: 'held', message: 'held', ...this.holder }));
    }
    return Promise.resolve(ok(this.#open('resume', true)));
  }

  request(): Promise<Result<'applied' | 'queued', EngineFailure>> {
    this.calls.push('request');
    return Promise.resolve(ok(this.holder ? 'applied' : 'queued'));
  }

  /** The run that was opened last. */
  get last(): FakeRun {
    const last = this.opened.at(-1);
    if (!last) throw new Error('Nothing was opened.');
    return last;
  }

  #open(call: string, isOrchestrator: boolean): FakeRun {
    this.calls.push(call);
    const run = new FakeRun(isOrchestrator, this.view);
    this.opened.push(run);
    return run;
  }
}
