import type { EscalationKind, TerminalRole } from '../../engine/model/run-event.ts';
import type { SessionStep } from '../../engine/model/run-view.ts';
import type { AgentStatus, EscalationLevel, RunResult, SessionStatus } from '../../engine/model/status.ts';
import type { EstimateSource } from '../../engine/model/plan.ts';
import type { Language } from './language.ts';

/** A codicon with its theme colour, and the word that says the same without colour. */
export interface StatusLook {
  /** Name of a codicon. */
  readonly icon: string;
  /** Id of a theme colour; absent: the text's own. */
  readonly color?: string;
  readonly word: string;
}

/** How a session's status looks in trees and in the graph. */
export function sessionLook(status: SessionStatus, { t }: Language): StatusLook {
  switch (status) {
    case 'pending':
      return { icon: 'circle-outline', word: t('pending') };
    case 'running':
      return { icon: 'sync~spin', color: 'charts.blue', word: t('running') };
    case 'blocked':
      return { icon: 'bell-dot', color: 'charts.yellow', word: t('waits for you') };
    case 'completed':
      return { icon: 'pass-filled', color: 'charts.green', word: t('completed') };
    case 'failed':
      return { icon: 'error', color: 'charts.red', word: t('failed') };
    case 'timed_out':
      return { icon: 'watch', color: 'charts.red', word: t('timed out') };
    case 'cancelled':
      return { icon: 'circle-slash', color: 'disabledForeground', word: t('cancelled') };
    case 'skipped':
      return { icon: 'debug-step-over', color: 'disabledForeground', word: t('skipped') };
  }
}

/** How a run looks as a whole. */
export function runLook(result: RunResult | undefined, { t }: Language): StatusLook {
  switch (result) {
    case undefined:
      return { icon: 'sync~spin', color: 'charts.blue', word: t('running') };
    case 'completed':
      return { icon: 'pass-filled', color: 'charts.green', word: t('completed') };
    case 'partial_failure':
      return { icon: 'warning', color: 'charts.yellow', word: t('partly failed') };
    case 'failed':
      return { icon: 'error', color: 'charts.red', word: t('failed') };
    case 'cancelled':
      return { icon: 'circle-slash', color: 'disabledForeground', word: t('cancelled') };
  }
}

/** How a terminal looks. An ended one is told by its exit, so `failed` says whether that was bad. */
export function terminalLook(status: AgentStatus, failed: boolean, { t }: Language): StatusLook {
  switch (status) {
    case 'starting':
      return { icon: 'loading~spin', word: t('starting') };
    case 'working':
      return { icon: 'terminal', color: 'charts.blue', word: t('working') };
    case 'waiting_input':
      return { icon: 'comment-unresolved', color: 'charts.yellow', word: t('asks a question') };
    case 'blocked':
      return { icon: 'lock', color: 'charts.yellow', word: t('waits for an approval') };
    case 'reported':
      return { icon: 'check', color: 'charts.green', word: t('ended well') };
    case 'exited':
      return failed
        ? { icon: 'error', color: 'charts.red', word: t('ended with an error') }
        : { icon: 'debug-stop', color: 'disabledForeground', word: t('ended') };
  }
}

/** What a session is doing, in a few words. */
export function stepWord(step: SessionStep, { t }: Language): string {
  switch (step) {
    case 'waiting':
      return t('waits for its turn');
    case 'approval':
      return t('waits for an approval');
    case 'retry_delay':
      return t('will be tried again');
    case 'preparing':
      return t('prepares the worktree');
    case 'setup':
      return t('sets the worktree up');
    case 'working':
      return t('agent works');
    case 'asking':
      return t('agent asks a question');
    case 'collecting':
      return t('collects the work');
    case 'gating':
      return t('gate runs');
    case 'merge_queue':
      return t('waits for the merge');
    case 'rebasing':
      return t('rebases');
    case 'combined_gate':
      return t('gate runs on the combined result');
    case 'merging':
      return t('merges');
    case 'ended':
      return t('ended');
  }
}

/** What a terminal was opened for. */
export function roleWord(role: TerminalRole, { t }: Language): string {
  switch (role) {
    case 'setup':
      return t('setup');
    case 'agent':
      return t('agent');
    case 'gate':
      return t('gate');
    case 'combined_gate':
      return t('combined gate');
  }
}

/** What an escalation is about. */
export function escalationWord(kind: EscalationKind, { t }: Language): string {
  switch (kind) {
    case 'retry':
      return t('Tried again');
    case 'failure':
      return t('Failed');
    case 'question':
      return t('Question');
    case 'approval':
      return t('Approval');
    case 'kill':
      return t('Could not be stopped');
    case 'run':
      return t('Run');
  }
}

/** How urgent an escalation is. */
export function levelWord(level: EscalationLevel, { t }: Language): string {
  switch (level) {
    case 'Warning':
      return t('warning');
    case 'Error':
      return t('error');
    case 'Critical':
      return t('critical');
  }
}

/** What an estimate rests on. */
export function estimateWord(source: EstimateSource, { t }: Language): string {
  switch (source) {
    case 'history':
      return t('from earlier runs');
    case 'spec':
      return t("the author's guess");
    case 'default':
      return t('default');
  }
}
