import { Emitter } from '../../base/emitter.ts';
import type { LiveDisplay } from '../screen/live-display.ts';
import type { TerminalOutput } from '../world.ts';

/** Control characters that would move the cursor, ring or worse; colours stay. Texts of agents and files come through here. */
const unsafe = /\u001b(?!\[[\d;]*m)|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]/g;

/** The two streams of the command: data on one, words for the person on the other. A reader that went away is told once and no error. */
export class Output {
  readonly #stdout: TerminalOutput;
  readonly #stderr: TerminalOutput;
  readonly #broken = new Emitter<void>();
  #display: LiveDisplay | undefined;
  #isBroken = false;

  /** The reader of the data went away. */
  readonly onBroken = this.#broken.event;

  constructor(stdout: TerminalOutput, stderr: TerminalOutput) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    stdout.on('error', () => this.#break());
    stderr.on('error', () => undefined);
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Lines that are drawn in place below everything else, until `undefined`. */
  set display(display: LiveDisplay | undefined) {
    this.#display = display;
  }

  /** One line of data, or several. */
  line(text = ''): void {
    if (this.#isBroken) return;
    const safe = `${text.replaceAll(unsafe, '')}\n`;
    if (this.#display) this.#display.above(safe);
    else this.#stdout.write(safe);
  }

  /** One line that is no data: errors, warnings, hints. */
  error(text: string): void {
    const safe = `${text.replaceAll(unsafe, '')}\n`;
    if (this.#display && this.#stderr.isTTY === true) this.#display.above(safe);
    else this.#stderr.write(safe);
  }

  #break(): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#broken.fire();
  }
}
