// Installs what the tests inside VS Code need where no desktop VS Code is at hand: a Node for the server, the VS Code
// server that code-server carries, and playwright-core. Everything lands in .vscode-test/, nothing in the package.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';

/** The versions that are installed; a change here makes the next call install anew. */
const versions = { node: '24.21.0', codeServer: '4.139.1', playwrightCore: '1.65.1', layout: 2 };

/** Where everything is installed; `VSCODE_TEST_HOME` moves it, so that several checkouts can share one. */
const home = resolve(process.env['VSCODE_TEST_HOME'] ?? join(import.meta.dirname, '..', '..', '.vscode-test'));

const nodePackage = `node-${process.platform}-${process.arch}`;
const nodeHome = join(home, 'node', 'node_modules', nodePackage);
const serverHome = join(home, 'server', 'node_modules', 'code-server', 'lib', 'vscode');
const stampPath = join(home, 'stamp.json');

/** Absolute paths of the installed pieces: Node binary, VS Code server script, playwright-core entry. */
export const paths = {
  node: join(nodeHome, 'bin', 'node'),
  server: join(serverHome, 'out', 'server-main.js'),
  playwright: join(home, 'playwright', 'node_modules', 'playwright-core', 'index.mjs'),
};

/** Whether the versions above are installed completely. */
function isInstalled(): boolean {
  const files = [stampPath, ...Object.values(paths)];
  return files.every((file) => existsSync(file)) && readFileSync(stampPath, 'utf8') === JSON.stringify(versions);
}

/** Installs what is missing. Throws with the failed command and its output. */
export function install(): void {
  if (isInstalled()) return;
  console.log(`Installing VS Code's server and a browser driver into ${home} (a minute or two) ...`);
  rmSync(stampPath, { force: true });
  installPackage('node', `${nodePackage}@${versions.node}`);
  installPackage('playwright', `playwright-core@${versions.playwrightCore}`);
  installServer();
  writeFileSync(stampPath, JSON.stringify(versions));
}

function installServer(): void {
  installPackage('server', `code-server@${versions.codeServer}`);
  npm(serverHome, ['install', '--omit=dev']);
  link(join(serverHome, 'bin', 'remote-cli', 'code-server'), 'code-linux.sh');
  link(join(serverHome, 'bin', 'helpers', 'browser.sh'), 'browser-linux.sh');
  const extensions = join(serverHome, 'extensions');
  npm(extensions, ['install', '--omit=dev']);
  run(extensions, paths.node, ['postinstall.mjs']);
}

/** Puts one package into a folder of its own below `home`, replacing what was there. */
function installPackage(folder: string, specifier: string): void {
  const directory = join(home, folder);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ private: true }));
  npm(directory, ['install', specifier]);
}

// Install scripts stay off: some of them download, some compile; what the server misses without them is its log files.
function npm(directory: string, argv: readonly string[]): void {
  run(directory, 'npm', [...argv, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}

function run(directory: string, command: string, argv: readonly string[]): void {
  const { status, error, stdout, stderr } = spawnSync(command, argv, {
    cwd: directory,
    encoding: 'utf8',
    env: environment(),
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return;
  const output = `${stdout}${stderr}`.trim().split('\n').slice(-30).join('\n');
  throw new Error(
    `${command} ${argv.join(' ')} failed in ${directory} (${error?.message ?? `exit ${status}`})\n${output}`,
  );
}

// npm sets npm_* variables for what it runs; they must not reach the npm that is started here.
function environment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_(?!config_(registry|cache|userconfig))/i.test(name),
  );
  const path = [dirname(paths.node), process.env['PATH']].join(delimiter);
  return { ...Object.fromEntries(inherited), PATH: path };
}

function link(path: string, target: string): void {
  rmSync(path, { force: true });
  symlinkSync(target, path);
}
