import { build } from 'esbuild';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { StoreWarning } from '../../../src/engine/store/failure.ts';

/** A folder for each test of a suite, gone after it. */
export function useTemporaryFolder(): () => string {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orchestra-store-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  return () => folder;
}

/** Waits for a fact; fails after ten seconds. */
export async function eventually(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`Never happened: ${what}`);
    await delay(5);
  }
}

/** Collects warnings. */
export function warnings(): { all: StoreWarning[]; onWarning: (warning: StoreWarning) => void } {
  const all: StoreWarning[] = [];
  return { all, onWarning: (warning) => void all.push(warning) };
}

/** Makes a script of `children/` one file that starts in a moment. */
export async function bundleChild(name: string, folder: string): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  const entry = fileURLToPath(new URL(`./children/${name}.ts`, import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  return outfile;
}

/** A running script and the lines that it printed. */
export interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  readonly lines: string[];
  readonly ended: Promise<unknown>;
}

export function startChild(script: string, ...args: string[]): Child {
  const child = spawn(process.execPath, [script, ...args]);
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  child.stderr.pipe(process.stderr);
  return { process: child, lines, ended: once(child, 'close') };
}
