import type { TerminalId } from './ids.ts';

/** What to start in a PTY of its own. */
export interface TerminalLaunch {
  readonly id: TerminalId;
  /** Program, found on the `PATH` of `env`. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly columns: number;
  readonly rows: number;
  readonly scrollback: number;
  /** Absolute; redacted output is appended. */
  readonly transcriptFile: string;
  /** Absolute; a {@link TerminalExit} as JSON, written durably before the exit is told. */
  readonly exitFile: string;
  /** The host ends the tree by itself after this long, should nobody be watching. */
  readonly maxWallMs: number;
  readonly killGraceMs: number;
  /** Values that no sink may hold, besides the known shapes. */
  readonly secrets: readonly string[];
  /** Regular expressions of the user's own, for redaction. */
  readonly patterns: readonly string[];
}

/** Why a terminal's program ended. */
export type ExitReason = 'exited' | 'killed' | 'wall_clock' | 'spawn_failed' | 'host_lost';

/** The last word about a terminal. */
export interface TerminalExit {
  readonly reason: ExitReason;
  /** Absent when a signal ended it or nothing was started. */
  readonly exitCode?: number;
  /** Signal number. */
  readonly signal?: number;
  /** The system's words for `spawn_failed`. */
  readonly message?: string;
  /** Redacted bytes in the transcript. */
  readonly bytes: number;
  /** Secrets hidden in them. */
  readonly redactions: number;
  /** Pids of the tree that could not be confirmed dead; normally empty. */
  readonly survivors: readonly number[];
}

/** A live or ended terminal as its host knows it. */
export interface TerminalInfo {
  readonly id: TerminalId;
  readonly pid: number;
  /** Start time of `pid` as the system tells it, so that a reused pid is not mistaken for it. */
  readonly startTime: string;
  readonly exit?: TerminalExit;
}

/** Who last typed into a terminal. */
export type InputOwner = 'orchestrator' | 'person';

/** A program's own word about its state, by the program-status sequence (OSC 7501). */
export interface ProgramStatus {
  readonly state: 'idle' | 'working' | 'blocked' | 'done' | 'error' | 'clear';
  readonly kind?: 'permission' | 'question';
  readonly message?: string;
}

/** What a host tells the orchestrator without being asked. */
export type TerminalSignal =
  | { readonly type: 'exited'; readonly id: TerminalId; readonly exit: TerminalExit }
  | { readonly type: 'status'; readonly id: TerminalId; readonly status: ProgramStatus }
  | { readonly type: 'title'; readonly id: TerminalId; readonly title: string }
  | { readonly type: 'control'; readonly id: TerminalId; readonly owner: InputOwner };

/** The screen and position from which an attached client follows live output. */
export interface TerminalSnapshot {
  readonly columns: number;
  readonly rows: number;
  /** Escape sequences that redraw the scrollback and screen. */
  readonly screen: string;
  /** Redacted bytes before the snapshot; live output goes on from here. */
  readonly seq: number;
  readonly exit?: TerminalExit;
}
