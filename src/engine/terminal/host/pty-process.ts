import { closeSync, constants, openSync, writeSync } from 'node:fs';
import type { IPty } from 'node-pty';
import type { TerminalLaunch } from '../../model/terminal.ts';
import { isUnixPty, type NodePty, type UnixPty } from './load-node-pty.ts';
import { PtyInput } from './pty-input.ts';

/** How the main program ended. */
export interface PtyEnd {
  readonly exitCode: number;
  /** 0 or absent when no signal ended it. */
  readonly signal?: number;
}

/** What a PTY tells, in this order: data, the end of its program, more data, drained. */
export interface PtyHandlers {
  handleData(bytes: Buffer): void;
  /** The main program has ended; call {@link PtyProcess.drain} when nobody else is to write. */
  handleEnd(end: PtyEnd): void;
  /** Every byte has been handed over; the PTY is closed. */
  handleDrained(): void;
}

const retryMs = 4;
/** Only for a line that somebody else floods or stops: normally the last byte is known for certain, see {@link PtyProcess.drain}. */
const giveUpMs = 1_000;
const resumeOutput = '\x11';

/**
 * One program in one PTY, of which no byte of output is lost. On Linux a hang-up overtakes unread output, so the slave side is held open here. When
 * the program has ended, a mark is written into the slave side: what comes out before the mark is all there was.
 */
export class PtyProcess {
  readonly pid: number;
  readonly #pty: IPty;
  readonly #handlers: PtyHandlers;
  readonly #input: PtyInput;
  /** File descriptor of the slave side; absent where the order of node-pty's own events has to do. */
  #slave: number | undefined;
  #mark: Buffer | undefined;
  #unwritten: Buffer = Buffer.alloc(0);
  /** Output that may be the beginning of the mark. */
  #tail: Buffer = Buffer.alloc(0);
  #retry: NodeJS.Timeout | undefined;
  #giveUp: NodeJS.Timeout | undefined;
  #hasEnded = false;
  #isClosed = false;

  /** Throws what node-pty throws when nothing could be started. */
  constructor(nodePty: NodePty, launch: TerminalLaunch, handlers: PtyHandlers) {
    this.#handlers = handlers;
    this.#pty = nodePty.spawn(launch.file, [...launch.args], {
      name: launch.env['TERM'] ?? 'xterm-256color',
      cols: launch.columns,
      rows: launch.rows,
      cwd: launch.cwd,
      env: { ...launch.env },
      encoding: null,
    });
    this.pid = this.#pty.pid;
    if (isUnixPty(this.#pty)) this.#hold(this.#pty);
    this.#input = new PtyInput(this.#pty);
    // Without an encoding the data are Buffers, which the declaration does not say.
    this.#pty.onData((data) => this.#handleData(data as unknown as Buffer));
    this.#pty.onExit((end) => this.#handleExit(end));
  }

  write(data: string): void {
    if (!this.#hasEnded) this.#input.write(Buffer.from(data));
  }

  resize(columns: number, rows: number): void {
    if (this.#hasEnded) return;
    try {
      this.#pty.resize(columns, rows);
    } catch {
      // the program ended in this very moment
    }
  }

  /** Stops and starts reading. Without effect after the end: what is left is at most the kernel's buffer. */
  setPaused(isPaused: boolean): void {
    if (this.#hasEnded) return;
    if (isPaused) this.#pty.pause();
    else this.#pty.resume();
  }

  /** Reads what is left, then closes the PTY. */
  drain(): void {
    if (this.#isClosed) return;
    if (this.#slave === undefined) return this.#close();
    this.#mark = Buffer.from(`\x1eDRAINED ${this.pid} ${process.hrtime.bigint()}\x1e`, 'latin1');
    this.#unwritten = this.#mark;
    this.#giveUp = setTimeout(() => this.#close(), giveUpMs);
    this.#writeMark();
  }

  #hold(pty: UnixPty): void {
    pty.on('error', () => undefined); // node-pty throws errors that only it listens for
    if (process.platform !== 'linux') return;
    try {
      this.#slave = openSync(pty.ptsName, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    } catch {
      return;
    }
    // node-pty tells the exit at once when it believes the socket closed; otherwise it waits for that, and after 200 ms cuts off what is unread.
    Object.assign(pty, { _emittedClose: true });
  }

  #handleExit({ exitCode, signal }: PtyEnd): void {
    if (this.#hasEnded) return;
    this.#pty.resume();
    this.#hasEnded = true;
    this.#input.dispose();
    this.#handlers.handleEnd(signal ? { exitCode, signal } : { exitCode });
  }

  #handleData(bytes: Buffer): void {
    if (this.#isClosed) return;
    const mark = this.#mark;
    if (mark === undefined) return this.#handlers.handleData(bytes);
    const all = this.#tail.length === 0 ? bytes : Buffer.concat([this.#tail, bytes]);
    const found = all.indexOf(mark);
    const end = found >= 0 ? found : all.length - possibleMark(all, mark);
    this.#tail = found >= 0 ? Buffer.alloc(0) : all.subarray(end);
    if (end > 0) this.#handlers.handleData(all.subarray(0, end));
    if (found >= 0) this.#close();
    else if (this.#unwritten.length > 0) this.#writeMark();
  }

  #writeMark(): void {
    clearTimeout(this.#retry);
    if (this.#slave === undefined) return;
    try {
      this.#unwritten = this.#unwritten.subarray(writeSync(this.#slave, this.#unwritten));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return this.#close();
    }
    if (this.#unwritten.length === 0) return;
    // Full: there is something to read first. Or stopped by Ctrl-S: Ctrl-Q lets it go on.
    this.#retry = setTimeout(() => {
      if (isUnixPty(this.#pty)) this.#resumeOutput(this.#pty);
      this.#writeMark();
    }, retryMs);
  }

  #resumeOutput({ fd }: UnixPty): void {
    try {
      writeSync(fd, resumeOutput);
    } catch {
      // its input is full too; what is read next makes room
    }
  }

  #close(): void {
    if (this.#isClosed) return;
    if (this.#tail.length > 0 && this.#unwritten.length > 0) this.#handlers.handleData(this.#tail);
    this.#isClosed = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#giveUp);
    if (this.#slave !== undefined) closeSync(this.#slave);
    this.#slave = undefined;
    if (isUnixPty(this.#pty)) {
      // destroy() would send a signal to a pid that may be someone else's by now.
      this.#pty.kill = () => undefined;
      this.#pty.destroy();
    }
    this.#handlers.handleDrained();
  }
}

/** Length of the longest end of `bytes` that `mark` begins with. */
function possibleMark(bytes: Buffer, mark: Buffer): number {
  for (let length = Math.min(mark.length - 1, bytes.length); length > 0; length--) {
    if (bytes.subarray(bytes.length - length).equals(mark.subarray(0, length))) return length;
  }
  return 0;
}
