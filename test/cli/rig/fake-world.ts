import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Clock } from '../../../src/base/clock.ts';
import { toDisposable, type Disposable } from '../../../src/base/disposable.ts';
import { runCli } from '../../../src/cli/run-cli.ts';
import type { CliWorld, EndSignal } from '../../../src/cli/world.ts';
import type { Engine } from '../../../src/engine/model/engine-api.ts';
import { fakeEngine } from './fake-engine.ts';

/** Time that passes when the test says so. */
class ManualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ readonly due: number; readonly run: () => void }>();

  wallMs(): number {
    return this.#now;
  }

  monotonicMs(): number {
    return this.#now;
  }

  get waiting(): number {
    return this.#timers.size;
  }

  after(delayMs: number, run: () => void): Disposable {
    const timer = { due: this.#now + delayMs, run };
    this.#timers.add(timer);
    return toDisposable(() => this.#timers.delete(timer));
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
      if (!next) break;
      this.#timers.delete(next);
      this.#now = next.due;
      next.run();
    }
    this.#now = end;
  }
}

/** Everything written to it, and a size if it is a terminal. */
export class FakeOutput extends PassThrough {
  readonly isTTY?: boolean;
  columns?: number;
  rows?: number;
  text = '';

  constructor(size?: { readonly columns: number; readonly rows: number }) {
    super();
    if (size) {
      this.isTTY = true;
      this.columns = size.columns;
      this.rows = size.rows;
    }
    this.on('data', (chunk: Buffer) => (this.text += chunk.toString('utf8')));
  }
}

/** A person's keyboard, or a pipe. */
export class FakeInput extends PassThrough {
  readonly isTTY?: boolean;
  readonly rawModes: boolean[] = [];

  constructor(isTTY: boolean) {
    super();
    if (isTTY) this.isTTY = true;
  }

  setRawMode(isRaw: boolean): this {
    this.rawModes.push(isRaw);
    return this;
  }
}

/** How the command is called. */
export interface FakeWorldOptions {
  readonly argv: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** A terminal of that size; absent: pipes. */
  readonly size?: { readonly columns: number; readonly rows: number };
  readonly engine?: Partial<Engine>;
}

/** The command in a workspace of its own with a scripted engine. */
export class FakeWorld {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'orchestra-cli-')));
  readonly clock = new ManualClock();
  readonly stdin: FakeInput;
  readonly stdout: FakeOutput;
  readonly stderr = new FakeOutput();
  readonly engine: ReturnType<typeof fakeEngine>;
  readonly #options: FakeWorldOptions;
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(options: FakeWorldOptions) {
    this.#options = options;
    mkdirSync(join(this.root, 'specs'));
    this.stdin = new FakeInput(options.size !== undefined);
    this.stdout = new FakeOutput(options.size);
    this.engine = fakeEngine(this.root, options.engine ?? {});
  }

  /** Runs the command to its end; answers the exit code. */
  run(): Promise<number> {
    return runCli(this.world());
  }

  /** Waits until the engine has been asked for something and the command has taken the answer. */
  async begun(): Promise<void> {
    await until(() => this.engine.calls.length > 0);
    await settle();
  }

  world(): CliWorld {
    const on = (name: string, listener: () => void): Disposable => {
      const listeners = this.#listeners.get(name) ?? new Set();
      this.#listeners.set(name, listeners.add(listener));
      return toDisposable(() => listeners.delete(listener));
    };
    return {
      argv: this.#options.argv,
      environment: this.#options.environment ?? {},
      cwd: this.root,
      stdin: this.stdin,
      stdout: this.stdout,
      stderr: this.stderr,
      signals: { on, onExit: (listener) => on('exit', listener) },
      clock: this.clock,
      cpuCount: 4,
      execPath: process.execPath,
      distFolder: join(this.root, 'dist'),
      createEngine: () => Promise.resolve(this.engine),
    };
  }

  send(signal: EndSignal | 'exit'): void {
    for (const listener of [...(this.#listeners.get(signal) ?? [])]) listener();
  }

  /** How many signals the command listens to. */
  get listening(): number {
    return [...this.#listeners.values()].reduce((sum, each) => sum + each.size, 0);
  }

  get out(): string {
    return this.stdout.text;
  }

  get err(): string {
    return this.stderr.text;
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Lets everything that can happen now happen. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));
}

/** Waits for a fact; fails after two seconds. */
export async function until(fact: () => boolean): Promise<void> {
  const deadline = performance.now() + 2_000;
  while (!fact()) {
    if (performance.now() > deadline) throw new Error(`It did not come true: ${fact.toString()}`);
    await settle();
  }
}
