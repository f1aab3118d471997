import type { Clock } from '../../../base/clock.ts';
import { Deferred } from '../../../base/deferred.ts';
import { toDisposable, type Disposable } from '../../../base/disposable.ts';
import type {
  ExitReason,
  ProgramStatus,
  TerminalExit,
  TerminalInfo,
  TerminalLaunch,
  TerminalSignal,
} from '../../model/terminal.ts';
import {
  endProcessTree,
  markerVariable,
  processStartTime,
  readProcess,
  terminalMarker,
  type ProcessTree,
} from '../process-tree.ts';
import type { TextRedactor } from '../redaction/redact-text.ts';
import type { SecretAutomaton } from '../redaction/secret-automaton.ts';
import { ExitFile } from './exit-file.ts';
import { launchProblem } from './find-program.ts';
import { InputControl } from './input-control.ts';
import type { ProcessScan } from './process-scan.ts';
import type { NodePty } from './load-node-pty.ts';
import { PtyProcess, type PtyEnd } from './pty-process.ts';
import { SessionOutput } from './session-output.ts';
import type { TerminalMessage } from './terminal-queries.ts';

/** What a session needs of its host. */
export interface PtySessionParts {
  readonly clock: Clock;
  /** The error tells why no terminal can be started at all. */
  readonly nodePty: NodePty | Error;
  readonly automaton: SecretAutomaton;
  readonly redact: TextRedactor;
  readonly processes: ProcessScan;
  /** Whether a pid is the main program of another terminal. */
  readonly isOtherRoot: (pid: number) => boolean;
  readonly handleSignal: (signal: TerminalSignal) => void;
}

/** Also that of a program which has ended already and was not reaped. */
function rootStartTime(pid: number): string {
  return (process.platform === 'linux' ? readProcess(pid)?.startTime : processStartTime(pid)) ?? '';
}

/**
 * A power cut ends every program anyway. What lived no longer than this would be run again then, which is cheaper than to wait for the disk at each end;
 * what lived longer has its transcript and exit record synced before its end is told.
 */
const syncedLifeMs = 1_000;

/** Titles that spin are told at most so often. */
const titleMs = 100;
/** The longest delay a timer takes. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * One terminal of the host, from its launch to its last word:
 *
 *     running --(kill, wall clock)--> ending --+
 *        |                                     v
 *        +---(its program ended)---------> leftovers ended -> drained -> transcript and exit file durable -> ended
 */
export class PtySession {
  readonly launch: TerminalLaunch;
  readonly input: InputControl;
  readonly output: SessionOutput;
  readonly #parts: PtySessionParts;
  readonly #ended = new Deferred<TerminalExit>();
  readonly #startedMs: number;
  readonly #exitFile: ExitFile;
  #process: PtyProcess | undefined;
  #tree: ProcessTree;
  #wallTimer: Disposable = toDisposable(() => undefined);
  /** Set by the first cause; later ones change nothing. */
  #reason: ExitReason | undefined;
  #treeEnd: Promise<readonly number[]> | undefined;
  #end: PtyEnd | undefined;
  #exit: TerminalExit | undefined;
  #title: string | undefined;
  #titleTimer: Disposable | undefined;
  #toldTitle: string | undefined;
  #status: ProgramStatus | undefined;

  constructor(launch: TerminalLaunch, parts: PtySessionParts) {
    this.launch = launch;
    this.#parts = parts;
    this.#startedMs = parts.clock.monotonicMs();
    this.#tree = { pid: 0, startTime: '', marker: terminalMarker(launch) };
    this.input = new InputControl({
      clock: parts.clock,
      write: (data) => this.#process?.write(data),
      handleChange: (owner) => parts.handleSignal({ type: 'control', id: launch.id, owner }),
    });
    this.output = new SessionOutput(launch, {
      clock: parts.clock,
      automaton: parts.automaton,
      redact: parts.redact,
      handleMessage: (message) => this.#handleMessage(message),
      handlePressure: (isHigh) => this.#process?.setPaused(isHigh),
    });
    this.#start();
    this.#exitFile = new ExitFile(launch.exitFile);
  }

  get info(): TerminalInfo {
    const { pid, startTime } = this.#tree;
    return { id: this.launch.id, pid, startTime, ...(this.#exit ? { exit: this.#exit } : {}) };
  }

  get exit(): TerminalExit | undefined {
    return this.#exit;
  }

  get whenEnded(): Promise<TerminalExit> {
    return this.#ended.promise;
  }

  /** What a client that comes late has missed and cannot ask for. */
  get lastSignals(): readonly TerminalSignal[] {
    const { id } = this.launch;
    if (this.#exit !== undefined) return [];
    return [
      ...(this.#status ? [{ type: 'status', id, status: this.#status } as const] : []),
      ...(this.#toldTitle === undefined ? [] : [{ type: 'title', id, title: this.#toldTitle } as const]),
      ...(this.input.owner === 'person' ? [{ type: 'control', id, owner: 'person' } as const] : []),
    ];
  }

  /** Ends the whole tree; resolves with the exit, also when it had ended before. */
  kill(reason: ExitReason = 'killed'): Promise<TerminalExit> {
    if (this.#exit === undefined && this.#end === undefined) {
      this.#reason ??= reason;
      this.#endTree();
    }
    return this.#ended.promise;
  }

  resize(columns: number, rows: number): void {
    const { size } = this.output;
    if (this.#exit !== undefined || (size.columns === columns && size.rows === rows)) return;
    this.output.resize(columns, rows);
    this.#process?.resize(columns, rows);
  }

  dispose(): void {
    this.#wallTimer.dispose();
    this.#titleTimer?.dispose();
    this.input.dispose();
    this.output.dispose();
  }

  #start(): void {
    const { clock } = this.#parts;
    const problem = this.#tryStart();
    if (problem !== undefined) {
      // The caller is answered first: it is to know the terminal before it hears of its end.
      queueMicrotask(() => void this.#finish({ reason: 'spawn_failed', message: problem }));
      return;
    }
    const { maxWallMs } = this.launch;
    if (maxWallMs <= maxTimerMs) this.#wallTimer = clock.after(maxWallMs, () => void this.kill('wall_clock'));
  }

  #tryStart(): string | undefined {
    const { launch } = this;
    const problem = launchProblem(launch);
    if (problem !== undefined) return problem;
    const { nodePty } = this.#parts;
    if (nodePty instanceof Error) return nodePty.message;
    const { marker } = this.#tree;
    const env = { TERM: 'xterm-256color', ...launch.env, [markerVariable]: marker };
    try {
      this.#process = new PtyProcess(
        nodePty,
        { ...launch, env },
        {
          handleData: (bytes) => this.output.push(bytes),
          handleEnd: (end) => void this.#handleEnd(end),
          handleDrained: () => void this.#handleDrained(),
        },
      );
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    const { pid } = this.#process;
    this.#tree = { pid, startTime: rootStartTime(pid), marker };
    return undefined;
  }

  async #handleEnd(end: PtyEnd): Promise<void> {
    this.#end = end;
    this.#wallTimer.dispose();
    this.input.dispose();
    const livedMs = this.#parts.clock.monotonicMs() - this.#startedMs;
    const { processes, isOtherRoot } = this.#parts;
    if (this.#treeEnd === undefined) {
      const left =
        processes.quickAnswer(this.#tree, livedMs, isOtherRoot) ?? (await processes.hasLeftovers(this.#tree));
      if (left) this.#endTree();
    }
    await this.#treeEnd;
    this.#process?.drain();
  }

  #endTree(): void {
    const { pid } = this.#tree;
    this.#treeEnd ??= endProcessTree(this.#tree, this.launch.killGraceMs, this.#parts.processes.listFor(pid)).then(
      (survivors) => {
        // A root that cannot be killed never tells its end.
        if (this.#end === undefined && survivors.includes(pid)) this.#process?.drain();
        return survivors;
      },
    );
  }

  async #handleDrained(): Promise<void> {
    const { exitCode, signal } = this.#end ?? { exitCode: 0 };
    const survivors = (await this.#treeEnd) ?? [];
    const code = this.#end === undefined ? {} : signal ? { signal } : { exitCode };
    await this.#finish({ reason: this.#reason ?? 'exited', ...code, survivors });
  }

  async #finish(end: Partial<TerminalExit> & { readonly reason: ExitReason }): Promise<void> {
    this.input.dispose();
    this.#titleTimer?.dispose();
    const isSynced = this.#parts.clock.monotonicMs() - this.#startedMs >= syncedLifeMs;
    const transcript = this.output.end(isSynced);
    const { bytes, redactions } = this.output;
    const message = end.message === undefined ? undefined : this.#parts.redact(end.message);
    let exit: TerminalExit = {
      survivors: [],
      ...end,
      ...(message === undefined ? {} : { message }),
      bytes,
      redactions,
    };
    const [failure] = await Promise.all([this.#exitFile.write(exit, isSynced), transcript]);
    const problem = this.output.transcriptFailure ?? failure;
    if (problem !== undefined) exit = { message: `Could not be recorded: ${problem}`, ...exit };
    this.#exit = exit;
    this.#process = undefined;
    this.#wallTimer.dispose();
    this.#parts.handleSignal({ type: 'exited', id: this.launch.id, exit });
    this.#ended.resolve(exit);
  }

  #handleMessage(message: TerminalMessage): void {
    const { id } = this.launch;
    switch (message.type) {
      case 'query':
        if (message.reply !== undefined) this.#process?.write(message.reply);
        if (message.ask !== undefined) this.#answer(message.ask);
        return;
      case 'title':
        this.#title = message.title;
        if (this.#titleTimer === undefined) this.#tellTitle();
        return;
      case 'status':
        this.#status = message.status;
        this.#parts.handleSignal({ type: 'status', id, status: message.status });
    }
  }

  #answer(ask: 'cursor' | 'private-cursor' | 'size'): void {
    this.output.look(({ cursorRow, cursorColumn, columns, rows }) => {
      const mark = ask === 'private-cursor' ? '?' : '';
      const reply = ask === 'size' ? `\x1b[8;${rows};${columns}t` : `\x1b[${mark}${cursorRow};${cursorColumn}R`;
      this.#process?.write(reply);
    });
  }

  #tellTitle(): void {
    this.#titleTimer = undefined;
    const title = this.#title;
    if (title === undefined || title === this.#toldTitle) return;
    this.#toldTitle = title;
    this.#parts.handleSignal({ type: 'title', id: this.launch.id, title });
    this.#titleTimer = this.#parts.clock.after(titleMs, () => this.#tellTitle());
  }
}
