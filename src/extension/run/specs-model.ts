import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import type { WorkspaceReport } from '../../engine/model/engine-api.ts';
import type { EngineAccess } from './engine-access.ts';

/** Typing pauses this long before the files are checked again. */
const debounceMs = 200;

/** The folder's specs and configuration with all complaints, kept up to date with the editors and the disk once somebody asked for them. */
export class SpecsModel implements Disposable {
  readonly #engine: EngineAccess;
  readonly #log: vscode.LogOutputChannel;
  readonly #changes = new Emitter<WorkspaceReport>();
  readonly onChange = this.#changes.event;
  readonly #owned = new DisposableStore();
  #report: WorkspaceReport | undefined;
  #timer: NodeJS.Timeout | undefined;
  #loading: Promise<void> | undefined;
  #stale = false;
  #wanted = false;

  constructor(engine: EngineAccess, log: vscode.LogOutputChannel) {
    this.#engine = engine;
    this.#log = log;
  }

  get report(): WorkspaceReport | undefined {
    return this.#report;
  }

  /** From now on the report is kept up to date. */
  want(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    const root = vscode.Uri.file(this.#engine.root);
    for (const pattern of ['**/*.md', 'orchestra.toml']) {
      const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(root, pattern));
      this.#owned.add(watcher);
      for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) {
        this.#owned.add(event((uri) => this.#handleFile(uri)));
      }
    }
    this.#owned.add(vscode.workspace.onDidChangeTextDocument(({ document }) => this.#handleFile(document.uri)));
    // Closing without saving brings the disk's text back.
    this.#owned.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#handleFile(uri)));
    void this.load();
  }

  /** Whether `uri` can be a file of this model. */
  concerns(uri: vscode.Uri): boolean {
    if (uri.scheme !== 'file') return false;
    const path = vscode.workspace.asRelativePath(uri, false);
    return (
      path === 'orchestra.toml' ||
      (path.endsWith('.md') && !path.startsWith('.orchestra/') && !/^([/\\]|\w:)/.test(path))
    );
  }

  /** Checks everything now. */
  async load(): Promise<void> {
    if (this.#loading) {
      this.#stale = true;
      return this.#loading;
    }
    this.#loading = this.#load();
    await this.#loading;
  }

  async #load(): Promise<void> {
    try {
      const engine = await this.#engine.get();
      do {
        this.#stale = false;
        this.#report = await engine.load();
      } while (this.#isStale());
      this.#changes.fire(this.#report);
    } catch (error) {
      if (!this.#owned.isDisposed) this.#log.error(error instanceof Error ? error : String(error));
    } finally {
      this.#loading = undefined;
    }
  }

  #isStale(): boolean {
    return this.#stale && !this.#owned.isDisposed;
  }

  #handleFile(uri: vscode.Uri): void {
    if (!this.concerns(uri)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.load(), debounceMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#owned.dispose();
    this.#changes.dispose();
  }
}
