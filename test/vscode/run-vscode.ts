import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { format } from 'node:util';
import { Deferred } from '../../src/base/deferred.ts';
import { openChromium, type Page } from './chromium.ts';
import { install } from './install.ts';
import { startServer, type RunningServer } from './server.ts';

/** The extension host was gone before its tests had ended. */
const hostDiedCode = 97;
/** The tests took longer than `VSCODE_TEST_TIMEOUT_MS`. */
const timeOutCode = 98;
const defaultTimeoutMs = 15 * 60_000;

interface Arguments {
  readonly developmentPath: string;
  readonly testsPath: string;
  /** Folder or .code-workspace file to open; none when absent. */
  readonly workspace: string | undefined;
}

interface Files {
  readonly entry: string;
  readonly output: string;
  readonly ended: string;
}

/**
 * Runs the tests of an extension inside a real extension host, with the arguments that the desktop program takes:
 * `--extensionDevelopmentPath=`, `--extensionTestsPath=` and a folder. Its result is the exit code.
 */
export async function runVscode(argv: readonly string[]): Promise<number> {
  const given = readArguments(argv);
  install();
  const home = mkdtempSync(join(tmpdir(), 'orchestra-vscode-'));
  const server = await startServer({ home, smokeTestDriver: true });
  const stop = (): void => void server.stop().then(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await runTests(given, home, server);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await server.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

function readArguments(argv: readonly string[]): Arguments {
  const option = (name: string): string => {
    const value = argv.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3);
    if (value === undefined) throw new Error(`--${name}=… is missing`);
    return resolve(value);
  };
  const workspace = argv.find((each) => !each.startsWith('-'));
  return {
    developmentPath: option('extensionDevelopmentPath'),
    testsPath: option('extensionTestsPath'),
    workspace: workspace === undefined ? undefined : resolve(workspace),
  };
}

async function runTests(given: Arguments, home: string, server: RunningServer): Promise<number> {
  const files = { entry: join(home, 'entry.cjs'), output: join(home, 'output.log'), ended: join(home, 'ended') };
  writeEntry(files, given.testsPath);
  const browser = await openChromium();
  const endFollowing = follow(files.output);
  try {
    const code = await exitCode(browser.page, addressOf({ ...given, testsPath: files.entry }, server.port));
    endFollowing();
    if (code === timeOutCode) console.error('VS Code: the tests did not end in time.');
    if (code === timeOutCode || existsSync(files.ended)) return code;
    // A host that was killed reports 0; the file is the witness.
    console.error('VS Code: the extension host was gone before its tests had ended.');
    return hostDiedCode;
  } finally {
    await browser.close();
  }
}

/** Opens the workbench and waits for the exit code that it tells, or for `timeOutCode`. */
async function exitCode(page: Page, address: string): Promise<number> {
  const told = new Deferred<number>();
  const timeoutMs = Number(process.env['VSCODE_TEST_TIMEOUT_MS'] ?? defaultTimeoutMs);
  const timer = setTimeout(() => told.resolve(timeOutCode), timeoutMs);
  page.on('crash', () => told.resolve(hostDiedCode));
  await page.exposeFunction('codeAutomationLog', (_type: string, values: unknown[]) => {
    if (process.env['VSCODE_TEST_VERBOSE'] !== undefined) console.log(format(...values));
  });
  await page.exposeFunction('codeAutomationExit', (code: number) => told.resolve(code));
  await page.goto(address);
  const code = await told.promise;
  clearTimeout(timer);
  return code;
}

/**
 * Writes the module that the host loads: the real tests, whose console.log goes to a file (the workbench's own lines would bury
 * it on the usual way, through the page), and a second file once they have ended, well or not.
 */
function writeEntry({ entry, output, ended }: Files, testsPath: string): void {
  writeFileSync(output, '');
  const text = `
    const { appendFileSync, writeFileSync } = require('node:fs');
    const { format } = require('node:util');
    const print = (...values) => appendFileSync(${JSON.stringify(output)}, format(...values) + '\\n');
    // Only log, which mocha prints with: the host itself warns about much. It has a setter that does nothing.
    Object.defineProperty(console, 'log', { value: print });
    exports.run = async () => {
      try { return await require(${JSON.stringify(testsPath)}).run(); }
      finally { writeFileSync(${JSON.stringify(ended)}, ''); }
    };`;
  writeFileSync(entry, text);
}

/** Copies what is added to the file to stdout, until the returned function is called; that copies the rest. */
function follow(path: string): () => void {
  let seen = 0;
  const copy = (): void => {
    const fresh = readFileSync(path).subarray(seen);
    seen += fresh.length;
    process.stdout.write(fresh);
  };
  const timer = setInterval(copy, 200);
  return () => {
    clearInterval(timer);
    copy();
  };
}

function addressOf({ developmentPath, testsPath, workspace }: Arguments, port: number): string {
  const remote = (path: string): string => `vscode-remote://127.0.0.1:${port}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(developmentPath)],
    ['extensionTestsPath', remote(testsPath)],
    ['skipWelcome', 'true'],
  ];
  const query = new URLSearchParams({ payload: JSON.stringify(payload) });
  if (workspace !== undefined) query.set(workspace.endsWith('.code-workspace') ? 'workspace' : 'folder', workspace);
  return `http://127.0.0.1:${port}/?${query.toString()}`;
}
