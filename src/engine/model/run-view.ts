import type { EscalationKind, RunSpec, TerminalRole } from './run-event.ts';
import type { EscalationId, RunId, SessionId, SpecId, TerminalId } from './ids.ts';
import type { SessionFailure } from './session-failure.ts';
import type { AgentStatus, EscalationLevel, RunResult, SessionStatus } from './status.ts';
import type { InputOwner, TerminalExit } from './terminal.ts';
import type { Mode } from './config.ts';

/** What a session is doing, finer than its status. */
export type SessionStep =
  | 'waiting'
  | 'approval'
  | 'retry_delay'
  | 'preparing'
  | 'setup'
  | 'working'
  | 'asking'
  | 'collecting'
  | 'gating'
  | 'merge_queue'
  | 'rebasing'
  | 'combined_gate'
  | 'merging'
  | 'ended';

/** One terminal of a session, live or ended. */
export interface TerminalView {
  readonly id: TerminalId;
  readonly role: TerminalRole;
  readonly command: string;
  readonly attempt: number;
  readonly pid: number;
  readonly status: AgentStatus;
  /** What the status rests on, in words: the source and when. */
  readonly evidence: string;
  readonly control: InputOwner;
  readonly exit?: TerminalExit;
}

/** One session as fronts show it. Plain data: it crosses into the webview as JSON. */
export interface SessionView {
  readonly id: SessionId;
  readonly spec: RunSpec;
  readonly status: SessionStatus;
  readonly step: SessionStep;
  readonly attempts: number;
  /** 0..100, approximate while an agent works, never goes back. */
  readonly progress: number;
  /** Run milliseconds; absent before the first attempt. */
  readonly startedT?: number;
  readonly durationMs?: number;
  readonly branch?: string;
  readonly worktree?: string;
  readonly failure?: SessionFailure;
  /** Why the last attempt was not accepted, while another one goes on. */
  readonly lastFailure?: SessionFailure;
  readonly terminals: readonly TerminalView[];
}

/** One escalation as fronts show it. */
export interface EscalationView {
  readonly id: EscalationId;
  readonly session?: SessionId;
  readonly specId?: SpecId;
  readonly level: EscalationLevel;
  readonly kind: EscalationKind;
  readonly reason: string;
  readonly step?: string;
  /** Relative to the workspace root; absent until written. */
  readonly file?: string;
  readonly at?: string;
  readonly open: boolean;
}

/** One run as fronts show it: a whole snapshot, never a delta. */
export interface RunView {
  readonly runId: RunId;
  readonly seq: number;
  readonly t: number;
  readonly startedAt: string;
  readonly mode: Mode;
  readonly maxParallel: number;
  readonly baseCommit: string;
  readonly baseRef?: string;
  readonly integrationBranch: string;
  readonly stopping: boolean;
  readonly result?: RunResult;
  readonly durationMs: number;
  readonly retriesUsed: number;
  /** In the plan's order. */
  readonly sessions: readonly SessionView[];
  readonly escalations: readonly EscalationView[];
}
