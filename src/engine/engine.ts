import { fail, ok, type Result } from '../base/result.ts';
import { DisposableStore } from '../base/disposable.ts';
import type {
  Engine,
  EngineFailure,
  EngineOptions,
  EnginePorts,
  MergeReport,
  PersonRequest,
  ResumeOptions,
  RunHandle,
  StartOptions,
  TerminalAttachment,
} from './model/engine-api.ts';
import type { RunId, TerminalId } from './model/ids.ts';
import { systemClock } from '../base/clock.ts';
import type { CachedSpec } from './config/load-workspace.ts';
import { beginRun, resumeRun } from './runtime/begin-run.ts';
import { examine, findProgram } from './runtime/doctor.ts';
import { chooseRun, findRuns, liveHolder, summarize, type FoundRun } from './runtime/find-run.ts';
import { hostTerminalId } from './runtime/host-terminals.ts';
import { initWorkspace } from './runtime/init-workspace.ts';
import { inspectCheckout } from './runtime/inspect-checkout.ts';
import { mergeRun } from './runtime/merge-run.ts';
import { readHistory } from './runtime/open-database.ts';
import { openPtyHost } from './runtime/pty-host-access.ts';
import { watchRun } from './runtime/watch-run.ts';
import { reportPlan, reportWorkspace } from './runtime/workspace-report.ts';
import { submitRequest, waitUntilTaken } from './store/requests.ts';
import { orchestraFiles, runFiles } from './store/run-files.ts';

/** How long a request waits for a living orchestrator, which looks every second. */
const requestPatienceMs = 5_000;

/** Opens a workspace for a front. Reads and writes nothing until it is asked for something. */
export function createEngine(ports: EnginePorts, options: EngineOptions): Engine {
  const { root, holder } = options;
  const files = orchestraFiles(root);
  const cache = new Map<string, CachedSpec>();
  const owned = new DisposableStore();
  const reportParts = {
    ...{ root, ports, cache },
    history: (specs: Parameters<typeof readHistory>[2]) => readHistory(files, ports, specs),
    notes: () => inspectCheckout(root, ports),
  };
  const begin = { root, holder, ports };
  const runs = () => findRuns(files, ports.onWarning);

  const start = async (how: StartOptions): Promise<Result<RunHandle, EngineFailure>> => {
    const report = await reportPlan(reportParts, how.specs);
    return report.ok ? beginRun(begin, report.value, how) : report;
  };

  const resume = async (how: ResumeOptions): Promise<Result<RunHandle, EngineFailure>> => {
    const chosen = chooseRun(await runs(), how.run, ({ state }) => state.result === undefined);
    if (!chosen.ok) {
      if (how.run !== undefined) return chosen;
      return fail({
        reason: 'nothing_to_resume',
        message: 'No run is unfinished. Name one to go on with it: `orchestra run --resume RUN`.',
      });
    }
    const { specs, config } = await reportWorkspace(reportParts);
    const present = new Map(specs.map((spec) => [spec.id, spec.hash]));
    return resumeRun(begin, chosen.value.runId, {
      ...how,
      monitorIntervalMs: config.orchestrator.monitorIntervalMs,
      changedSpecs: (state) =>
        [...state.sessions.values()]
          .filter(({ spec }) => present.get(spec.id) !== spec.hash)
          .map(({ spec }) => spec.id),
    });
  };

  return {
    root,
    load: () => reportWorkspace(reportParts),
    plan: (wanted) => reportPlan(reportParts, wanted),
    start,
    resume,
    async watch(run) {
      const chosen = chooseRun(await runs(), run);
      if (!chosen.ok) return chosen;
      const { runId, journal } = chosen.value;
      const feed = await watchRun({ runId, journal, monotonicMs: () => systemClock.monotonicMs() });
      if (feed.ok) owned.add(feed.value);
      return feed;
    },
    runs: async () => summarize(await runs(), (await liveHolder(files)) !== undefined),
    request: (run, request) => leaveRequest(run, request),
    attach: async (terminal, size) => attachTerminal(await runs(), terminal, size),
    transcriptFile: (run, terminal) => runFiles(files, run).transcript(terminal),
    async merge(run): Promise<Result<MergeReport, EngineFailure>> {
      const chosen = chooseRun(await runs(), run, ({ state }) => state.result !== undefined);
      return chosen.ok ? mergeRun(root, ports, chosen.value) : chosen;
    },
    doctor: async () => examine(root, ports, await reportWorkspace(reportParts)),
    init: () => initWorkspace(root, async (program) => (await findProgram(program, root, ports)) !== undefined),
    dispose: () => owned.dispose(),
  };

  async function leaveRequest(
    run: RunId,
    request: PersonRequest,
  ): Promise<Result<'applied' | 'queued', EngineFailure>> {
    const chosen = chooseRun(await runs(), run);
    if (!chosen.ok) return chosen;
    const left = await submitRequest(chosen.value.requestsFolder, { ...request, by: holder }, Date.now);
    if (!left.ok) return fail({ reason: 'store', message: left.failure.message });
    if ((await liveHolder(files)) === undefined) return ok('queued');
    const taken = await waitUntilTaken(left.value, requestPatienceMs);
    if (taken.ok) return ok('applied');
    if (taken.failure.reason === 'not_taken') return ok('queued');
    return fail({ reason: 'refused', message: `The orchestrator could not use the request: ${taken.failure.file}` });
  }

  async function attachTerminal(
    known: readonly FoundRun[],
    terminal: TerminalId,
    size: { readonly columns: number; readonly rows: number } | undefined,
  ): Promise<Result<TerminalAttachment, EngineFailure>> {
    const run = known.find(({ state }) =>
      [...state.sessions.values()].some(({ terminals }) => terminals.some(({ id }) => id === terminal)),
    );
    if (!run) return fail({ reason: 'unknown_terminal', message: `There is no terminal ${terminal} in any run.` });
    const client = await openPtyHost(files.folder, ports, { role: 'viewer' });
    if (!client.ok) return fail({ reason: 'terminal', message: client.failure.message });
    const attached = await client.value.attach(hostTerminalId(run.runId, terminal), size);
    if (!attached.ok) {
      client.value.dispose();
      return fail({ reason: 'unknown_terminal', message: attached.failure.message });
    }
    const { snapshot, onData, onExit, onResync } = attached.value;
    return ok({
      ...{ snapshot, onData, onExit, onResync },
      write: (data) => attached.value.write(data),
      resize: (columns, rows) => attached.value.resize(columns, rows),
      dispose() {
        attached.value.dispose();
        client.value.dispose();
      },
    });
  }
}
