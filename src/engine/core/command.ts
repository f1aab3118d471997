import type { EscalationId, SessionId, TerminalId } from '../model/ids.ts';
import type { RunEvent, TerminalRole } from '../model/run-event.ts';

/**
 * Something that is missing in the world. `id` is made from run, session, attempt and step: a command that is under way is not started again, and
 * performing one twice is harmless or refused.
 */
export type Command =
  /** A conclusion that needs nothing from outside. */
  | { readonly kind: 'record'; readonly id: string; readonly event: RunEvent }
  | { readonly kind: 'prepare_worktree'; readonly id: string; readonly session: SessionId; readonly fresh: boolean }
  | LaunchCommand
  | { readonly kind: 'kill'; readonly id: string; readonly session: SessionId; readonly terminal: TerminalId }
  | { readonly kind: 'collect'; readonly id: string; readonly session: SessionId }
  | { readonly kind: 'prepare_merge'; readonly id: string; readonly session: SessionId }
  | {
      readonly kind: 'merge';
      readonly id: string;
      readonly session: SessionId;
      readonly commit: string;
      readonly tip: string;
    }
  | {
      readonly kind: 'deliver_answer';
      readonly id: string;
      readonly session: SessionId;
      readonly terminal: TerminalId;
      readonly text: string;
    }
  | { readonly kind: 'deliver_escalation'; readonly id: string; readonly escalation: EscalationId };

/** Start a program in a PTY; a terminal of that id that exists already is adopted. */
export interface LaunchCommand {
  readonly kind: 'launch';
  readonly id: string;
  readonly session: SessionId;
  readonly terminal: TerminalId;
  readonly role: TerminalRole;
  readonly index: number;
}

/** A command that touches the world. */
export type Effect = Exclude<Command, { readonly kind: 'record' }>;
