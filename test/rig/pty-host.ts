import { build } from 'esbuild';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  connectPtyHost,
  type ConnectPtyHostOptions,
  type PtyHostClient,
} from '../../src/engine/terminal/pty-host-client.ts';
import { processIsAlive } from '../../src/engine/terminal/process-tree.ts';
import { readRendezvous } from '../../src/engine/terminal/rendezvous.ts';
import type { TerminalId } from '../../src/engine/model/ids.ts';
import type { TerminalExit, TerminalLaunch } from '../../src/engine/model/terminal.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
let bundle: Promise<string> | undefined;

/** The PTY host's program, bundled once for each test process, inside the project so that it finds node-pty. */
function bundledPtyHost(): Promise<string> {
  bundle ??= bundlePtyHost();
  return bundle;
}

async function bundlePtyHost(): Promise<string> {
  const outfile = join(root, 'node_modules', '.cache', 'spec-orchestra', `pty-host-${process.pid}.cjs`);
  await build({
    absWorkingDir: root,
    entryPoints: ['src/engine/terminal/pty-host-main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['node-pty'],
    define: { 'import.meta.url': 'bundleUrl' },
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
    supported: { 'dynamic-import': false },
    logLevel: 'error',
  });
  process.once('exit', () => rmSync(outfile, { force: true }));
  return outfile;
}

/** A folder with a PTY host that starts when somebody connects; `dispose` ends it and everything in it. */
export class PtyHostRig {
  readonly folder: string;
  readonly rendezvousFile: string;
  readonly #hostScript: string;
  readonly #clients: PtyHostClient[] = [];
  readonly #hosts = new Set<number>();

  private constructor(folder: string, hostScript: string) {
    this.folder = folder;
    this.rendezvousFile = join(folder, 'host.json');
    this.#hostScript = hostScript;
  }

  static async create(): Promise<PtyHostRig> {
    const hostScript = await bundledPtyHost();
    return new PtyHostRig(await mkdtemp(join(tmpdir(), 'orchestra-pty-')), hostScript);
  }

  options(changes: Partial<ConnectPtyHostOptions> = {}): ConnectPtyHostOptions {
    const { rendezvousFile } = this;
    const { execPath } = process;
    return {
      rendezvousFile,
      hostScript: this.#hostScript,
      execPath,
      idleMs: 60_000,
      epoch: 1,
      role: 'orchestrator',
      ...changes,
    };
  }

  /** Connects, and throws what went wrong. */
  async connect(changes: Partial<ConnectPtyHostOptions> = {}): Promise<PtyHostClient> {
    const client = await connectPtyHost(this.options(changes));
    if (!client.ok) throw new Error(`${client.failure.reason}: ${client.failure.message}`);
    this.#clients.push(client.value);
    this.#hosts.add(client.value.hostPid);
    return client.value;
  }

  /** A launch of a shell script, with files under the rig's folder. */
  launch(id: string, script: string, changes: Partial<TerminalLaunch> = {}): TerminalLaunch {
    return {
      id: id as TerminalId,
      file: '/bin/sh',
      args: ['-c', script],
      cwd: this.folder,
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
      columns: 80,
      rows: 24,
      scrollback: 1000,
      transcriptFile: join(this.folder, 'transcripts', `${id}.log`),
      exitFile: join(this.folder, 'exits', `${id}.json`),
      maxWallMs: 60_000,
      killGraceMs: 500,
      secrets: [],
      patterns: [],
      ...changes,
    };
  }

  async dispose(): Promise<void> {
    for (const client of this.#clients) client.dispose();
    const last = readRendezvous(this.rendezvousFile);
    if (last) this.#hosts.add(last.pid);
    for (const pid of this.#hosts) if (processIsAlive(pid, '')) process.kill(pid, 'SIGTERM');
    await until(() => [...this.#hosts].every((pid) => !processIsAlive(pid, '')), 'the hosts have ended');
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Resolves when `fact` is true; rejects after `deadlineMs` with its name. */
export async function until(fact: () => boolean, name: string, deadlineMs = 10_000): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!fact()) {
    if (performance.now() > deadline) throw new Error(`Not within ${deadlineMs} ms: ${name}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Starts a terminal and waits for its last word. */
export async function runToExit(client: PtyHostClient, launch: TerminalLaunch): Promise<TerminalExit> {
  const exit = exitOf(client, launch.id);
  const info = await client.spawn(launch);
  if (!info.ok) throw new Error(`${info.failure.reason}: ${info.failure.message}`);
  return info.value.exit ?? exit;
}

/** The exit of a terminal that has not ended yet. */
export function exitOf(client: PtyHostClient, id: TerminalId): Promise<TerminalExit> {
  return new Promise((resolve) => {
    const subscription = client.onSignal((signal) => {
      if (signal.type !== 'exited' || signal.id !== id) return;
      subscription.dispose();
      resolve(signal.exit);
    });
  });
}
