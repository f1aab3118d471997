import type { Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/emitter.ts';
import type { Result } from '../../base/result.ts';
import type { Mode, OrchestraConfig } from './config.ts';
import type { EscalationId, RunId, SessionId, SpecId, TerminalId } from './ids.ts';
import type { Plan } from './plan.ts';
import type { Problem } from './problem.ts';
import type { RunEntry } from './run-event.ts';
import type { RunView } from './run-view.ts';
import type { Spec } from './spec.ts';
import type { RunResult } from './status.ts';
import type { TerminalExit, TerminalSnapshot } from './terminal.ts';

/** Why the engine could not do what a front asked for. `message` is English and says what to do. */
export type EngineFailure =
  /** Specs or orchestra.toml have errors; nothing was started or written. */
  | { readonly reason: 'problems'; readonly message: string; readonly problems: readonly Problem[] }
  | { readonly reason: 'unknown_spec'; readonly message: string; readonly spec: string }
  | { readonly reason: 'unknown_run'; readonly message: string }
  | { readonly reason: 'unknown_session'; readonly message: string }
  | { readonly reason: 'unknown_terminal'; readonly message: string }
  | { readonly reason: 'nothing_to_resume'; readonly message: string }
  /** Another process orchestrates this workspace. */
  | { readonly reason: 'held'; readonly message: string; readonly holder: string; readonly pid: number }
  /** git is missing or too old, or the folder is no repository. */
  | { readonly reason: 'workspace'; readonly message: string }
  | { readonly reason: 'terminal'; readonly message: string }
  | { readonly reason: 'store'; readonly message: string; readonly file?: string; readonly line?: number }
  | { readonly reason: 'exists'; readonly message: string }
  | { readonly reason: 'refused'; readonly message: string };

/** What loading the workspace found; with errors among `problems` nothing can be started. */
export interface WorkspaceReport {
  readonly config: OrchestraConfig;
  readonly specs: readonly Spec[];
  readonly problems: readonly Problem[];
}

/** A plan and what a person should know before it starts. Making one starts and writes nothing. */
export interface PlanReport extends WorkspaceReport {
  /** Absent when the problems allow none. */
  readonly plan?: Plan;
  /** Warnings about the checkout, in English: uncommitted changes that are not part of a run, no repository, … */
  readonly notes: readonly PlanNote[];
}

/** Something about the checkout that matters to a run. */
export interface PlanNote {
  readonly code: 'dirty_checkout' | 'no_repository' | 'no_commit' | 'git_unusable';
  readonly message: string;
  readonly files: readonly string[];
}

/** What to run and how; absent keys come from orchestra.toml. */
export interface StartOptions {
  /** Ids; absent: all specs. What they depend on comes with them. */
  readonly specs?: readonly string[];
  readonly mode?: Mode;
  readonly maxParallel?: number;
  /** Take the orchestration over from a living process, which then only watches. */
  readonly takeOver?: boolean;
}

/** How to go on with an interrupted run; absent `run`: the newest that has not finished. */
export interface ResumeOptions extends Omit<StartOptions, 'specs'> {
  readonly run?: string;
  /** Try failed sessions again as well. */
  readonly retryFailed?: boolean;
}

/** What a person can ask of a run, from any process. */
export type PersonRequest =
  | { readonly type: 'stop'; readonly session?: SessionId }
  | { readonly type: 'retry'; readonly session: SessionId }
  | { readonly type: 'answer'; readonly escalation: EscalationId; readonly text: string }
  | { readonly type: 'approve'; readonly step: string; readonly granted: boolean }
  | { readonly type: 'acknowledge'; readonly escalation: EscalationId };

/** A run as it goes on, watched or orchestrated. */
export interface RunFeed extends Disposable {
  readonly runId: RunId;
  /** True when this process decides; false when it follows another's journal. */
  readonly isOrchestrator: boolean;
  /** The state as it is now. */
  view(): RunView;
  /** Each journal entry once it is durable, in order. */
  readonly onEntry: Event<RunEntry>;
  /** After entries or a tick changed what `view` answers; at most some times a second. */
  readonly onChange: Event<RunView>;
  /** An escalation has been written and is to be shown to the person: once each. */
  readonly onEscalation: Event<EscalationId>;
  /** How it ended for this process. */
  readonly ended: Promise<RunEnd>;
}

/** Why a feed has nothing more to tell. */
export type RunEnd =
  | { readonly kind: 'finished'; readonly result: RunResult }
  /** This process let go; agents live on and the run can be resumed. */
  | { readonly kind: 'detached' }
  /** Another process took the orchestration over. */
  | { readonly kind: 'fenced' }
  /** The store or the terminal host failed for good: nothing more can be promised. */
  | { readonly kind: 'broken'; readonly failure: EngineFailure };

/** A run that this process orchestrates. */
export interface RunHandle extends RunFeed {
  /** Applies a person's wish at once. */
  request(request: PersonRequest): Promise<Result<void, EngineFailure>>;
  /** Starts nothing more, leaves agents running, releases the lease. Safe to call twice. */
  detach(): Promise<void>;
}

/** A live terminal on a person's screen; dispose detaches and ends nothing. */
export interface TerminalAttachment extends Disposable {
  readonly snapshot: TerminalSnapshot;
  readonly onData: Event<string>;
  /** The feed fell behind: redraw from this. */
  readonly onResync: Event<TerminalSnapshot>;
  readonly onExit: Event<TerminalExit>;
  write(data: string): void;
  resize(columns: number, rows: number): void;
}

/** One line of the list of runs. */
export interface RunSummary {
  readonly runId: RunId;
  readonly startedAt: string;
  readonly result?: RunResult;
  /** A living process orchestrates it now. */
  readonly live: boolean;
  readonly specs: readonly SpecId[];
}

/** One finding of `doctor`. */
export interface DoctorCheck {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'error';
  /** What was found, in English. */
  readonly detail: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** What `merge` did to the base branch. */
export interface MergeReport {
  readonly base: string;
  readonly commit: string;
  readonly alreadyMerged: boolean;
}

/** The one door for the fronts. Created by `createEngine`; dispose lets go of everything and ends no agent. */
export interface Engine extends Disposable {
  readonly root: string;
  load(): Promise<WorkspaceReport>;
  plan(wanted?: readonly string[]): Promise<Result<PlanReport, EngineFailure>>;
  start(options: StartOptions): Promise<Result<RunHandle, EngineFailure>>;
  resume(options: ResumeOptions): Promise<Result<RunHandle, EngineFailure>>;
  /** Follows a run that another process orchestrates, or shows one that ended; absent id: the newest. */
  watch(run?: string): Promise<Result<RunFeed, EngineFailure>>;
  /** Newest first. */
  runs(): Promise<readonly RunSummary[]>;
  /**
   * Hands a wish to whoever orchestrates the run. `applied`: taken by a living orchestrator; `queued`: it lies in the run's folder and takes effect when the
   * run is resumed.
   */
  request(run: RunId, request: PersonRequest): Promise<Result<'applied' | 'queued', EngineFailure>>;
  attach(
    terminal: TerminalId,
    size?: { readonly columns: number; readonly rows: number },
  ): Promise<Result<TerminalAttachment, EngineFailure>>;
  /** Absolute path of a terminal's transcript; the file may not exist yet. */
  transcriptFile(run: RunId, terminal: TerminalId): string;
  merge(run?: string): Promise<Result<MergeReport, EngineFailure>>;
  doctor(): Promise<readonly DoctorCheck[]>;
  /** Writes orchestra.toml, specs/ and an example; never over an existing file. Answers what was written. */
  init(): Promise<Result<readonly string[], EngineFailure>>;
}

/** What the engine needs of the world around it. */
export interface EnginePorts {
  /** The process environment, from which named variables are passed on to agents. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Node, or an Electron that acts as Node with `ELECTRON_RUN_AS_NODE=1`. */
  readonly execPath: string;
  /** Folder of the built entries: pty-host.cjs, blocks-agent.cjs, sql-wasm.wasm. */
  readonly distFolder: string;
  readonly cpuCount: number;
  /** Reads a file of the workspace; VS Code answers with unsaved text. Absent: the disk. */
  readonly readOverlay?: (file: string) => string | undefined;
  /** Where warnings go that concern no run. */
  readonly onWarning: (message: string) => void;
}

/** Which workspace, and who asks. */
export interface EngineOptions {
  /** Absolute. */
  readonly root: string;
  readonly holder: 'cli' | 'vscode';
}
