import type { AgentConfig, Mode } from './config.ts';
import type { EscalationId, RunId, SessionId, SpecId, TerminalId } from './ids.ts';
import type { SessionFailure } from './session-failure.ts';
import type { EscalationLevel, FinalStatus, RunResult } from './status.ts';
import type { InputOwner, ProgramStatus, TerminalExit } from './terminal.ts';
import type { Strategy } from './spec.ts';

/** One spec as it was when its run started; its text lies beside the journal, by `hash`. */
export interface RunSpec {
  readonly id: SpecId;
  readonly title: string;
  /** Relative to the workspace root, with `/`. */
  readonly file: string;
  readonly hash: string;
  readonly dependsOn: readonly SpecId[];
  readonly selected: boolean;
  readonly strategy: Strategy;
  readonly agent: string;
  readonly gate: readonly string[];
  readonly touches: readonly string[];
  readonly timeoutMs: number;
  readonly estimateMs: number;
  readonly criticalMs: number;
  readonly allowEmpty: boolean;
}

/** What of orchestra.toml and the command line a run goes by, fixed at its start. */
export interface RunSettings {
  readonly maxParallel: number;
  readonly maxTerminals: number;
  readonly retry: {
    readonly attempts: number;
    readonly delayMs: number;
    readonly runBudget: number;
    readonly mergeRework: number;
  };
  readonly mode: Mode;
  readonly killGraceMs: number;
  readonly gateTimeoutMs: number;
  readonly hostIdleMs: number;
  readonly agents: Readonly<Record<string, AgentConfig>>;
  readonly workspace: {
    readonly copy: readonly string[];
    readonly link: readonly string[];
    readonly setup: readonly string[];
  };
  readonly terminal: { readonly columns: number; readonly rows: number; readonly scrollback: number };
  readonly redaction: { readonly patterns: readonly string[]; readonly env: readonly string[] };
}

/** What a terminal of a session runs. `combined_gate` is the gate over the rebased work. */
export type TerminalRole = 'setup' | 'agent' | 'gate' | 'combined_gate';

/** Why an attempt starts. `rework` and `answer` keep the worktree, `retry` begins from a fresh cut. */
export type AttemptCause = 'first' | 'retry' | 'rework' | 'answer' | 'requested';

/** What an escalation is about, and so what can be done about it. */
export type EscalationKind = 'retry' | 'failure' | 'question' | 'approval' | 'kill' | 'run';

/** Everything that happens in a run, in the words of the journal. Past tense; nothing here asks. */
export type RunEvent =
  | {
      readonly type: 'run_started';
      readonly runId: RunId;
      readonly base: { readonly ref?: string; readonly commit: string };
      readonly integrationBranch: string;
      readonly specs: readonly RunSpec[];
      readonly settings: RunSettings;
    }
  | { readonly type: 'run_resumed'; readonly holder: string; readonly maxParallel?: number; readonly mode?: Mode }
  | {
      readonly type: 'attempt_started';
      readonly session: SessionId;
      readonly attempt: number;
      readonly cause: AttemptCause;
    }
  | {
      readonly type: 'worktree_ready';
      readonly session: SessionId;
      readonly path: string;
      readonly branch: string;
      readonly baseCommit: string;
    }
  | {
      readonly type: 'terminal_started';
      readonly session: SessionId;
      readonly terminal: TerminalId;
      readonly role: TerminalRole;
      /** Which gate command, from 0; 0 for other roles. */
      readonly index: number;
      readonly command: string;
      readonly pid: number;
      readonly startTime: string;
    }
  | {
      readonly type: 'terminal_exited';
      readonly session: SessionId;
      readonly terminal: TerminalId;
      readonly exit: TerminalExit;
      /** What the agent left in its question file. */
      readonly question?: string;
    }
  | {
      readonly type: 'program_status';
      readonly session: SessionId;
      readonly terminal: TerminalId;
      readonly status: ProgramStatus;
    }
  | {
      readonly type: 'control_changed';
      readonly session: SessionId;
      readonly terminal: TerminalId;
      readonly owner: InputOwner;
    }
  | {
      readonly type: 'work_collected';
      readonly session: SessionId;
      readonly commit: string;
      readonly changed: boolean;
      readonly files: number;
    }
  | { readonly type: 'merge_started'; readonly session: SessionId }
  | {
      readonly type: 'merge_prepared';
      readonly session: SessionId;
      readonly commit: string;
      readonly tip: string;
      readonly needsGate: boolean;
    }
  | { readonly type: 'merge_moved'; readonly session: SessionId }
  | { readonly type: 'merge_done'; readonly session: SessionId; readonly mergeCommit: string }
  /** A step that was no agent's doing or undoing went wrong, or the agent's work was refused. */
  | { readonly type: 'step_failed'; readonly session: SessionId; readonly failure: SessionFailure }
  | {
      readonly type: 'attempt_ended';
      readonly session: SessionId;
      readonly failure: SessionFailure;
      /** What comes next: a fresh try, the same worktree again, or nothing. */
      readonly next: 'retry' | 'rework' | 'none';
      readonly dueT: number;
    }
  | { readonly type: 'deadline_passed'; readonly session: SessionId; readonly limitMs: number }
  | {
      readonly type: 'session_ended';
      readonly session: SessionId;
      readonly status: FinalStatus;
      readonly failure?: SessionFailure;
    }
  | {
      readonly type: 'escalated';
      readonly id: EscalationId;
      /** Made from the cause, so that one cause escalates once. */
      readonly key: string;
      readonly session?: SessionId;
      readonly level: EscalationLevel;
      readonly kind: EscalationKind;
      readonly reason: string;
      /** For `approval`: the step that waits. */
      readonly step?: string;
    }
  /** File, root session and person have it. `file` is relative to the workspace root. */
  | { readonly type: 'escalation_delivered'; readonly id: EscalationId; readonly file: string; readonly at: string }
  | {
      readonly type: 'escalation_resolved';
      readonly id: EscalationId;
      readonly by: 'person' | 'orchestrator';
    }
  | { readonly type: 'approval_given'; readonly step: string; readonly granted: boolean; readonly by: string }
  | { readonly type: 'answer_given'; readonly id: EscalationId; readonly text: string; readonly by: string }
  | { readonly type: 'answer_delivered'; readonly session: SessionId; readonly terminal: TerminalId }
  | { readonly type: 'stop_requested'; readonly session?: SessionId; readonly by: string }
  | { readonly type: 'retry_requested'; readonly session: SessionId; readonly by: string }
  | { readonly type: 'run_finished'; readonly result: RunResult };

/** A journal line's event with its place and time. */
export interface RunEntry {
  readonly seq: number;
  /** Milliseconds that this run has been orchestrated; stands still while nobody does. */
  readonly t: number;
  /** RFC 3339 wall clock, for people. */
  readonly at: string;
  readonly event: RunEvent;
}
