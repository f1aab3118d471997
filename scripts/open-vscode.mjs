// Opens the example workspace, in a scratch copy, in a VS Code with this extension: the desktop one if there is one
// (`code` on the path, or VSCODE_PATH), else one in the browser, installed on demand into .vscode-test/.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { register } from 'tsx/esm/api';
import { copyExample } from './copy-example.mjs';

const root = join(import.meta.dirname, '..');
const workspace = copyExample();
const code = process.env.VSCODE_PATH ?? 'code';
console.log(`The workspace: ${workspace}`);
if (process.argv.includes('--browser') || spawnSync(code, ['--version'], { stdio: 'ignore' }).status !== 0) {
  await serveInBrowser();
} else {
  spawnSync(code, ['--new-window', `--extensionDevelopmentPath=${root}`, workspace], { stdio: 'inherit' });
}

async function serveInBrowser() {
  register();
  const { install } = await import('../test/vscode/install.ts');
  const { linkExtension, startServer } = await import('../test/vscode/server.ts');
  install();
  const home = mkdtempSync(join(tmpdir(), 'orchestra-vscode-'));
  linkExtension(root, home);
  const server = await startServer({ home, env: ownHome() });
  const address = `http://127.0.0.1:${server.port}/?folder=${encodeURIComponent(workspace)}`;
  console.log(`VS Code: ${address}\nCtrl-C ends it.`);
  openPage(address);
  const stop = async () => {
    await server.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    process.exit(0);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

// No browser, or no screen to show it on, is no failure: the address is printed.
function openPage(address) {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(opener, [address], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}

// Agents find the person's logins and git identity, as they would in a desktop VS Code.
function ownHome() {
  const names = ['HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME'];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}
