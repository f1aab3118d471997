import { systemClock } from '../base/clock.ts';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { RunState, TerminalRecord } from './core/run-state.ts';
import type {
  DoctorCheck,
  Engine,
  EngineFailure,
  EngineOptions,
  EnginePorts,
  MergeReport,
  PersonRequest,
  PlanReport,
  ResumeOptions,
  RunFeed,
  RunHandle,
  RunSummary,
  StartOptions,
  TerminalAttachment,
  WorkspaceReport,
} from './model/engine-api.ts';
import type { RunId, TerminalId } from './model/ids.ts';
import { beginRun, resumeRun, type BeginParts } from './runtime/begin-run.ts';
import { examine, findProgram } from './runtime/reports/doctor.ts';
import {
  chooseRun,
  findRuns,
  liveHolder,
  summarize,
  type FoundRun,
  type FoundRuns,
} from './runtime/reports/find-run.ts';
import { hostTerminalId } from './runtime/adapters/host-terminals.ts';
import { initWorkspace } from './runtime/reports/init-workspace.ts';
import { inspectCheckout } from './runtime/reports/inspect-checkout.ts';
import { mergeRun } from './runtime/reports/merge-run.ts';
import { readHistory } from './runtime/adapters/open-database.ts';
import { openPtyHost } from './runtime/adapters/pty-host-access.ts';
import { watchRun } from './runtime/reports/watch-run.ts';
import { requestEvent } from './runtime/loop/person-request.ts';
import { reportPlan, reportWorkspace, type ReportParts } from './runtime/reports/workspace-report.ts';
import { submitRequest, waitUntilTaken } from './store/requests.ts';
import { orchestraFiles, runFiles, type OrchestraFiles } from './store/run-files.ts';

/** How long a request waits for a living orchestrator, which looks every second. */
const requestPatienceMs = 5_000;

/** Opens a workspace for a front. Reads and writes nothing until it is asked for something. */
export function createEngine(ports: EnginePorts, options: EngineOptions): Engine {
  return new WorkspaceEngine(ports, options);
}

class WorkspaceEngine implements Engine {
  readonly root: string;
  readonly #ports: EnginePorts;
  readonly #options: EngineOptions;
  readonly #files: OrchestraFiles;
  readonly #reports: ReportParts;
  readonly #owned = new DisposableStore();

  constructor(ports: EnginePorts, options: EngineOptions) {
    const { root } = options;
    this.root = root;
    this.#ports = ports;
    this.#options = options;
    this.#files = orchestraFiles(root);
    this.#reports = {
      ...{ root, ports, cache: new Map() },
      history: (specs) => readHistory(this.#files, ports, specs),
      notes: (base) => inspectCheckout(root, ports, base),
    };
  }

  dispose(): void {
    this.#owned.dispose();
  }

  load(): Promise<WorkspaceReport> {
    return reportWorkspace(this.#reports);
  }

  plan(wanted?: readonly string[]): Promise<Result<PlanReport, EngineFailure>> {
    return reportPlan(this.#reports, wanted);
  }

  async start(options: StartOptions): Promise<Result<RunHandle, EngineFailure>> {
    const report = await this.plan(options.specs);
    return report.ok ? this.#own(await beginRun(this.#begin(), report.value, options)) : report;
  }

  async resume(options: ResumeOptions): Promise<Result<RunHandle, EngineFailure>> {
    const chosen = chooseRun(await this.#runs(), options.run, ({ state }) => state.result === undefined);
    if (!chosen.ok) return options.run === undefined ? fail(nothingToResume) : chosen;
    const { specs, config } = await this.load();
    const present = new Map(specs.map((spec) => [spec.id, spec.hash]));
    const resumed = await resumeRun(this.#begin(), chosen.value.runId, {
      ...options,
      monitorIntervalMs: config.orchestrator.monitorIntervalMs,
      changedSpecs: ({ sessions }) =>
        [...sessions.values()].filter(({ spec }) => present.get(spec.id) !== spec.hash).map(({ spec }) => spec.id),
    });
    return this.#own(resumed);
  }

  async watch(run?: string): Promise<Result<RunFeed, EngineFailure>> {
    const found = await this.#runs();
    const chosen = chooseRun(found, run);
    if (!chosen.ok) return chosen;
    const { runId, journal } = chosen.value;
    const isHeld = (await liveHolder(this.#files)) !== undefined;
    const isLive = summarize(found, isHeld).some((summary) => summary.runId === runId && summary.live);
    const clock = { monotonicMs: () => systemClock.monotonicMs(), wallMs: () => systemClock.wallMs() };
    return this.#own(await watchRun({ runId, journal, isLive, ...clock }));
  }

  async runs(): Promise<readonly RunSummary[]> {
    return summarize(await this.#runs(), (await liveHolder(this.#files)) !== undefined);
  }

  async request(run: RunId, request: PersonRequest): Promise<Result<'applied' | 'queued', EngineFailure>> {
    const chosen = chooseRun(await this.#runs(), run);
    if (!chosen.ok) return chosen;
    const { requestsFolder, state } = chosen.value;
    // Said at once rather than by whoever takes it, who has no words for the asker.
    const event = requestEvent(state, request, this.#options.holder);
    if (!event.ok) return event;
    const left = await submitRequest(requestsFolder, { ...request, by: this.#options.holder }, Date.now);
    if (!left.ok) return fail({ reason: 'store', message: left.failure.message });
    if ((await liveHolder(this.#files)) === undefined) return ok('queued');
    const taken = await waitUntilTaken(left.value, requestPatienceMs);
    if (taken.ok) return ok('applied');
    if (taken.failure.reason === 'not_taken') return ok('queued');
    return fail({ reason: 'refused', message: `The orchestrator could not use the request: ${taken.failure.file}` });
  }

  async attach(terminal: TerminalId, size?: TerminalSize): Promise<Result<TerminalAttachment, EngineFailure>> {
    const { runs } = await this.#runs();
    // Ids are unique in a run alone: one that has not ended comes first.
    const isLive = ({ state }: FoundRun): boolean => findTerminal(state, terminal)?.exit === undefined;
    const known = runs.filter(({ state }) => findTerminal(state, terminal) !== undefined);
    const run = known.find(isLive) ?? known[0];
    if (!run) return fail({ reason: 'unknown_terminal', message: `There is no terminal ${terminal} in any run.` });
    const client = await openPtyHost(this.#files.folder, this.#ports, { role: 'viewer' });
    if (!client.ok) return fail({ reason: 'terminal', message: client.failure.message });
    const attached = await client.value.attach(hostTerminalId(run.runId, terminal), size);
    if (attached.ok) return ok(withConnection(attached.value, client.value));
    client.value.dispose();
    return fail({ reason: 'unknown_terminal', message: attached.failure.message });
  }

  transcriptFile(run: RunId, terminal: TerminalId): string {
    return runFiles(this.#files, run).transcript(terminal);
  }

  async merge(run?: string): Promise<Result<MergeReport, EngineFailure>> {
    const chosen = chooseRun(await this.#runs(), run, ({ state }) => state.result !== undefined);
    return chosen.ok ? mergeRun(this.root, this.#ports, chosen.value) : chosen;
  }

  async doctor(): Promise<readonly DoctorCheck[]> {
    return examine(this.root, this.#ports, await this.load());
  }

  init(): Promise<Result<readonly string[], EngineFailure>> {
    return initWorkspace(
      this.root,
      async (program) => (await findProgram(program, this.root, this.#ports)) !== undefined,
    );
  }

  /** Lets go of the run when the engine is disposed. */
  #own<T extends RunFeed>(run: Result<T, EngineFailure>): Result<T, EngineFailure> {
    if (run.ok) this.#owned.add(run.value);
    return run;
  }

  #begin(): BeginParts {
    return { root: this.root, holder: this.#options.holder, ports: this.#ports };
  }

  #runs(): Promise<FoundRuns> {
    return findRuns(this.#files, this.#ports.onWarning);
  }
}

interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

const nothingToResume: EngineFailure = {
  reason: 'nothing_to_resume',
  message: 'No run is unfinished. Name one to go on with it: `orchestra run --resume RUN`.',
};

function findTerminal({ sessions }: RunState, terminal: TerminalId): TerminalRecord | undefined {
  for (const { terminals } of sessions.values()) {
    const record = terminals.find(({ id }) => id === terminal);
    if (record) return record;
  }
  return undefined;
}

/** The connection was made for this attachment and goes with it. */
function withConnection(attachment: TerminalAttachment, connection: Disposable): TerminalAttachment {
  const { snapshot, onData, onExit, onResync } = attachment;
  return {
    ...{ snapshot, onData, onExit, onResync },
    write: (data) => attachment.write(data),
    resize: (columns, rows) => attachment.resize(columns, rows),
    dispose() {
      attachment.dispose();
      connection.dispose();
    },
  };
}
