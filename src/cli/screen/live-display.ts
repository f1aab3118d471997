import type { Disposable } from '../../base/disposable.ts';
import type { ProcessSignals, TerminalOutput } from '../world.ts';
import { cutToWidth, displayWidth } from './display-width.ts';

/**
 * A few lines at the end of a terminal that are drawn in place, with ordinary output above them. The cursor is hidden meanwhile; it comes back with `dispose`,
 * and with the process's exit if that comes first.
 */
export class LiveDisplay implements Disposable {
  readonly #output: TerminalOutput;
  readonly #exit: Disposable;
  readonly #redraw = (): void => this.draw(this.#lines);
  #lines: readonly string[] = [];
  /** What stands on the screen, line by line. */
  #drawn: readonly string[] = [];
  #disposed = false;

  constructor(output: TerminalOutput, signals: ProcessSignals) {
    this.#output = output;
    this.#exit = signals.onExit(() => this.dispose());
    output.on('resize', this.#redraw);
    output.write('\u001b[?25l');
  }

  get columns(): number {
    return Math.max(1, this.#output.columns ?? 80);
  }

  get rows(): number {
    return Math.max(2, this.#output.rows ?? 24);
  }

  /** Replaces the lines; those that do not fit are left out. */
  draw(lines: readonly string[]): void {
    if (this.#disposed) return;
    this.#lines = lines;
    this.#output.write(this.#erasing() + this.#drawing());
  }

  /** Writes `text`, which ends with a line break, above the lines. */
  above(text: string): void {
    if (this.#disposed) {
      this.#output.write(text);
      return;
    }
    this.#output.write(this.#erasing() + text + this.#drawing());
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#output.write(`${this.#erasing()}\u001b[?25h`);
    this.#disposed = true;
    this.#output.removeListener('resize', this.#redraw);
    this.#exit.dispose();
  }

  #drawing(): string {
    // One column stays free: a full line would leave the cursor in a state that terminals disagree on.
    this.#drawn = this.#lines.slice(0, this.rows - 1).map((line) => cutToWidth(line, this.columns - 1));
    return this.#drawn.map((line) => `${line}\n`).join('');
  }

  /** A terminal that got narrower has broken the drawn lines into several rows. */
  #erasing(): string {
    const rows = this.#drawn.map((line) => Math.max(1, Math.ceil(displayWidth(line) / this.columns)));
    const height = Math.min(
      rows.reduce((sum, each) => sum + each, 0),
      this.rows - 1,
    );
    this.#drawn = [];
    return height === 0 ? '' : `\u001b[${height}A\r\u001b[0J`;
  }
}
