import type { SerializeAddon } from '@xterm/addon-serialize';
import type { Terminal } from '@xterm/headless';

/** Output up to this size is kept as it is and drawn when somebody looks; beyond it a headless terminal follows along. */
const maxRecordingBytes = 256 * 1024;
/** Above the first many undrawn bytes the PTY is paused, below the second it goes on: xterm.js draws slower than a program writes. */
const highWaterBytes = 4 * 1024 * 1024;
const lowWaterBytes = 512 * 1024;

/** What a mirror has to know; sizes in cells, scrollback in lines. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
  readonly scrollback: number;
}

/** A drawn screen: sequences that draw it again, and where the cursor is (from 1). */
export interface ScreenState {
  readonly screen: string;
  readonly columns: number;
  readonly rows: number;
  readonly cursorRow: number;
  readonly cursorColumn: number;
}

interface HeadlessScreen {
  readonly terminal: Terminal;
  readonly serializer: SerializeAddon;
  readonly modes: Set<number>;
}

/** Private modes that the serializer leaves out: mouse encodings. Cursor visibility (25) is kept inverted. */
const extraModes = [1005, 1006, 1015, 1016];
const cursorVisible = 25;

/** What a terminal shows, from all of its output. Costs next to nothing until the output is long or somebody asks. */
export class ScreenMirror {
  #size: ScreenSize;
  readonly #handlePressure: (isHigh: boolean) => void;
  #recording = Buffer.alloc(0);
  #recorded = 0;
  #screen: HeadlessScreen | undefined;
  #isStarting = false;
  /** Calls that came while xterm.js was being loaded, in order. */
  #waiting: ((screen: HeadlessScreen) => void)[] = [];
  #undrawnBytes = 0;
  #isHigh = false;
  #isDisposed = false;

  constructor(size: ScreenSize, handlePressure: (isHigh: boolean) => void) {
    this.#size = size;
    this.#handlePressure = handlePressure;
  }

  get size(): ScreenSize {
    return this.#size;
  }

  append(bytes: Buffer): void {
    if (bytes.length === 0 || this.#isDisposed) return;
    if (this.#screen === undefined && !this.#isStarting) {
      if (this.#recorded + bytes.length <= maxRecordingBytes) return this.#record(bytes);
      this.#start();
    }
    // A copy: the bytes may be a part of a buffer that is used again.
    const own = Buffer.from(bytes);
    this.#undrawnBytes += own.length;
    this.#reportPressure();
    this.#run(({ terminal }) => this.#draw(terminal, own));
  }

  resize(columns: number, rows: number): void {
    if (columns === this.#size.columns && rows === this.#size.rows) return;
    if (this.#screen === undefined && !this.#isStarting && this.#recorded > 0) this.#start();
    this.#size = { ...this.#size, columns, rows };
    if (this.#screen === undefined && !this.#isStarting) return;
    this.#run(({ terminal }) => terminal.write('', () => terminal.resize(columns, rows)));
  }

  /** Calls back, before anything appended later is drawn, with the screen as it is now. */
  look(see: (state: ScreenState) => void): void {
    this.#start();
    this.#run((screen) => screen.terminal.write('', () => see(stateOf(screen))));
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#screen?.terminal.dispose();
    this.#screen = undefined;
    this.#waiting = [];
  }

  #record(bytes: Buffer): void {
    const needed = this.#recorded + bytes.length;
    if (needed > this.#recording.length) {
      const grown = Buffer.allocUnsafe(Math.min(maxRecordingBytes, Math.max(1024, needed * 2)));
      this.#recording.copy(grown, 0, 0, this.#recorded);
      this.#recording = grown;
    }
    bytes.copy(this.#recording, this.#recorded);
    this.#recorded = needed;
  }

  #start(): void {
    if (this.#screen !== undefined || this.#isStarting || this.#isDisposed) return;
    this.#isStarting = true;
    const recording = this.#recording.subarray(0, this.#recorded);
    this.#recording = Buffer.alloc(0);
    this.#recorded = 0;
    void createScreen(this.#size).then((screen) => {
      if (this.#isDisposed) return screen.terminal.dispose();
      if (recording.length > 0) screen.terminal.write(recording);
      this.#screen = screen;
      this.#isStarting = false;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const run of waiting) run(screen);
    });
  }

  #run(run: (screen: HeadlessScreen) => void): void {
    if (this.#screen !== undefined) run(this.#screen);
    else if (!this.#isDisposed) this.#waiting.push(run);
  }

  #draw(terminal: Terminal, bytes: Buffer): void {
    terminal.write(bytes, () => {
      this.#undrawnBytes -= bytes.length;
      this.#reportPressure();
    });
  }

  #reportPressure(): void {
    const isHigh = this.#isHigh ? this.#undrawnBytes > lowWaterBytes : this.#undrawnBytes > highWaterBytes;
    if (isHigh === this.#isHigh) return;
    this.#isHigh = isHigh;
    this.#handlePressure(isHigh);
  }
}

async function createScreen(size: ScreenSize): Promise<HeadlessScreen> {
  const [headless, serialize] = await Promise.all([import('@xterm/headless'), import('@xterm/addon-serialize')]);
  const { columns, rows, scrollback } = size;
  const terminal = new headless.Terminal({ cols: columns, rows, scrollback, allowProposedApi: true });
  const serializer = new serialize.SerializeAddon();
  terminal.loadAddon(serializer);
  const modes = new Set<number>([cursorVisible]);
  const follow = (isSet: boolean) => (parameters: (number | number[])[]) => {
    for (const mode of parameters.flat()) {
      if (isSet) modes.add(mode);
      else modes.delete(mode);
    }
    return false;
  };
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'h' }, follow(true));
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'l' }, follow(false));
  terminal.parser.registerEscHandler({ final: 'c' }, () => {
    modes.clear();
    modes.add(cursorVisible);
    return false;
  });
  return { terminal, serializer, modes };
}

function stateOf({ terminal, serializer, modes }: HeadlessScreen): ScreenState {
  const extra = extraModes.filter((mode) => modes.has(mode)).map((mode) => `\x1b[?${mode}h`);
  const cursor = modes.has(cursorVisible) ? '' : `\x1b[?${cursorVisible}l`;
  const { active } = terminal.buffer;
  return {
    screen: serializer.serialize() + extra.join('') + cursor,
    columns: terminal.cols,
    rows: terminal.rows,
    cursorRow: active.cursorY + 1,
    cursorColumn: Math.min(active.cursorX + 1, terminal.cols),
  };
}
