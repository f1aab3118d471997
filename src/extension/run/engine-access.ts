import { availableParallelism } from 'node:os';
import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import type { Engine } from '../../engine/model/engine-api.ts';

/** Opens the engine of the folder when it is first used; before that not even its code is read. */
export class EngineAccess implements Disposable {
  readonly root: string;
  readonly #distFolder: string;
  readonly #log: vscode.LogOutputChannel;
  #engine: Promise<Engine> | undefined;
  #disposed = false;

  constructor(root: string, distFolder: string, log: vscode.LogOutputChannel) {
    this.root = root;
    this.#distFolder = distFolder;
    this.#log = log;
  }

  /** The engine; the same one each time. Rejects after {@link dispose}. */
  get(): Promise<Engine> {
    if (this.#disposed) return Promise.reject(new Error('The extension has been deactivated.'));
    this.#engine ??= this.#open();
    return this.#engine;
  }

  async #open(): Promise<Engine> {
    const { createEngine } = await import('../../engine/engine.ts');
    return createEngine(
      {
        environment: process.env,
        execPath: process.execPath,
        distFolder: this.#distFolder,
        cpuCount: availableParallelism(),
        readOverlay: unsavedText,
        onWarning: (message) => this.#log.warn(message),
      },
      { root: this.root, holder: 'vscode' },
    );
  }

  dispose(): void {
    this.#disposed = true;
    void this.#engine?.then((engine) => engine.dispose());
  }
}

function unsavedText(file: string): string | undefined {
  return vscode.workspace.textDocuments
    .find(({ uri, isDirty }) => isDirty && uri.scheme === 'file' && uri.fsPath === file)
    ?.getText();
}
