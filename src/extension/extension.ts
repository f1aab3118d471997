import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { OrchestraExports } from './api.ts';
import { openFolder, type OpenFolder } from './open-folder.ts';

let opened: OpenFolder | undefined;

/** Called by VS Code when the extension is needed. Subscribes; everything else waits until it is used. */
export function activate(context: vscode.ExtensionContext): OrchestraExports {
  const root = findRoot();
  if (root !== undefined) {
    const log = vscode.window.createOutputChannel('Spec Orchestra', { log: true });
    opened = openFolder(context, root, log);
    context.subscriptions.push(log, opened);
  }
  return { getApi: (version) => (version === 1 ? opened?.api : undefined) };
}

/** Called by VS Code before the window goes. Agents live on. */
export async function deactivate(): Promise<void> {
  await opened?.detach();
  opened = undefined;
}

/** One folder of the workspace is orchestrated: the first that has an orchestra.toml, else the first. */
function findRoot(): string | undefined {
  const folders = vscode.workspace.workspaceFolders?.filter(({ uri }) => uri.scheme === 'file') ?? [];
  const configured = folders.find(({ uri }) => existsSync(join(uri.fsPath, 'orchestra.toml')));
  return (configured ?? folders[0])?.uri.fsPath;
}
