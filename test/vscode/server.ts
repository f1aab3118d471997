import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { paths } from './install.ts';

/** How a VS Code server is started. */
export interface ServerOptions {
  /** Scratch folder: settings, extensions, state and log of this server alone. */
  readonly home: string;
  /** User settings, over the quiet ones below. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Added to the environment of the extension host; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Loads an extension under development and its tests from the address; hides notification toasts. */
  readonly smokeTestDriver?: boolean;
}

/** A VS Code server that answers. */
export interface RunningServer {
  readonly port: number;
  /** Of the server; its extension hosts are its children. */
  readonly pid: number;
  /** Everything that it printed. */
  readonly logPath: string;
  /** Writes the user settings anew; a window reads them when it is loaded. */
  writeSettings(settings: Readonly<Record<string, unknown>>): void;
  /** Ends the server with all that it started in its process group. */
  stop(): Promise<void>;
}

const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'window.autoDetectColorScheme': false,
  'window.autoDetectHighContrast': false,
  'workbench.colorTheme': 'Dark Modern',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'chat.disableAIFeatures': true,
  'remote.autoForwardPorts': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  // Text of terminals is then in the page, where a test can read it.
  'terminal.integrated.gpuAcceleration': 'off',
};

const readyDeadlineMs = 60_000;
const stopGraceMs = 5_000;

/** Starts a VS Code server and waits until it answers. Rejects with the end of its log when it does not. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { home } = options;
  const port = await freePort();
  const logPath = join(home, 'server.log');
  mkdirSync(join(home, 'user', 'User'), { recursive: true });
  mkdirSync(join(home, 'extensions'), { recursive: true });
  writeGitIdentity(home);
  const writeSettings: RunningServer['writeSettings'] = (settings) => {
    const text = JSON.stringify({ ...quietSettings, ...options.settings, ...settings }, undefined, 2);
    writeFileSync(join(home, 'user', 'User', 'settings.json'), text);
  };
  writeSettings({});
  const child = spawn(paths.node, serverArguments(options, port), {
    env: environment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      appendFileSync(logPath, chunk);
    });
  }
  const stop = (): Promise<void> => stopGroup(child);
  if (await answers(child, port)) return { port, pid: child.pid ?? 0, logPath, writeSettings, stop };
  await stop();
  throw new Error(`VS Code's server did not answer within ${readyDeadlineMs} ms:\n${output.slice(-4000)}`);
}

/** Installs the extension in the folder `path` for a server whose scratch folder is `home`, by a link; before it starts. */
export function linkExtension(path: string, home: string): void {
  const manifest: unknown = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const { publisher, name, version } = manifest as { publisher: string; name: string; version: string };
  mkdirSync(join(home, 'extensions'), { recursive: true });
  symlinkSync(path, join(home, 'extensions', `${publisher}.${name}-${version}`));
}

function serverArguments({ home, smokeTestDriver }: ServerOptions, port: number): readonly string[] {
  return [
    paths.server,
    ...['--host', '127.0.0.1', '--port', String(port)],
    ...['--without-connection-token', '--accept-server-license-terms', '--disable-telemetry'],
    ...['--server-data-dir', join(home, 'server'), '--user-data-dir', join(home, 'user')],
    ...['--extensions-dir', join(home, 'extensions')],
    ...(smokeTestDriver === true ? ['--enable-smoke-test-driver'] : []),
  ];
}

// The user's own settings, keys and git identity stay out of the tests, and nothing is written to their home.
function environment({ home, env }: ServerOptions): NodeJS.ProcessEnv {
  return {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CACHE_HOME: join(home, 'cache'),
    ...env,
  };
}

function writeGitIdentity(home: string): void {
  const lines = ['[user]', '\tname = Test', '\temail = test@example.invalid', '[init]', '\tdefaultBranch = main', ''];
  writeFileSync(join(home, '.gitconfig'), lines.join('\n'));
}

async function answers(child: ChildProcess, port: number): Promise<boolean> {
  const deadline = Date.now() + readyDeadlineMs;
  while (Date.now() < deadline && child.exitCode === null) {
    const response = await fetch(`http://127.0.0.1:${port}/version`).catch(() => undefined);
    if (response?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

async function stopGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve();
  signalGroup(pid, 'SIGTERM');
  const late = setTimeout(() => signalGroup(pid, 'SIGKILL'), stopGraceMs);
  await exited;
  clearTimeout(late);
  // The server's helpers outlive it by some seconds; the group goes as a whole.
  signalGroup(pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return address.port;
}
