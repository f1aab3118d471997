import type { Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/emitter.ts';
import type { Result } from '../../base/result.ts';
import type { SessionId, SpecId, TerminalId } from '../model/ids.ts';
import type { RunEvent } from '../model/run-event.ts';
import type { SessionFailure } from '../model/session-failure.ts';
import type { InputOwner, TerminalExit, TerminalInfo, TerminalLaunch, TerminalSignal } from '../model/terminal.ts';

/** A session's own folder, cut from what its dependencies produced. */
export interface PreparedWorktree {
  readonly path: string;
  readonly branch: string;
  readonly baseCommit: string;
}

/** Where sessions work and how their work comes together. Every call may be repeated after a crash. */
export interface RunWorkspace {
  /** Variables for everything that runs in a worktree. */
  readonly environment: Readonly<Record<string, string>>;
  prepare(spec: SpecId, fresh: boolean): Promise<Result<PreparedWorktree, SessionFailure>>;
  /** The setup commands of a fresh worktree have ended: what they made is not the agent's work. */
  markPrepared(spec: SpecId): Promise<Result<void, SessionFailure>>;
  /** Commits what is left and says what changed since the cut. */
  collect(
    spec: SpecId,
    request: { readonly message: string; readonly allowEmpty: boolean },
  ): Promise<Result<{ readonly commit: string; readonly changed: boolean; readonly files: number }, SessionFailure>>;
  /** Puts the work on top of what was merged meanwhile; a conflict stays in the worktree for its owner. `gatedCommit`: what the gate accepted. */
  prepareMerge(
    spec: SpecId,
    gatedCommit: string | undefined,
  ): Promise<Result<{ readonly commit: string; readonly tip: string; readonly needsGate: boolean }, SessionFailure>>;
  /** `moved`: the tip is another one by now, prepare again. */
  merge(request: {
    readonly spec: SpecId;
    readonly session: SessionId;
    readonly title: string;
    readonly commit: string;
    readonly tip: string;
  }): Promise<
    Result<{ readonly kind: 'merged'; readonly commit: string } | { readonly kind: 'moved' }, SessionFailure>
  >;
  /** Removes the worktree of accepted work; unsaved things in it are rescued first. */
  release(spec: SpecId): Promise<Result<void, SessionFailure>>;
}

/** Why a terminal could not be had. */
export interface TerminalsFailure {
  readonly reason: string;
  readonly message: string;
}

/** The PTYs of one run, by ids that are unique in it. */
export interface RunTerminals {
  readonly onSignal: Event<TerminalSignal>;
  /** The host is gone, and every program with it. */
  readonly onLost: Event<void>;
  spawn(launch: TerminalLaunch): Promise<Result<TerminalInfo, TerminalsFailure>>;
  list(): Promise<Result<readonly TerminalInfo[], TerminalsFailure>>;
  kill(id: TerminalId): Promise<Result<TerminalExit, TerminalsFailure>>;
  write(id: TerminalId, data: string, owner: InputOwner): Promise<Result<void, TerminalsFailure>>;
  forget(id: TerminalId): Promise<Result<void, TerminalsFailure>>;
  /** Ends what is left of a terminal whose host is gone; answers pids that would not die. `pid` 0: its start was never told, and it is found by its mark. */
  endLeftovers(terminal: {
    readonly id: TerminalId;
    readonly pid: number;
    readonly startTime: string;
  }): Promise<readonly number[]>;
}

/** The truth on disk: append is at once and in memory, `flushed` answers when all of it is durable. */
export interface RunJournal {
  append(
    event: RunEvent,
    t: number,
  ): { readonly seq: number; readonly t: number; readonly at: string; readonly event: RunEvent };
  flushed(): Promise<Result<void, { readonly reason: string; readonly message: string }>>;
  close(): Promise<unknown>;
}

/** One command that was run, for the evidence. */
export interface CommandRecord {
  readonly session: SessionId;
  readonly terminal: TerminalId;
  readonly command: string;
  readonly exit: TerminalExit;
  /** Absent where it is no longer known. */
  readonly durationMs?: number;
}

/** Files of one run that are no journal. Texts that go in are redacted by the caller, except prompts and specs. */
export interface RunRecords {
  readonly promptFile: (terminal: TerminalId) => string;
  readonly questionFile: (terminal: TerminalId) => string;
  readonly specFile: (spec: SpecId) => string;
  readonly transcriptFile: (terminal: TerminalId) => string;
  readonly exitFile: (terminal: TerminalId) => string;
  writePrompt(terminal: TerminalId, text: string): void;
  readText(file: string): Promise<string | undefined>;
  /** Whole or not at all; a failure is a warning. */
  replaceText(file: string, text: string): Promise<void>;
  readExit(terminal: TerminalId): Promise<TerminalExit | undefined>;
  /** Adds to the evidence, once for each terminal and without making anybody wait. */
  addEvidence(record: CommandRecord): void;
  /** Writes `SPEC-003-error.json` and such; answers its path relative to the workspace. The same escalation always gets the same file. */
  writeEscalation(escalation: {
    readonly session: string;
    readonly spec: string;
    readonly level: 'Warning' | 'Error' | 'Critical';
    readonly reason: string;
    readonly timestamp: string;
  }): Promise<Result<string, { readonly message: string }>>;
}

/** Requests that other processes left for this run. */
export interface RequestSource extends Disposable {
  poll(): Promise<void>;
}
