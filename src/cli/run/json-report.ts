import { describeFailure } from '../../engine/model/describe-failure.ts';
import type { RunEnd } from '../../engine/model/engine-api.ts';
import type { RunEntry } from '../../engine/model/run-event.ts';
import type { RunView, SessionView } from '../../engine/model/run-view.ts';
import type { Output } from '../output/output.ts';
import { toSnakeCase } from '../output/snake-case.ts';
import type { RunReport } from './run-report.ts';

/** One event a line, and last the run's result as one object (DESIGN 7). A run that goes on without this process ends with `run_detached` instead. */
export class JsonReport implements RunReport {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  begin(): void {}

  handleEntry({ seq, t, at, event }: RunEntry): void {
    // Its place is taken by the result, which comes when everything has been let go.
    if (event.type === 'run_finished') return;
    const { type, ...fields } = event;
    this.#print({ type, seq, t, at, ...fields });
  }

  finish(view: RunView, end: RunEnd): void {
    switch (end.kind) {
      case 'finished':
        return this.#print(runResult(view));
      case 'detached':
      case 'fenced':
        return this.#print({ type: `run_${end.kind}`, runId: view.runId });
      case 'broken':
        return this.#print({ type: 'run_broken', runId: view.runId, message: end.failure.message });
    }
  }

  #print(value: unknown): void {
    this.#output.line(JSON.stringify(toSnakeCase(value)));
  }
}

/** The last line of `run --json`. */
function runResult(view: RunView): unknown {
  return {
    type: 'run_finished',
    runId: view.runId,
    result: view.result,
    durationMs: view.durationMs,
    branch: view.integrationBranch,
    sessions: view.sessions.map(sessionResult),
  };
}

function sessionResult({ spec, status, attempts, durationMs, branch, failure }: SessionView): unknown {
  return {
    specId: spec.id,
    status,
    attempts,
    durationMs: durationMs ?? 0,
    branch: branch ?? null,
    ...(failure ? { reason: failure.reason, message: describeFailure(failure) } : {}),
  };
}
