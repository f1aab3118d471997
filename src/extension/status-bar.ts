import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import type { RunView } from '../engine/model/run-view.ts';
import type { RunControl } from './run/run-control.ts';
import type { Language } from './text/language.ts';
import { runLook } from './text/status-words.ts';
import type { RunPart } from './trees/describe-sessions.ts';

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

/** What the item shows. */
export interface RunStatus {
  readonly text: string;
  readonly tooltip: string;
  readonly warns: boolean;
}

/** The item's text for a run. */
export function describeStatus(run: RunView, part: RunPart, language: Language): RunStatus {
  const { t } = language;
  const done = run.sessions.filter(({ status }) => status === 'completed').length;
  const open = run.escalations.filter((escalation) => escalation.open).length;
  const look = part === 'interrupted' ? { icon: 'debug-pause', word: t('interrupted') } : runLook(run.result, language);
  const count = t('{0}/{1} specs', done, run.sessions.length);
  const escalations = open === 0 ? '' : t('{0} open escalations', open);
  return {
    text: `$(${look.icon}) ${count}${open === 0 ? '' : ` $(bell-dot) ${open}`}`,
    tooltip: [look.word, count, escalations].filter((each) => each !== '').join(' · '),
    warns: open > 0,
  };
}
