import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Engine, EngineOptions, EnginePorts } from '../engine/model/engine-api.ts';

/** What a person types on, or a pipe. */
export type TerminalInput = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  setRawMode?: (isRaw: boolean) => unknown;
  unref?: () => unknown;
};

/** What a person looks at, or a pipe; emits `resize` when it is a terminal that changed its size. */
export type TerminalOutput = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** The signals by which a person or the system ends a command. */
export type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Signals of this process; while nobody listens to one, the system's default holds. */
export interface ProcessSignals {
  on(signal: EndSignal, listener: () => void): Disposable;
  /** The very last moment, in which only synchronous writes still work. */
  onExit(listener: () => void): Disposable;
}

/** Everything outside the command line, so that tests bring their own. */
export interface CliWorld {
  /** Without the program's own name. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: TerminalInput;
  readonly stdout: TerminalOutput;
  readonly stderr: TerminalOutput;
  readonly signals: ProcessSignals;
  readonly clock: Clock;
  readonly cpuCount: number;
  readonly execPath: string;
  /** Folder of the built entries; package.json lies above it. */
  readonly distFolder: string;
  readonly createEngine: (ports: EnginePorts, options: EngineOptions) => Promise<Engine>;
}
