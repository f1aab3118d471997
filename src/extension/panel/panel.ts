import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import {
  checkFromPage,
  checkSavedPage,
  type FromPage,
  type PageName,
  type PanelState,
  type PlanState,
} from '../../webview/protocol.ts';
import type { RunControl } from '../run/run-control.ts';
import type { Language } from '../text/language.ts';
import { graphState } from './graph-state.ts';
import { panelHtml } from './panel-html.ts';
import { panelTexts } from './panel-texts.ts';

/** Type of the panel, as the manifest names it. */
const panelType = 'orchestra.panel';

/** Snapshots for the page are at least this far apart. */
const snapshotMs = 200;

/** The one panel with the graph and the plan. It may be closed; what it shows is kept here. */
export class Panel implements Disposable, vscode.WebviewPanelSerializer {
  readonly #extension: vscode.Uri;
  readonly #control: RunControl;
  readonly #language: Language;
  readonly #owned = new DisposableStore();
  readonly #messages = new Emitter<Exclude<FromPage, { type: 'ready' | 'show' }>>();
  /** What the person asked for with a button of the page. */
  readonly onMessage = this.#messages.event;
  #panel: vscode.WebviewPanel | undefined;
  #page: PageName = 'graph';
  #plan: PlanState | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(extension: vscode.Uri, control: RunControl, language: Language) {
    this.#extension = extension;
    this.#control = control;
    this.#language = language;
    this.#owned.add(this.#messages);
    this.#owned.add(control.onChange(() => this.#queue()));
    this.#owned.add(vscode.window.registerWebviewPanelSerializer(panelType, this));
  }

  /** What the page shows, or would show if it were open. */
  get state(): PanelState {
    const { view } = this.#control;
    return {
      page: this.#page,
      ...(view === undefined ? {} : { graph: graphState(view, this.#language) }),
      ...(this.#plan === undefined ? {} : { plan: this.#plan }),
    };
  }

  get isOpen(): boolean {
    return this.#panel !== undefined;
  }

  /** Opens the panel at `page`, or brings it to the front. */
  show(page: PageName): void {
    this.#page = page;
    if (this.#panel) this.#panel.reveal();
    else this.#fill(vscode.window.createWebviewPanel(panelType, 'Spec Orchestra', vscode.ViewColumn.Active));
    this.#post();
  }

  /** Shows a dry run. */
  showPlan(plan: PlanState): void {
    this.#plan = plan;
    this.show('plan');
  }

  /** Forgets the plan and goes back to the graph. */
  dropPlan(): void {
    this.#plan = undefined;
    this.#page = 'graph';
    this.#post();
  }

  /** VS Code brings back the panel that was open before a reload. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel, saved: unknown): Thenable<void> {
    // A plan is made anew, never brought back: what it says may be out of date.
    const { page } = checkSavedPage(saved);
    this.#page = page === 'plan' && !this.#plan ? 'graph' : page;
    this.#fill(panel);
    return Promise.resolve();
  }

  #fill(panel: vscode.WebviewPanel): void {
    this.#panel?.dispose();
    this.#panel = panel;
    const dist = vscode.Uri.joinPath(this.#extension, 'dist');
    const media = vscode.Uri.joinPath(this.#extension, 'media');
    panel.iconPath = vscode.Uri.joinPath(media, 'panel.svg');
    panel.webview.options = { enableScripts: true, localResourceRoots: [dist, media] };
    panel.webview.onDidReceiveMessage((message: unknown) => this.#handleMessage(message));
    panel.onDidDispose(() => {
      if (this.#panel === panel) this.#panel = undefined;
    });
    panel.webview.html = panelHtml(panel.webview, { dist, media });
  }

  #handleMessage(value: unknown): void {
    const message = checkFromPage(value);
    if (!message) return;
    switch (message.type) {
      case 'ready':
        return this.#post('init');
      case 'show':
        this.#page = message.page;
        return this.#post();
      default:
        this.#messages.fire(message);
    }
  }

  #queue(): void {
    if (!this.#panel?.visible) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#post();
    }, snapshotMs);
  }

  // A hidden page gets nothing; it asks when it is seen again.
  #post(type: 'init' | 'state' = 'state'): void {
    const { state } = this;
    const { locale } = this.#language;
    const texts = panelTexts(this.#language);
    void this.#panel?.webview.postMessage(type === 'init' ? { type, locale, texts, state } : { type, state });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#owned.dispose();
  }
}
