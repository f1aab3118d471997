import { fail, ok, type Result } from '../../../base/result.ts';
import type { RunState } from '../../core/run-state.ts';
import type { EngineFailure, RunSummary } from '../../model/engine-api.ts';
import type { RunId } from '../../model/ids.ts';
import type { RunEvent } from '../../model/run-event.ts';
import { readJournal } from '../../store/journal.ts';
import { readLease } from '../../store/lease.ts';
import { listRuns, type OrchestraFiles } from '../../store/run-files.ts';
import { foldEntries } from '../adapters/project-run.ts';

/** One run of the workspace as its journal tells it. */
export interface FoundRun {
  readonly runId: RunId;
  readonly state: RunState;
  readonly requestsFolder: string;
  readonly journal: string;
}

/** The runs of a workspace: those whose journal can be read, newest first, and why the others cannot. */
export interface FoundRuns {
  readonly runs: readonly FoundRun[];
  readonly unreadable: ReadonlyMap<RunId, EngineFailure>;
}

/** Reads every run's journal; what is wrong with one is also told to `onWarning`. */
export async function findRuns(files: OrchestraFiles, onWarning: (message: string) => void): Promise<FoundRuns> {
  const runs: FoundRun[] = [];
  const unreadable = new Map<RunId, EngineFailure>();
  const listed = await listRuns(files);
  if (!listed.ok) {
    onWarning(listed.failure.message);
    return { runs, unreadable };
  }
  for (const { runId, files: run } of listed.value) {
    const read = await readJournal<RunEvent>(run.journal);
    if (read.ok) {
      const state = foldEntries(read.value.entries);
      if (state) runs.push({ runId, state, requestsFolder: run.requests, journal: run.journal });
      continue;
    }
    const { failure } = read;
    const line = failure.reason === 'damaged' ? { line: failure.line } : {};
    unreadable.set(runId, { reason: 'store', message: failure.message, file: failure.file, ...line });
    onWarning(failure.message);
  }
  return { runs, unreadable };
}

/** The run that `wanted` names, whole or by its first characters; without a name the newest that `accept` takes. */
export function chooseRun(
  { runs, unreadable }: FoundRuns,
  wanted: string | undefined,
  accept: (run: FoundRun) => boolean = () => true,
): Result<FoundRun, EngineFailure> {
  if (wanted === undefined) {
    const run = runs.find(accept);
    return run
      ? ok(run)
      : fail({ reason: 'unknown_run', message: 'This workspace has no such run yet. Start one with `orchestra run`.' });
  }
  const matching = runs.filter(({ runId }) => runId.startsWith(wanted));
  const [only] = matching;
  if (only && matching.length === 1) return ok(only);
  const [damage] = only ? [] : [...unreadable].filter(([runId]) => runId.startsWith(wanted));
  if (damage) return fail(damage[1]);
  const message = only
    ? `${wanted} stands for ${matching.length} runs; give more characters.`
    : `There is no run ${wanted}. \`orchestra status --all\` lists them.`;
  return fail({ reason: 'unknown_run', message });
}

/** Whether a living process orchestrates this workspace, and who. */
export async function liveHolder(
  files: OrchestraFiles,
): Promise<{ readonly holder: string; readonly pid: number } | undefined> {
  const lease = await readLease(files.lease);
  if (!lease.ok || !lease.value?.isHeld) return undefined;
  const { holder, pid } = lease.value.record;
  return { holder, pid };
}

/** The list's lines. Only the newest unfinished run can be the one that a living process orchestrates. */
export function summarize({ runs }: FoundRuns, isHeld: boolean): readonly RunSummary[] {
  const current = isHeld ? runs.find(({ state }) => state.result === undefined)?.runId : undefined;
  return runs.map(({ runId, state }) => ({
    runId,
    startedAt: state.startedAt,
    ...(state.result === undefined ? {} : { result: state.result }),
    live: runId === current,
    specs: [...state.sessionOfSpec.keys()],
  }));
}
