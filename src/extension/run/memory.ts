import type { Memento } from 'vscode';
import type { RunId, TerminalId } from '../../engine/model/ids.ts';

/** A terminal that was open in the window. */
export interface OpenTerminal {
  readonly run: RunId;
  readonly terminal: TerminalId;
}

/** What the extension remembers of a workspace from one window to the next. Written at once: while VS Code shuts an extension down it takes nothing more. */
export class Memory {
  readonly #state: Memento;

  constructor(state: Memento) {
    this.#state = state;
  }

  /** The run that this workspace's window orchestrates and that has not finished. */
  get orchestrated(): RunId | undefined {
    return this.#state.get<RunId>('orchestratedRun');
  }

  setOrchestrated(run: RunId | undefined): Thenable<void> {
    return this.#state.update('orchestratedRun', run);
  }

  get terminals(): readonly OpenTerminal[] {
    return this.#state.get<readonly OpenTerminal[]>('openTerminals', []);
  }

  setTerminals(terminals: readonly OpenTerminal[]): Thenable<void> {
    return this.#state.update('openTerminals', terminals);
  }

  /** Escalations of `run` for which a notification has been shown. */
  shownEscalations(run: RunId): readonly string[] {
    const shown = this.#state.get<{ readonly run: RunId; readonly ids: readonly string[] }>('shownEscalations');
    return shown?.run === run ? shown.ids : [];
  }

  setShownEscalations(run: RunId, ids: readonly string[]): Thenable<void> {
    return this.#state.update('shownEscalations', { run, ids });
  }

  /** Specs whose box is ticked. */
  get checkedSpecs(): readonly string[] {
    return this.#state.get<readonly string[]>('checkedSpecs', []);
  }

  setCheckedSpecs(ids: readonly string[]): Thenable<void> {
    return this.#state.update('checkedSpecs', ids);
  }
}
