import { Deferred } from '../../../src/base/deferred.ts';
import { Emitter } from '../../../src/base/emitter.ts';
import { ok, type Result } from '../../../src/base/result.ts';
import { applyEntry } from '../../../src/engine/core/apply.ts';
import type { RunState } from '../../../src/engine/core/run-state.ts';
import { viewRun } from '../../../src/engine/core/view-run.ts';
import type { EngineFailure, PersonRequest, RunEnd, RunHandle } from '../../../src/engine/model/engine-api.ts';
import type { EscalationId, RunId, SessionId, SpecId, TerminalId } from '../../../src/engine/model/ids.ts';
import type { RunEntry, RunEvent, RunSettings, RunSpec } from '../../../src/engine/model/run-event.ts';
import type { RunView } from '../../../src/engine/model/run-view.ts';
import type { SessionFailure } from '../../../src/engine/model/session-failure.ts';
import type { FinalStatus, RunResult } from '../../../src/engine/model/status.ts';

export const runId = 'aaaaaaaa-0000-4000-8000-000000000001' as RunId;

/** A run whose events the test writes; its state is folded by the real core. */
export class ScriptedRun implements RunHandle {
  readonly runId = runId;
  readonly isOrchestrator = true;
  readonly #entries = new Emitter<RunEntry>();
  readonly #changes = new Emitter<RunView>();
  readonly #escalations = new Emitter<EscalationId>();
  readonly onEntry = this.#entries.event;
  readonly onChange = this.#changes.event;
  readonly onEscalation = this.#escalations.event;
  readonly #ended = new Deferred<RunEnd>();
  readonly ended = this.#ended.promise;
  /** What the front asked for, in order. */
  readonly asked: (PersonRequest | 'detach')[] = [];
  readonly #state: RunState;
  #seq = 0;
  #t = 0;
  #count = 0;

  constructor(specs: readonly RunSpec[], settings: Partial<RunSettings> = {}) {
    const event: RunEvent = {
      ...{ type: 'run_started', runId, base: { ref: 'main', commit: 'c0ffee' } },
      ...{ integrationBranch: `orchestra/${runId}/_integration`, specs },
      settings: { ...defaultSettings, ...settings },
    };
    this.#state = applyEntry(undefined, this.#entry(event));
  }

  view(): RunView {
    return viewRun(this.#state, this.#t);
  }

  request(request: PersonRequest): Promise<Result<void, EngineFailure>> {
    this.asked.push(request);
    return Promise.resolve(ok(undefined));
  }

  detach(): Promise<void> {
    this.asked.push('detach');
    this.#ended.resolve({ kind: 'detached' });
    return Promise.resolve();
  }

  dispose(): void {}

  /** Lets run time pass. */
  pass(ms: number): this {
    this.#t += ms;
    return this;
  }

  record(event: RunEvent): this {
    const entry = this.#entry(event);
    applyEntry(this.#state, entry);
    this.#entries.fire(entry);
    return this;
  }

  /** Tells that the view is another one. */
  change(): this {
    this.#changes.fire(this.view());
    return this;
  }

  start(...specs: readonly string[]): this {
    for (const spec of specs) {
      const session = sessionOf(spec);
      const attempt = (this.#state.sessions.get(session)?.attempt ?? 0) + 1;
      this.record({ type: 'attempt_started', session, attempt, cause: attempt === 1 ? 'first' : 'retry' });
    }
    return this;
  }

  /** The spec's agent gets its terminal. */
  launch(spec: string, pid: number): this {
    const session = sessionOf(spec);
    const branch = `orchestra/${runId}/${spec}`;
    this.record({ type: 'worktree_ready', session, path: `/w/.orchestra/worktrees/${spec}`, branch, baseCommit: 'c0' });
    const attempt = this.#state.sessions.get(session)?.attempt ?? 1;
    const terminal = `${spec}.a${attempt}` as TerminalId;
    return this.record({
      ...{ type: 'terminal_started', session, terminal, role: 'agent', index: 0, command: 'agent' },
      ...{ pid, startTime: '1' },
    });
  }

  exit(spec: string, exitCode: number): this {
    const session = sessionOf(spec);
    const terminal = `${spec}.a${this.#state.sessions.get(session)?.attempt ?? 1}` as TerminalId;
    const exit = { reason: 'exited', exitCode, bytes: 1, redactions: 0, survivors: [] } as const;
    return this.record({ type: 'terminal_exited', session, terminal, exit });
  }

  end(spec: string, status: FinalStatus, failure?: SessionFailure): this {
    return this.record({ type: 'session_ended', session: sessionOf(spec), status, ...(failure ? { failure } : {}) });
  }

  /** Raises what the core wants raised, and delivers it. */
  escalate(): this {
    for (const draft of [...this.#state.unescalated.values()]) {
      this.#count += 1;
      const id = `esc-${this.#count}` as EscalationId;
      const spec = draft.session?.split('/')[1] ?? 'run';
      const file = `.orchestra/escalations/${spec}-${draft.level.toLowerCase()}.json`;
      this.record({ type: 'escalated', id, ...draft });
      this.record({ type: 'escalation_delivered', id, file, at: '2026-01-18T00:00:00.000Z' });
    }
    return this;
  }

  /** Asks for a person's approval of a step. */
  await(spec: string, step: 'start' | 'merge'): this {
    this.#count += 1;
    const id = `esc-${this.#count}` as EscalationId;
    const session = sessionOf(spec);
    const name = `${spec}:${step}`;
    this.record({
      ...{ type: 'escalated', id, key: `${session}:approve:${name}`, session, level: 'Warning', kind: 'approval' },
      ...{ reason: `${name} waits.`, step: name },
    });
    const file = `.orchestra/escalations/${spec}-warning.json`;
    return this.record({ type: 'escalation_delivered', id, file, at: '2026-01-18T00:00:00.000Z' });
  }

  finish(result: RunResult): this {
    this.record({ type: 'run_finished', result });
    return this.close({ kind: 'finished', result });
  }

  close(end: RunEnd): this {
    this.#ended.resolve(end);
    return this;
  }

  #entry(event: RunEvent): RunEntry {
    this.#seq += 1;
    return { seq: this.#seq, t: this.#t, at: '2026-01-18T00:00:00.000Z', event };
  }
}

export function sessionOf(spec: string): SessionId {
  return `${runId}/${spec}` as SessionId;
}

/** A spec of a run, with what it depends on. */
export function runSpec(id: string, ...dependsOn: readonly string[]): RunSpec {
  return {
    id: id as SpecId,
    title: `Title of ${id}`,
    file: `specs/${id}.md`,
    hash: 'f00d',
    dependsOn: dependsOn as readonly SpecId[],
    selected: true,
    strategy: 'solo',
    agent: 'blocks',
    gate: [],
    touches: [],
    timeoutMs: 3_600_000,
    estimateMs: 300_000,
    criticalMs: 300_000,
    allowEmpty: false,
  };
}

const defaultSettings: RunSettings = {
  maxParallel: 4,
  maxTerminals: 64,
  retry: { attempts: 3, delayMs: 5000, runBudget: 20, mergeRework: 3 },
  mode: 'auto',
  killGraceMs: 5000,
  gateTimeoutMs: 1_800_000,
  hostIdleMs: 30_000,
  agents: {},
  workspace: { copy: [], link: [], setup: [] },
  terminal: { columns: 120, rows: 40, scrollback: 1000 },
  redaction: { patterns: [], env: [] },
};
