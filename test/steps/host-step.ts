import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { accessSync, constants, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findTestFiles } from './mocha-step.ts';
import { countTests, oneFailed, root, type Step } from './step.ts';

const bundles = join(root, 'out', 'extension-tests');
const fixture = join(root, 'test', 'extension', 'fixture');

/** The tests inside a VS Code extension host: every test/extension/**\/*.host.ts, on a copy of test/extension/fixture. */
export const hostStep: Step = {
  name: 'host',
  run: async ({ grep }) => {
    const files = findTestFiles('extension', '.host.ts');
    if (files.length === 0) {
      console.log('No test/extension/**/*.host.ts');
      return oneFailed;
    }
    await bundle(files);
    return countTests((countsPath) => runInHost({ ORCHESTRA_TEST_COUNTS: countsPath, ORCHESTRA_TEST_GREP: grep }));
  },
};

/** Bundles the entry and each file on its own: mocha loads them one by one; it and vscode come from outside. */
async function bundle(files: readonly string[]): Promise<void> {
  rmSync(bundles, { recursive: true, force: true });
  await build({
    entryPoints: [join(root, 'test', 'extension', 'index.ts'), ...files],
    outdir: bundles,
    outbase: join(root, 'test', 'extension'),
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha', 'node-pty'],
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

async function runInHost(env: Record<string, string | undefined>): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), 'orchestra-host-'));
  const workspace = join(scratch, 'workspace');
  try {
    prepareWorkspace(workspace);
    return await runTests({
      vscodeExecutablePath: findVscode() ?? join(root, 'test', 'vscode', 'run-vscode.mjs'),
      extensionDevelopmentPath: root,
      extensionTestsPath: join(bundles, 'index.cjs'),
      extensionTestsEnv: env,
      launchArgs: [
        workspace,
        `--user-data-dir=${join(scratch, 'user')}`,
        `--extensions-dir=${join(scratch, 'extensions')}`,
        '--disable-extensions',
      ],
    });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A git repository with one commit of the fixture's files. */
function prepareWorkspace(path: string): void {
  const git = (...argv: readonly string[]): unknown => execFileSync('git', ['-C', path, ...argv], { stdio: 'pipe' });
  cpSync(fixture, path, { recursive: true });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid'];
  git(...identity, 'commit', '--quiet', '--message=Start');
}

/** A desktop VS Code: `VSCODE_PATH`, else `code` on the path where there is a screen to show it on. */
function findVscode(): string | undefined {
  const chosen = process.env['VSCODE_PATH'];
  if (chosen !== undefined) return chosen;
  const hasScreen = process.platform !== 'linux' || (process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
  if (hasScreen === undefined || hasScreen === '') return undefined;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'code')).find((path) => isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return existsSync(path);
  } catch {
    return false;
  }
}
