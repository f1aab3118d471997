import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';

/** Scheme of the read-only documents of this extension. */
const scheme = 'orchestra';

/** Read-only documents that are made when they are opened: logs of terminals, the report of the doctor. */
export class Documents implements Disposable, vscode.TextDocumentContentProvider {
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changes.event;
  readonly #owned = new DisposableStore();
  readonly #makers = new Map<string, () => Promise<string>>();

  constructor() {
    this.#owned.add(this.#changes);
    this.#owned.add(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
  }

  /** Opens the document `path`, whose text `make` answers; one that is open gets fresh text. */
  async open(path: string, make: () => Promise<string>): Promise<vscode.TextEditor> {
    const uri = vscode.Uri.from({ scheme, path: `/${path}` });
    this.#makers.set(uri.toString(), make);
    this.#changes.fire(uri);
    return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    return (await this.#makers.get(uri.toString())?.()) ?? '';
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
