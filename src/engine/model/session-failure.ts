import type { SpecId } from './ids.ts';

/** Why an attempt did not lead to accepted work. Texts are redacted before they get here. */
export type SessionFailure =
  /** The agent's program ended with an error. */
  | { readonly reason: 'agent_exit'; readonly exitCode?: number; readonly signal?: number }
  /** The program could not be started. */
  | { readonly reason: 'spawn_failed'; readonly message: string }
  /** The PTY host ended, and the agent with it. */
  | { readonly reason: 'agent_lost' }
  /** The agent reported, but the worktree holds no change. */
  | { readonly reason: 'nothing_changed' }
  /** The agent's work cannot be taken as it is: markers left, wrong branch, the other side's text dropped. */
  | {
      readonly reason: 'work_refused';
      readonly message: string;
      /** What the agent needs to see besides, such as the other side's lines that its resolution lost. */
      readonly details?: string;
    }
  /** A gate command was red; `terminal` names the transcript with its log. */
  | GateFailure
  /** The work does not fit what was merged meanwhile. */
  | { readonly reason: 'conflict'; readonly files: readonly string[]; readonly details: string }
  /** A setup command of the worktree failed. */
  | { readonly reason: 'setup_failed'; readonly terminal: string; readonly exitCode?: number }
  /** git or the file system refused a step. */
  | { readonly reason: 'workspace'; readonly message: string }
  | { readonly reason: 'timeout'; readonly scope: 'session'; readonly limitMs: number }
  /** A person said stop, or refused a step. */
  | { readonly reason: 'stopped' }
  | { readonly reason: 'refused'; readonly step: string }
  /** A dependency did not complete. */
  | { readonly reason: 'dependency'; readonly specId: SpecId };

/** A red gate command, alone in its worktree or combined with what was merged meanwhile. */
export interface GateFailure {
  readonly reason: 'gate_red';
  readonly combined: boolean;
  readonly command: string;
  readonly terminal: string;
  readonly exitCode?: number;
  /** It ran longer than `[gate] timeout`. */
  readonly timedOut: boolean;
}
