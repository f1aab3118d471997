import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { spawn } from 'node-pty';
import { applyEntry } from '../src/engine/core/apply.ts';
import type { EnginePorts } from '../src/engine/model/engine-api.ts';
import type { RunId, SpecId } from '../src/engine/model/ids.ts';
import type { RunEvent, RunSettings, RunSpec } from '../src/engine/model/run-event.ts';
import { HostTerminals } from '../src/engine/runtime/adapters/host-terminals.ts';
import { holdWorkspace, openRunStore } from '../src/engine/runtime/adapters/open-store.ts';
import { Orchestrator } from '../src/engine/runtime/orchestrator.ts';
import type { RunWorkspace } from '../src/engine/runtime/ports.ts';
import { openPtyHost } from '../src/engine/runtime/adapters/pty-host-access.ts';
import { runRecords } from '../src/engine/runtime/adapters/run-records.ts';
import { makeRow, median, type BenchRow } from './row.ts';

const parallel = 2;
const goal = 1.5;

/** Orchestrating trivial agents without git (journal, lease, PTY host, transcripts, exit records, evidence) against a bare node-pty loop at the same parallelism. */
export async function run(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [count, rounds] of [
    [100, 5],
    [1000, 3],
  ] as const) {
    const ours: number[] = [];
    const anchor: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      anchor.push(await timed(() => barePtys(count)));
      ours.push(await orchestrated(count));
    }
    const what = `${count} trivial agents orchestrated at ${parallel} at once vs. bare node-pty loop`;
    rows.push(makeRow(what, 'ms', { ours: median(ours), anchor: median(anchor), goal }));
  }
  return rows;
}

async function timed(job: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await job();
  return performance.now() - start;
}

async function barePtys(count: number): Promise<void> {
  let started = 0;
  const worker = async (): Promise<void> => {
    while (started < count) {
      started += 1;
      const pty = spawn('true', [], { cols: 120, rows: 40, cwd: '/', env: { PATH: process.env['PATH'] ?? '' } });
      await new Promise((resolve) => pty.onExit(resolve));
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

/** From the loop's start to the run's end; opening and closing is not the overhead of a spec. */
async function orchestrated(count: number): Promise<number> {
  const root = await mkdtemp(join(tmpdir(), 'orchestra-bench-'));
  try {
    const { orchestrator, dispose } = await assemble(root, count);
    const ms = await timed(async () => {
      const end = await orchestrator.monitorLoop();
      if (end.kind !== 'finished' || end.result !== 'completed')
        throw new Error(`The run ended as ${JSON.stringify(end)}.`);
    });
    dispose();
    return ms;
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function assemble(root: string, count: number) {
  const ports: EnginePorts = {
    environment: process.env,
    execPath: process.execPath,
    distFolder: join(import.meta.dirname, '..', 'dist'),
    cpuCount: parallel,
    onWarning: (message) => console.error(message),
  };
  const held = must(await holdWorkspace(root, { holder: 'cli', takeOver: false }));
  const runId = randomUUID() as RunId;
  const redact = (text: string): string => text;
  const store = must(await openRunStore({ held, runId, redact, ports }));
  const connect = () =>
    openPtyHost(held.files.folder, ports, { role: 'orchestrator', epoch: held.lease.epoch, idleMs: 1_000 });
  const client = must(await connect());
  const exitFile: typeof store.run.exit = (terminal) => store.run.exit(terminal);
  const terminals = new HostTerminals({ runId, client, reconnect: connect, exitFile, killGraceMs: 1_000 });
  const event: Extract<RunEvent, { type: 'run_started' }> = {
    type: 'run_started',
    runId,
    base: { commit: '' },
    integrationBranch: '',
    specs: Array.from({ length: count }, (_, index) => benchSpec(index)),
    settings,
  };
  for (const { id } of event.specs) await writeFile(store.run.spec(id), `# ${id}\n`);
  const first = store.opened.journal.append(event, 0);
  const orchestrator = new Orchestrator({
    state: applyEntry(undefined, first),
    journal: store.opened.journal,
    untold: [first],
    monitorIntervalMs: 1_000,
    isCurrent: () => held.lease.isCurrent(),
    onFenced: () => undefined,
    terminals,
    workspace: noWorkspace(root),
    records: runRecords({
      root,
      runId,
      files: held.files,
      run: store.run,
      evidence: store.evidence,
      evidenced: new Set(),
      onWarning: ports.onWarning,
    }),
    requestsFolder: store.run.requests,
    redact,
    ports,
    holder: 'cli',
    project: () => undefined,
    close: () => store.evidence.close(),
  });
  const dispose = (): void => {
    terminals.dispose();
    held.lease.dispose();
  };
  return { orchestrator, dispose };
}

function must<T>(result: { ok: true; value: T } | { ok: false; failure: { message: string } }): T {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

function benchSpec(index: number): RunSpec {
  const id = `SPEC-${String(index + 1).padStart(4, '0')}` as SpecId;
  return {
    ...{ id, title: id, file: `${id}.md`, hash: '', dependsOn: [], selected: true, strategy: 'solo', agent: 'true' },
    ...{ gate: [], touches: [], timeoutMs: 60_000, estimateMs: 1_000, criticalMs: 1_000, allowEmpty: true },
  };
}

const settings: RunSettings = {
  maxParallel: parallel,
  maxTerminals: 64,
  retry: { attempts: 1, delayMs: 0, runBudget: 0, mergeRework: 0 },
  mode: 'auto',
  killGraceMs: 1_000,
  gateTimeoutMs: 60_000,
  hostIdleMs: 1_000,
  agents: { true: { name: 'true', driver: 'command', command: ['true'], args: [], env: [] } },
  workspace: { copy: [], link: [], setup: [] },
  terminal: { columns: 120, rows: 40, scrollback: 1_000 },
  redaction: { patterns: [], env: [] },
};

/** Sessions without git: each works in the same folder, and merging is a word. */
function noWorkspace(root: string): RunWorkspace {
  const ok = <T>(value: T) => Promise.resolve({ ok: true, value } as const);
  return {
    environment: {},
    prepare: () => ok({ path: root, branch: '', baseCommit: '' }),
    markPrepared: () => ok(undefined),
    collect: () => ok({ commit: '', changed: false, files: 0 }),
    prepareMerge: () => ok({ commit: '', tip: '', needsGate: false }),
    merge: () => ok({ kind: 'merged', commit: '' }),
    release: () => ok(undefined),
  };
}
