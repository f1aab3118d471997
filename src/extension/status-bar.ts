import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import type { RunControl } from './run/run-control.ts';
import { describeStatus, type RunStatus } from './text/describe-status.ts';
import type { Language } from './text/language.ts';

/** The one item of the status bar: how far the run is, and whether somebody is needed. Hidden without a run. */
export class StatusBar implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #item: vscode.StatusBarItem;

  constructor(control: RunControl, language: Language) {
    this.#item = this.#owned.add(
      vscode.window.createStatusBarItem('orchestra.run', vscode.StatusBarAlignment.Left, 50),
    );
    this.#item.name = 'Spec Orchestra';
    this.#item.command = 'orchestra.sessions.focus';
    this.#owned.add(
      control.onChange(() => {
        const { view, part } = control;
        if (view && part) this.#show(describeStatus(view, part, language));
      }),
    );
  }

  #show({ text, tooltip, warns }: RunStatus): void {
    if (this.#item.text === text && this.#item.tooltip === tooltip) return;
    this.#item.text = text;
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label: `Spec Orchestra: ${tooltip}`, role: 'button' };
    this.#item.backgroundColor = warns ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.show();
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
