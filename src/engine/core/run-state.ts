import type { EscalationId, RunId, SessionId, SpecId, TerminalId } from '../model/ids.ts';
import type { AttemptCause, EscalationKind, RunSettings, RunSpec, TerminalRole } from '../model/run-event.ts';
import type { SessionFailure } from '../model/session-failure.ts';
import type { EscalationLevel, FinalStatus, RunResult } from '../model/status.ts';
import type { InputOwner, ProgramStatus, TerminalExit } from '../model/terminal.ts';

/**
 * Where a session stands. An attempt goes
 *
 *     waiting -> preparing -> setup* -> working -> collecting -> gating* -> queued -> rebasing -> combined_gate* -> merging -> ended
 *
 * and leaves that line for `asking` (a question is open), `judging` (it failed: what next?) and `closing` (nothing runs any more, the end is to be recorded).
 * `launched` is false until the terminal of the phase is known to have been started.
 */
export type Phase =
  | { readonly kind: 'waiting'; readonly cause: AttemptCause; readonly dueT: number }
  | { readonly kind: 'preparing' }
  | { readonly kind: 'setup'; readonly index: number; readonly launched: boolean }
  | { readonly kind: 'working'; readonly launched: boolean }
  | { readonly kind: 'asking' }
  | { readonly kind: 'collecting' }
  | { readonly kind: 'gating'; readonly index: number; readonly launched: boolean }
  | { readonly kind: 'queued' }
  | { readonly kind: 'rebasing' }
  | CombinedGatePhase
  | { readonly kind: 'merging'; readonly commit: string; readonly tip: string }
  | { readonly kind: 'judging'; readonly failure: SessionFailure }
  | { readonly kind: 'closing' }
  | { readonly kind: 'ended' };

/** The gate over the work as it will be after the merge. */
export interface CombinedGatePhase {
  readonly kind: 'combined_gate';
  readonly index: number;
  readonly launched: boolean;
  readonly commit: string;
  readonly tip: string;
}

/** One terminal that a session started. */
export interface TerminalRecord {
  readonly id: TerminalId;
  readonly role: TerminalRole;
  readonly index: number;
  readonly attempt: number;
  readonly command: string;
  readonly pid: number;
  readonly startTime: string;
  readonly startedT: number;
  readonly control: InputOwner;
  /** The program's own last word, with the run time at which it came. */
  readonly status?: ProgramStatus & { readonly t: number };
  readonly exit?: TerminalExit;
}

/** A question that was answered, for the next prompt. */
export interface Answer {
  readonly question: string;
  readonly text: string;
}

/** One spec in one run. */
export interface SessionState {
  readonly id: SessionId;
  readonly spec: RunSpec;
  readonly phase: Phase;
  /** Agents launched so far; the number of the current attempt. */
  readonly attempt: number;
  readonly cause: AttemptCause;
  /** Attempts that count against the session's budget. */
  readonly tries: number;
  /** How often the work was sent back because of what others merged. */
  readonly mergeReworks: number;
  /** It was sent back so and has not been merged since: what fails now is bounded as that rework is. */
  readonly resolving: boolean;
  /** How often the session entered the merge, for the names of its terminals. */
  readonly mergeRound: number;
  /** Set once the session is bound to end: live terminals are ended first. */
  readonly ending?: { readonly status: FinalStatus; readonly failure: SessionFailure };
  readonly status?: FinalStatus;
  readonly failure?: SessionFailure;
  readonly lastFailure?: SessionFailure;
  readonly branch?: string;
  readonly worktree?: string;
  readonly baseCommit?: string;
  readonly commit?: string;
  readonly mergeCommit?: string;
  readonly terminals: readonly TerminalRecord[];
  readonly questions: number;
  readonly openQuestion?: EscalationId;
  readonly answers: readonly Answer[];
  /** Time under its deadline: what was spent, and since when more is being spent. */
  readonly spentMs: number;
  readonly clockSinceT?: number;
  readonly startedT?: number;
  readonly endedT?: number;
  readonly progressFloor: number;
}

/** What is to be raised, before it has a number. */
export interface EscalationDraft {
  readonly key: string;
  readonly session?: SessionId;
  readonly level: EscalationLevel;
  readonly kind: EscalationKind;
  readonly reason: string;
  readonly step?: string;
}

/** A raised escalation; open until somebody or something resolves it. */
export interface EscalationState extends EscalationDraft {
  readonly id: EscalationId;
  readonly open: boolean;
  readonly file?: string;
  readonly at?: string;
  /** The person's answer that a live agent has still to get. */
  readonly undeliveredAnswer?: string;
}

/**
 * Everything that the journal of one run says, folded. Owned by its fold: {@link applyEntry} updates it in place, so a holder that wants to keep
 * an old state replays the journal. Sessions and escalations inside are replaced whole, never changed.
 */
export interface RunState {
  readonly runId: RunId;
  settings: RunSettings;
  readonly base: { readonly ref?: string; readonly commit: string };
  readonly integrationBranch: string;
  readonly startedAt: string;
  seq: number;
  t: number;
  readonly sessions: Map<SessionId, SessionState>;
  readonly sessionOfSpec: ReadonlyMap<SpecId, SessionId>;
  readonly dependents: ReadonlyMap<SpecId, readonly SpecId[]>;
  /** Place of a session in the plan, the tie-breaker of priorities. */
  readonly rank: ReadonlyMap<SessionId, number>;
  /** Dependencies that have not completed, by session. */
  readonly unmet: Map<SessionId, number>;
  /** Waiting sessions whose dependencies are met, most critical first. */
  readonly ready: SessionId[];
  /** Sessions that are neither waiting nor ended. */
  readonly active: Set<SessionId>;
  /** Sessions in the order in which they asked for the merge. */
  readonly mergeQueue: SessionId[];
  merging: SessionId | undefined;
  /** Waiting sessions that cannot start any more, with the dependency that ended otherwise. */
  readonly doomed: Map<SessionId, SpecId>;
  endedCount: number;
  retriesUsed: number;
  stopping: boolean;
  readonly approvals: Map<string, boolean>;
  readonly escalations: Map<EscalationId, EscalationState>;
  readonly escalationKeys: Set<string>;
  /** Causes that have no escalation yet. */
  readonly unescalated: Map<string, EscalationDraft>;
  /** Escalations that have not reached file and person. */
  readonly undelivered: Set<EscalationId>;
  result: RunResult | undefined;
}
