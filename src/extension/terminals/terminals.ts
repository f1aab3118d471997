import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { Engine } from '../../engine/model/engine-api.ts';
import type { RunId, TerminalId } from '../../engine/model/ids.ts';
import type { TerminalView } from '../../engine/model/run-view.ts';
import type { Memory } from '../run/memory.ts';
import type { RunControl } from '../run/run-control.ts';
import type { Language } from '../text/language.ts';
import { AgentTerminal } from './agent-terminal.ts';

/** What the terminals rest on. */
export interface TerminalsParts {
  readonly engine: () => Promise<Engine>;
  readonly control: RunControl;
  readonly memory: Memory;
  readonly language: Language;
}

/** A reload of the window closes terminals just before it deactivates the extension (measured: 20 ms); a person's closing is not followed by that. */
const forgetMs = 1_000;

interface Shown {
  readonly run: RunId;
  readonly pty: AgentTerminal;
  readonly terminal: vscode.Terminal;
}

/** The agents' terminals that are open in this window. */
export class Terminals implements Disposable {
  readonly #parts: TerminalsParts;
  readonly #shown = new Map<TerminalId, Shown>();
  readonly #owned = new DisposableStore();
  readonly #timers = new Set<NodeJS.Timeout>();
  #restored = false;

  constructor(parts: TerminalsParts) {
    this.#parts = parts;
    this.#owned.add(parts.control.onChange(() => this.#handleChange()));
  }

  /** Ids of the agents that are shown. */
  get open(): readonly TerminalId[] {
    return [...this.#shown.keys()];
  }

  /** Shows the terminal `id`; a second call brings the same view to the front. */
  attach(run: RunId, id: TerminalId, focus = true): vscode.Terminal {
    const known = this.#shown.get(id);
    const terminal = known?.terminal ?? this.#create(run, id);
    if (focus) terminal.show();
    return terminal;
  }

  #create(run: RunId, id: TerminalId): vscode.Terminal {
    const { engine, language } = this.#parts;
    const pty = new AgentTerminal({
      attach: async (size) => (await engine()).attach(id, size),
      language,
      onClose: () => this.#handleClose(id),
    });
    const name = this.#name(id);
    const terminal = vscode.window.createTerminal({ name, pty, iconPath: new vscode.ThemeIcon('robot') });
    this.#shown.set(id, { run, pty, terminal });
    pty.rename(name);
    this.#remember();
    return terminal;
  }

  /** Opens again, behind everything else, what was open before the window was reloaded, as far as it still lives. */
  #restore(): void {
    const { memory, control } = this.#parts;
    if (this.#restored || !control.view) return;
    this.#restored = true;
    for (const { run, terminal } of memory.terminals) {
      if (run === control.view.runId && this.#find(terminal)?.exit === undefined) this.attach(run, terminal, false);
    }
  }

  #handleChange(): void {
    this.#restore();
    for (const [id, { pty }] of this.#shown) pty.rename(this.#name(id));
  }

  #handleClose(id: TerminalId): void {
    this.#shown.delete(id);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#remember();
    }, forgetMs);
    this.#timers.add(timer);
  }

  #remember(): void {
    void this.#parts.memory.setTerminals([...this.#shown].map(([terminal, { run }]) => ({ run, terminal })));
  }

  #name(id: TerminalId): string {
    const terminal = this.#find(id);
    const person = terminal?.control === 'person' && terminal.exit === undefined;
    return person ? `${id} · ${this.#parts.language.t('you')}` : id;
  }

  #find(id: TerminalId): TerminalView | undefined {
    return this.#parts.control.view?.sessions.flatMap(({ terminals }) => terminals).find((each) => each.id === id);
  }

  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#owned.dispose();
  }
}
