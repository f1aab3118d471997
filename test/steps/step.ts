import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How many checks or tests went which way. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** One part of `npm test`. */
export interface Step {
  /** What `--only` chooses it by. */
  readonly name: string;
  readonly run: (options: StepOptions) => Promise<Counts>;
}

/** What a step is told. */
export interface StepOptions {
  /** Only tests whose title matches; steps without tests do not care. */
  readonly grep?: string;
}

/** The folder of package.json. */
export const root = join(import.meta.dirname, '..', '..');

/** One check that fails. */
export const oneFailed: Counts = { passed: 0, failed: 1, skipped: 0 };

/** The sum of several counts. */
export function addCounts(all: readonly Counts[]): Counts {
  return all.reduce((sum, { passed, failed, skipped }) => ({
    passed: sum.passed + passed,
    failed: sum.failed + failed,
    skipped: sum.skipped + skipped,
  }));
}

/** A step that is one check: it passes when the command, a script by its path from the project's folder, exits 0. */
export function checkStep(name: string, script: string, argv: readonly string[]): Step {
  const run = async (): Promise<Counts> => {
    const code = await runNode([join(root, script), ...argv], process.env);
    return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : oneFailed;
  };
  return { name, run };
}

/** Runs Node with these arguments in the project's folder, output shown, and gives the exit code; 1 for a signal. */
export async function runNode(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(process.execPath, argv, { cwd: root, stdio: 'inherit', env });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * Runs something that writes its counts to the file it is given. Counts one failure more than it told when it failed in
 * another way than by a failed test, or told nothing at all.
 */
export async function countTests(run: (countsPath: string) => Promise<number>): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'orchestra-counts-'));
  const path = join(folder, 'counts.json');
  try {
    const code = await run(path);
    const counts = readCounts(path);
    if (!counts) return oneFailed;
    return code !== 0 && counts.failed === 0 ? addCounts([counts, oneFailed]) : counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readCounts(path: string): Counts | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Counts;
  } catch {
    return undefined;
  }
}
