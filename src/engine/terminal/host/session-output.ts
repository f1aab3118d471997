import type { Clock } from '../../../base/clock.ts';
import { toDisposable, type Disposable } from '../../../base/disposable.ts';
import type { TerminalLaunch, TerminalSnapshot } from '../../model/terminal.ts';
import type { TextRedactor } from '../redaction/redact-text.ts';
import type { SecretAutomaton } from '../redaction/secret-automaton.ts';
import { StreamRedactor } from '../redaction/stream-redactor.ts';
import { ScreenMirror, type ScreenState } from './screen-mirror.ts';
import type { TerminalMessage } from './terminal-queries.ts';
import { TerminalScanner, type ScannedOutput } from './terminal-scanner.ts';
import { TranscriptWriter } from './transcript-writer.ts';

/** After so long without output a held prompt is let through: shorter than a person notices, longer than a pause inside one write. */
const flushMs = 25;

/** Follows live output; `seq` counts redacted bytes up to and with `data`. */
export type LiveListener = (data: string, seq: number) => void;

/** What the output needs of its surroundings. */
export interface SessionOutputParts {
  readonly clock: Clock;
  readonly automaton: SecretAutomaton;
  readonly redact: TextRedactor;
  readonly handleMessage: (message: TerminalMessage) => void;
  /** The disk or the screen cannot keep up. */
  readonly handlePressure: (isHigh: boolean) => void;
}

interface Stages {
  readonly redactor: StreamRedactor;
  readonly scanner: TerminalScanner;
}

/** The way of a terminal's output: redaction first, then transcript, screen and whoever watches. */
export class SessionOutput {
  readonly #clock: Clock;
  readonly #launch: TerminalLaunch;
  readonly #parts: SessionOutputParts;
  /** Made for the first byte and dropped after the last: many a program is silent. */
  #stages: Stages | undefined;
  #redactions = 0;
  readonly #transcript: TranscriptWriter;
  readonly #mirror: ScreenMirror;
  readonly #listeners = new Set<LiveListener>();
  readonly #pressures = new Set<string>();
  #flushTimer: Disposable = toDisposable(() => undefined);

  constructor(launch: TerminalLaunch, parts: SessionOutputParts) {
    this.#clock = parts.clock;
    this.#launch = launch;
    this.#parts = parts;
    const pressure = (source: string) => (isHigh: boolean) => {
      if (isHigh) this.#pressures.add(source);
      else this.#pressures.delete(source);
      parts.handlePressure(this.#pressures.size > 0);
    };
    this.#transcript = new TranscriptWriter(launch.transcriptFile, pressure('transcript'));
    this.#mirror = new ScreenMirror(launch, pressure('mirror'));
  }

  /** Redacted bytes so far. */
  get bytes(): number {
    return this.#transcript.bytes;
  }

  get redactions(): number {
    return this.#stages?.redactor.redactions ?? this.#redactions;
  }

  /** The system's words when the transcript is incomplete. */
  get transcriptFailure(): string | undefined {
    return this.#transcript.failure;
  }

  get size(): { readonly columns: number; readonly rows: number } {
    return this.#mirror.size;
  }

  push(bytes: Buffer): void {
    this.#stages ??= this.#createStages();
    const { redactor, scanner } = this.#stages;
    const pass = (clean: Buffer): void => {
      if (clean.length > 0) scanner.scan(clean);
    };
    pass(redactor.push(bytes));
    this.#flushTimer.dispose();
    if (redactor.isHolding) this.#flushTimer = this.#clock.after(flushMs, () => pass(redactor.flush()));
  }

  resize(columns: number, rows: number): void {
    this.#stages?.redactor.setColumns(columns);
    this.#mirror.resize(columns, rows);
  }

  /** Takes a snapshot and follows from there; live output that comes before the snapshot is ready is passed on after it. */
  follow(see: (snapshot: TerminalSnapshot) => void, listener: LiveListener): Disposable {
    const { bytes } = this;
    this.#mirror.look(({ screen, columns, rows }) => see({ columns, rows, screen, seq: bytes }));
    this.#listeners.add(listener);
    return toDisposable(() => this.#listeners.delete(listener));
  }

  /** Calls back with the screen as it is now. */
  look(see: (state: ScreenState) => void): void {
    this.#mirror.look(see);
  }

  /** The last bytes have come; resolves when the transcript is complete, see {@link TranscriptWriter.close}. */
  async end(isSynced: boolean): Promise<void> {
    this.#flushTimer.dispose();
    const stages = this.#stages;
    if (stages === undefined) return;
    stages.scanner.scan(stages.redactor.end());
    stages.scanner.end();
    this.#redactions = stages.redactor.redactions;
    this.#stages = undefined;
    await this.#transcript.close(isSynced);
  }

  dispose(): void {
    this.#flushTimer.dispose();
    this.#listeners.clear();
    this.#mirror.dispose();
  }

  #createStages(): Stages {
    const { automaton, redact, handleMessage } = this.#parts;
    return {
      redactor: new StreamRedactor(automaton, this.#launch.patterns, this.#mirror.size.columns),
      scanner: new TerminalScanner({ handleOutput: (output) => this.#pass(output), handleMessage, redact }),
    };
  }

  #pass({ kept, live }: ScannedOutput): void {
    this.#transcript.append(kept);
    this.#mirror.append(live);
    if (this.#listeners.size === 0 || live.length === 0) return;
    const data = live.toString();
    for (const listener of [...this.#listeners]) listener(data, this.bytes);
  }
}
