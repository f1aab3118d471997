import * as vscode from 'vscode';
import { systemClock } from '../../base/clock.ts';
import { DisposableStore } from '../../base/disposable.ts';
import type { Result } from '../../base/result.ts';
import type { EngineFailure, TerminalAttachment } from '../../engine/model/engine-api.ts';
import type { TerminalExit, TerminalSnapshot } from '../../engine/model/terminal.ts';
import type { Language } from '../text/language.ts';
import { Batch } from './batch.ts';
import { exitWords } from './exit-words.ts';

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What an {@link AgentTerminal} needs. */
export interface AgentTerminalParts {
  readonly attach: (size: Size | undefined) => Promise<Result<TerminalAttachment, EngineFailure>>;
  readonly language: Language;
  /** The view was closed: by the person, or because the window goes. */
  readonly onClose: () => void;
}

/** One frame of a screen. */
const frameMs = 16;
const clearScreen = '\u001B[2J\u001B[3J\u001B[H';
const dim = (text: string): string => `\r\n\u001B[0m\u001B[2m${text}\u001B[0m\r\n`;

/** A view of an agent's live terminal: screen first, then what comes. Closing it only detaches. */
export class AgentTerminal implements vscode.Pseudoterminal {
  readonly #parts: AgentTerminalParts;
  readonly #writes = new vscode.EventEmitter<string>();
  readonly #names = new vscode.EventEmitter<string>();
  readonly onDidWrite = this.#writes.event;
  readonly onDidChangeName = this.#names.event;
  readonly #owned = new DisposableStore();
  readonly #batch = new Batch(systemClock, frameMs, (text) => this.#writes.fire(text));
  #attachment: TerminalAttachment | undefined;
  #size: Size | undefined;
  #name: string | undefined;
  #ended = false;
  /** Typed before the attachment stood. */
  #early = '';

  constructor(parts: AgentTerminalParts) {
    this.#parts = parts;
  }

  open(dimensions: vscode.TerminalDimensions | undefined): void {
    this.#size = dimensions;
    void this.#attach();
  }

  close(): void {
    this.#owned.dispose();
    this.#batch.dispose();
    this.#parts.onClose();
  }

  handleInput(data: string): void {
    if (this.#ended) return;
    if (this.#attachment) this.#attachment.write(data);
    else this.#early += data;
  }

  setDimensions({ columns, rows }: vscode.TerminalDimensions): void {
    this.#size = { columns, rows };
    if (!this.#ended) this.#attachment?.resize(columns, rows);
  }

  /** Shows `name` on the tab. */
  rename(name: string): void {
    if (name === this.#name) return;
    this.#name = name;
    this.#names.fire(name);
  }

  async #attach(): Promise<void> {
    const attached = await this.#parts.attach(this.#size);
    if (!attached.ok) {
      this.#ended = true;
      this.#writes.fire(dim(attached.failure.message));
      return;
    }
    const attachment = this.#owned.add(attached.value);
    if (this.#owned.isDisposed) return;
    this.#attachment = attachment;
    this.#draw(attachment.snapshot);
    this.#owned.add(attachment.onData((data) => this.#batch.add(data)));
    this.#owned.add(attachment.onResync((snapshot) => this.#draw(snapshot)));
    this.#owned.add(attachment.onExit((exit) => this.#end(exit)));
    if (attachment.snapshot.exit) this.#end(attachment.snapshot.exit);
    // The size may have changed while the attachment was under way.
    const size = this.#size;
    if (size && !this.#ended) attachment.resize(size.columns, size.rows);
    if (this.#early !== '' && !this.#ended) attachment.write(this.#early);
    this.#early = '';
  }

  #draw(snapshot: TerminalSnapshot): void {
    this.#batch.dispose();
    this.#writes.fire(clearScreen + snapshot.screen);
  }

  #end(exit: TerminalExit): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#batch.flush();
    this.#writes.fire(dim(exitWords(exit, this.#parts.language)));
  }
}
