import { Deferred } from '../../../base/deferred.ts';
import { DisposableStore } from '../../../base/disposable.ts';
import { Emitter } from '../../../base/emitter.ts';
import { fail, ok, type Result } from '../../../base/result.ts';
import { applyEntry } from '../../core/apply.ts';
import type { RunState } from '../../core/run-state.ts';
import { viewRun } from '../../core/view-run.ts';
import type { EngineFailure, RunEnd, RunFeed } from '../../model/engine-api.ts';
import type { EscalationId, RunId } from '../../model/ids.ts';
import type { RunEntry, RunEvent } from '../../model/run-event.ts';
import type { RunView } from '../../model/run-view.ts';
import { followJournal } from '../../store/follow-journal.ts';

/** A journal to follow. */
export interface WatchOptions {
  readonly runId: RunId;
  readonly journal: string;
  readonly monotonicMs: () => number;
  /** Milliseconds since the epoch. */
  readonly wallMs: () => number;
  /** Whether a living process orchestrates the run now. */
  readonly isLive: boolean;
}

/** Follows a run that another process orchestrates; resolves once the journal's first entries are in. Disposing stops the following alone. */
export async function watchRun(options: WatchOptions): Promise<Result<RunFeed, EngineFailure>> {
  const entries = new Emitter<RunEntry>();
  const changes = new Emitter<RunView>();
  const escalations = new Emitter<EscalationId>();
  const ended = new Deferred<RunEnd>();
  const first = new Deferred<EngineFailure | undefined>();
  const owned = new DisposableStore();
  let state: RunState | undefined;
  let heardMs: number | undefined;

  const take = (news: readonly RunEntry[], restarted: boolean): void => {
    const isFirst = state === undefined;
    if (restarted) state = undefined;
    for (const entry of news) {
      state = applyEntry(state, entry);
      if (isFirst) continue;
      entries.fire(entry);
      if (entry.event.type === 'escalation_delivered') escalations.fire(entry.event.id);
    }
    heardMs = isFirst ? heardBeforeMs(news, options) : options.monotonicMs();
    first.resolve(undefined);
    if (!state) return;
    changes.fire(view(state));
    if (state.result !== undefined) ended.resolve({ kind: 'finished', result: state.result });
  };
  /** Between entries time goes on, unless the run has ended or nobody orchestrates it. */
  const view = (present: RunState): RunView => {
    const sinceMs = present.result === undefined ? options.monotonicMs() - (heardMs ?? options.monotonicMs()) : 0;
    return viewRun(present, present.t + sinceMs);
  };

  const follow = followJournal<RunEvent>(options.journal, take, {
    onFailure(failure) {
      const known: EngineFailure = { reason: 'store', message: failure.message, file: failure.file };
      first.resolve(known);
      ended.resolve({ kind: 'broken', failure: known });
    },
  });
  owned.add(follow);
  const failure = await first.promise;
  if (failure || !state) {
    owned.dispose();
    return fail(failure ?? { reason: 'unknown_run', message: `Run ${options.runId} has no journal.` });
  }
  const initial = state;
  return ok({
    runId: options.runId,
    isOrchestrator: false,
    view: () => view(state ?? initial),
    onEntry: entries.event,
    onChange: changes.event,
    onEscalation: escalations.event,
    ended: ended.promise,
    dispose() {
      owned.dispose();
      ended.resolve({ kind: 'detached' });
    },
  });
}

/** When the newest entry was written, in monotonic ms; a wall clock that was set back gives now, and without an orchestrator there is no such time. */
function heardBeforeMs(entries: readonly RunEntry[], options: WatchOptions): number | undefined {
  const last = entries.at(-1);
  if (!last || !options.isLive) return undefined;
  return options.monotonicMs() - Math.max(0, options.wallMs() - Date.parse(last.at));
}
