import { applyEntry } from '../../core/apply.ts';
import type { RunState } from '../../core/run-state.ts';
import { viewRun } from '../../core/view-run.ts';
import { describeFailure } from '../../model/describe-failure.ts';
import type { RunEntry, RunEvent } from '../../model/run-event.ts';
import type { EscalationView } from '../../model/run-view.ts';
import type { RunProjection } from '../../store/database-schema.ts';
import { readJournal } from '../../store/journal.ts';
import { listRuns, type OrchestraFiles } from '../../store/run-files.ts';

/** The rows of one run for the database. `lastAt` is the wall clock of the newest entry. */
export function projectRun(state: RunState, lastAt: string): RunProjection {
  const view = viewRun(state, state.t);
  return {
    lastSeq: state.seq,
    run: {
      run_id: view.runId,
      started_at: view.startedAt,
      finished_at: view.result === undefined ? null : lastAt,
      result: view.result ?? null,
      base: view.baseCommit,
      branch: view.integrationBranch,
    },
    sessions: view.sessions.map((session) => ({
      spec_id: session.spec.id,
      status: session.status,
      attempts: session.attempts,
      started_t: session.startedT ?? null,
      duration_ms: session.durationMs ?? null,
      branch: session.branch ?? null,
      reason: session.failure === undefined ? null : describeFailure(session.failure),
    })),
    escalations: view.escalations.map((escalation) => escalationRow(escalation, view.startedAt, lastAt)),
  };
}

function escalationRow(escalation: EscalationView, startedAt: string, lastAt: string) {
  return {
    escalation_id: escalation.id,
    spec_id: escalation.specId ?? null,
    level: escalation.level,
    kind: escalation.kind,
    reason: escalation.reason,
    file: escalation.file ?? null,
    raised_at: escalation.at ?? startedAt,
    resolved_at: escalation.open ? null : lastAt,
  };
}

/** Folds a journal's entries; undefined when there is none. */
export function foldEntries(entries: readonly RunEntry[]): RunState | undefined {
  let state: RunState | undefined;
  for (const entry of entries) state = applyEntry(state, entry);
  return state;
}

/** The rows of every run whose journal can be read, for a database that is missing or damaged. */
export async function projectAllRuns(files: OrchestraFiles): Promise<readonly RunProjection[]> {
  const runs = await listRuns(files);
  if (!runs.ok) return [];
  const projections: RunProjection[] = [];
  for (const { files: run } of runs.value) {
    const journal = await readJournal<RunEvent>(run.journal);
    const state = journal.ok ? foldEntries(journal.value.entries) : undefined;
    const last = journal.ok ? journal.value.entries.at(-1) : undefined;
    if (state && last) projections.push(projectRun(state, last.at));
  }
  return projections;
}
