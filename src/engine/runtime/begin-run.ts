import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { applyEntry } from '../core/apply.ts';
import type { RunState } from '../core/run-state.ts';
import type {
  EngineFailure,
  EnginePorts,
  PlanReport,
  ResumeOptions,
  RunHandle,
  StartOptions,
} from '../model/engine-api.ts';
import type { RunId } from '../model/ids.ts';
import type { RunEntry, RunEvent, RunSettings } from '../model/run-event.ts';
import { evidencedAgents } from '../store/evidence.ts';
import { writeDurably } from '../store/durable-file.ts';
import { createTextRedactor } from '../terminal/redaction/redact-text.ts';
import { GitRepository } from '../workspace/git-repository.ts';
import { GitWorkspace } from '../workspace/git-workspace.ts';
import { secretValues } from './launch/agent-environment.ts';
import { gitRunWorkspace } from './adapters/git-run-workspace.ts';
import { HostTerminals } from './adapters/host-terminals.ts';
import { openDatabase } from './adapters/open-database.ts';
import { holdWorkspace, openRunStore, type HeldWorkspace, type RunStore } from './adapters/open-store.ts';
import { Orchestrator, type Resumption } from './orchestrator.ts';
import { foldEntries, projectRun } from './adapters/project-run.ts';
import { openPtyHost } from './adapters/pty-host-access.ts';
import { runRecords } from './adapters/run-records.ts';
import { runSettings, runSpecs } from './adapters/run-settings.ts';
import { requirePlan } from './reports/workspace-report.ts';

/** What beginning a run needs. */
export interface BeginParts {
  readonly root: string;
  readonly holder: 'cli' | 'vscode';
  readonly ports: EnginePorts;
}

/** Starts a new run of a plan: everything that can refuse does so before the first file is written. */
export async function beginRun(
  parts: BeginParts,
  report: PlanReport,
  options: StartOptions,
): Promise<Result<RunHandle, EngineFailure>> {
  const plan = requirePlan(report);
  if (!plan.ok) return plan;
  const settings = runSettings(report.config, options);
  const specs = runSpecs(plan.value, parts.root);
  const repository = await openRepository(parts);
  if (!repository.ok) return repository;
  const ref = report.config.orchestrator.base;
  const base = await repository.value.resolveBase(ref);
  if (!base.ok) return fail({ reason: 'workspace', message: base.failure.message });
  const head = await repository.value.inspect();
  const baseRef = ref ?? (head.ok ? head.value.headBranch : undefined);
  const redact = settingsRedactor(settings, parts.ports);
  const leak = findSecret({ settings, specs }, redact);
  if (leak) return fail(leak);
  const held = await holdWorkspace(parts.root, { holder: parts.holder, takeOver: options.takeOver ?? false });
  if (!held.ok) return held;
  const runId = randomUUID() as RunId;
  const opened = await openParts(parts, { held: held.value, runId, settings, redact, repository: repository.value });
  if (!opened.ok) return opened;
  const { store, workspace } = opened.value;
  for (const { spec } of plan.value.specs) {
    const written = await writeDurably(store.run.spec(spec.id), spec.text);
    if (!written.ok) return abandon(opened.value, { reason: 'store', message: written.failure.message });
  }
  const started = await workspace.startRun(base.value);
  if (!started.ok) return abandon(opened.value, { reason: 'workspace', message: started.failure.message });
  const event: RunEvent = {
    type: 'run_started',
    runId,
    base: { commit: base.value, ...(baseRef === undefined ? {} : { ref: baseRef }) },
    integrationBranch: started.value.branch,
    specs,
    settings,
  };
  const first = store.opened.journal.append(event, 0);
  // Whoever is told of the run can find it.
  const durable = await store.opened.journal.flushed();
  if (!durable.ok) return abandon(opened.value, { reason: 'store', message: durable.failure.message });
  const state = applyEntry(undefined, first);
  return letGo(parts, opened.value, {
    state,
    untold: [first],
    evidenced: new Set(),
    monitorIntervalMs: report.config.orchestrator.monitorIntervalMs,
  });
}

/** Goes on with a run from its journal: nothing that was accepted is run again, and agents that still live are adopted. */
export async function resumeRun(
  parts: BeginParts,
  runId: RunId,
  options: ResumeOptions & {
    readonly monitorIntervalMs: number;
    readonly changedSpecs: (state: RunState) => readonly string[];
  },
): Promise<Result<RunHandle, EngineFailure>> {
  const repository = await openRepository(parts);
  if (!repository.ok) return repository;
  const held = await holdWorkspace(parts.root, { holder: parts.holder, takeOver: options.takeOver ?? false });
  if (!held.ok) return held;
  // The settings are in the journal; until it is read, everything that could be a secret is hidden.
  const redact = createTextRedactor([], []);
  const store = await openRunStore({ held: held.value, runId, redact, ports: parts.ports });
  if (!store.ok) {
    held.value.lease.dispose();
    return store;
  }
  const state = foldEntries(store.value.opened.entries);
  if (!state) {
    await store.value.opened.journal.close();
    await store.value.evidence.close();
    held.value.lease.dispose();
    return fail({
      reason: 'unknown_run',
      message: `The journal of run ${runId} is empty: it had not begun. Start a new run.`,
    });
  }
  for (const spec of options.changedSpecs(state)) {
    parts.ports.onWarning(`${spec} was changed since this run started; the run goes on with the text of its start.`);
  }
  const { settings } = state;
  const opened = await openParts(parts, {
    ...{ held: held.value, runId, settings, repository: repository.value, store: store.value },
    redact: settingsRedactor(settings, parts.ports),
  });
  if (!opened.ok) return opened;
  const { maxParallel, mode, retryFailed = false, monitorIntervalMs } = options;
  const lastAt = store.value.opened.entries.at(-1)?.at ?? '';
  const resumption: Resumption = {
    retryFailed,
    awayMs: Math.max(0, Date.now() - Date.parse(lastAt)) || 0,
    ...(maxParallel === undefined ? {} : { maxParallel }),
    ...(mode === undefined ? {} : { mode }),
  };
  const evidenced = await evidencedAgents(held.value.files.evidence, runId);
  return letGo(parts, opened.value, { state, untold: [], evidenced, monitorIntervalMs, resumption });
}

async function openRepository({ root, ports }: BeginParts): Promise<Result<GitRepository, EngineFailure>> {
  const repository = await GitRepository.open({ root, clock: systemClock, env: ports.environment });
  return repository.ok ? repository : fail({ reason: 'workspace', message: repository.failure.message });
}

function settingsRedactor(settings: RunSettings, ports: EnginePorts): (text: string) => string {
  const names = Object.values(settings.agents).flatMap((agent) => agent.env);
  const secrets = secretValues([...names, ...settings.redaction.env], ports.environment);
  return createTextRedactor(secrets, settings.redaction.patterns);
}

/** The journal keeps commands as they are, so they must hold nothing that may not be kept. */
function findSecret(
  {
    settings,
    specs,
  }: { readonly settings: RunSettings; readonly specs: readonly { readonly gate: readonly string[] }[] },
  redact: (text: string) => string,
): EngineFailure | undefined {
  const agents = Object.values(settings.agents).flatMap((agent) =>
    [...agent.command, ...agent.args].map((word) => ({ place: `[agents.${agent.name}]`, word })),
  );
  const gates = specs.flatMap((spec) => spec.gate.map((word) => ({ place: 'a gate', word })));
  const setup = settings.workspace.setup.map((word) => ({ place: '[workspace] setup', word }));
  const found = [...agents, ...gates, ...setup].find(({ word }) => redact(word) !== word);
  if (!found) return undefined;
  return {
    reason: 'refused',
    message: `A command of ${found.place} holds what looks like a secret, and commands are recorded. Put it into an environment variable and name that in \`env\`.`,
  };
}

interface OpenedParts {
  readonly held: HeldWorkspace;
  readonly store: RunStore;
  readonly settings: RunSettings;
  readonly workspace: GitWorkspace;
  readonly terminals: HostTerminals;
  readonly redact: (text: string) => string;
}

interface OpenRequest extends Omit<OpenedParts, 'store' | 'workspace' | 'terminals'> {
  readonly runId: RunId;
  readonly repository: GitRepository;
  readonly store?: RunStore;
}

/** Opens files, worktrees and the PTY host; on a failure what was opened is let go again. */
async function openParts(parts: BeginParts, request: OpenRequest): Promise<Result<OpenedParts, EngineFailure>> {
  const { held, runId, settings, redact, repository } = request;
  const { ports } = parts;
  const store = request.store ? ok(request.store) : await openRunStore({ held, runId, redact, ports });
  if (!store.ok) {
    held.lease.dispose();
    return store;
  }
  const release = async (failure: EngineFailure): Promise<Result<never, EngineFailure>> => {
    await store.value.opened.journal.close();
    await store.value.evidence.close();
    held.lease.dispose();
    return fail(failure);
  };
  const workspace = await GitWorkspace.open({
    repository,
    runId,
    worktreesDir: held.files.worktrees,
    rescueDir: join(held.files.folder, 'rescue'),
  });
  if (!workspace.ok) return release({ reason: 'workspace', message: workspace.failure.message });
  const connect = () =>
    openPtyHost(held.files.folder, ports, {
      role: 'orchestrator',
      epoch: held.lease.epoch,
      idleMs: settings.hostIdleMs,
    });
  const client = await connect();
  if (!client.ok) return release({ reason: 'terminal', message: client.failure.message });
  const terminals = new HostTerminals({
    ...{ runId, client: client.value, reconnect: connect, killGraceMs: settings.killGraceMs },
    exitFile: (terminal) => store.value.run.exit(terminal),
  });
  return ok({ held, store: store.value, settings, workspace: workspace.value, terminals, redact });
}

async function abandon(opened: OpenedParts, failure: EngineFailure): Promise<Result<never, EngineFailure>> {
  opened.terminals.dispose();
  await opened.store.opened.journal.close();
  await opened.store.evidence.close();
  opened.held.lease.dispose();
  return fail(failure);
}

interface Going {
  readonly state: RunState;
  readonly untold: readonly RunEntry[];
  readonly evidenced: ReadonlySet<string>;
  readonly monitorIntervalMs: number;
  readonly resumption?: Resumption;
}

async function letGo(parts: BeginParts, opened: OpenedParts, going: Going): Promise<Result<RunHandle, EngineFailure>> {
  const { held, store, workspace, terminals, redact, settings } = opened;
  const { root, ports, holder } = parts;
  const fence = (): boolean => held.lease.isCurrent();
  const database = openDatabase(held.files, ports, fence);
  let projecting: Promise<unknown> = Promise.resolve();
  const orchestrator = new Orchestrator({
    state: going.state,
    untold: going.untold,
    journal: store.opened.journal,
    monitorIntervalMs: going.monitorIntervalMs,
    isCurrent: fence,
    onFenced: (fenced) => void held.lease.onLost(fenced),
    terminals,
    workspace: gitRunWorkspace(workspace, settings.workspace),
    records: runRecords({
      ...{ root, files: held.files, run: store.run, evidence: store.evidence, evidenced: going.evidenced },
      runId: going.state.runId,
      onWarning: ports.onWarning,
    }),
    requestsFolder: store.run.requests,
    ...{ redact, ports, holder },
    project(state, at) {
      projecting = database.projectRun(projectRun(state, at));
    },
    async close() {
      await projecting;
      const saved = fence() ? await database.save() : undefined;
      if (saved && !saved.ok) ports.onWarning(saved.failure.message);
      await database.close();
      await store.evidence.close();
      terminals.dispose();
      held.lease.dispose();
    },
  });
  if (going.resumption) await orchestrator.resume(going.resumption);
  void orchestrator.monitorLoop();
  return ok(orchestrator);
}
