import type { EscalationId, SessionId, SpecId } from '../../../src/engine/model/ids.ts';
import type { EscalationKind, RunEvent, RunSettings, RunSpec } from '../../../src/engine/model/run-event.ts';
import type { FinalStatus } from '../../../src/engine/model/status.ts';

/** What the journal says about one session, in the plainest words. `running` holds a slot. */
export interface LedgerSession {
  readonly id: SessionId;
  readonly spec: RunSpec;
  stage: 'idle' | 'running' | 'asking' | 'ended';
  status?: FinalStatus;
  dueT: number;
  attempt: number;
  /** Attempts since the session began or was asked for anew that count as tries: the first one included. */
  tries: number;
  /** Times it was sent back since then because of what others merged. */
  mergeReworks: number;
  /** It was sent back so, and has not been merged since. */
  resolving: boolean;
  merging: boolean;
  mergeDone: boolean;
  stopAsked: boolean;
  question?: EscalationId;
}

/**
 * The journal folded a second time, independently of the core and without indexes: what the core is compared with. Made for being obviously right,
 * not for being fast.
 */
export class Ledger {
  readonly sessions = new Map<SessionId, LedgerSession>();
  readonly bySpec = new Map<SpecId, LedgerSession>();
  readonly started = new Set<string>();
  readonly escalations = new Map<EscalationId, { readonly kind: EscalationKind; readonly session?: SessionId }>();
  readonly keys = new Set<string>();
  readonly delivered = new Set<EscalationId>();
  /** Steps that wait for approval or were decided. */
  readonly approvals = new Map<string, 'asked' | 'granted' | 'refused'>();
  settings: RunSettings | undefined;
  stopping = false;
  retries = 0;
  finished = false;

  /** Sessions that use a slot. */
  holders(): LedgerSession[] {
    return [...this.sessions.values()].filter((session) => session.stage === 'running');
  }

  fold(event: RunEvent, t: number): void {
    if (event.type === 'run_started') return this.#begin(event);
    if (event.type === 'run_resumed') return this.#resume(event);
    if (event.type === 'run_finished') this.finished = true;
    if (event.type === 'escalated') return this.#raise(event);
    if (event.type === 'escalation_delivered') this.delivered.add(event.id);
    if (event.type === 'approval_given') return this.#decideStep(event);
    if (event.type === 'answer_given') return this.#answer(event.id);
    if (event.type === 'stop_requested') return this.#stop(event.session);
    if (!('session' in event) || event.session === undefined) return;
    const session = this.sessions.get(event.session);
    if (session) this.#foldSession(session, event, t);
  }

  #begin(event: Extract<RunEvent, { type: 'run_started' }>): void {
    this.settings = event.settings;
    for (const spec of event.specs) {
      const session: LedgerSession = {
        id: `${event.runId}/${spec.id}` as SessionId,
        spec,
        stage: 'idle',
        dueT: 0,
        attempt: 0,
        tries: 0,
        mergeReworks: 0,
        resolving: false,
        merging: false,
        mergeDone: false,
        stopAsked: false,
      };
      this.sessions.set(session.id, session);
      this.bySpec.set(spec.id, session);
    }
  }

  #resume(event: Extract<RunEvent, { type: 'run_resumed' }>): void {
    if (!this.settings) return;
    const { maxParallel = this.settings.maxParallel, mode = this.settings.mode } = event;
    this.settings = { ...this.settings, maxParallel, mode };
    if (mode === 'approve') return;
    for (const [step, word] of this.approvals) {
      if (word !== 'asked') continue;
      this.approvals.delete(step);
      for (const { id } of this.sessions.values()) this.keys.delete(`${id}:approve:${step}`);
    }
  }

  #raise(event: Extract<RunEvent, { type: 'escalated' }>): void {
    const { id, key, kind, session, step } = event;
    this.keys.add(key);
    this.escalations.set(id, { kind, ...(session === undefined ? {} : { session }) });
    if (step !== undefined) this.approvals.set(step, 'asked');
    const owner = session === undefined ? undefined : this.sessions.get(session);
    if (owner && kind === 'question') owner.question = id;
  }

  #decideStep(event: Extract<RunEvent, { type: 'approval_given' }>): void {
    if (this.approvals.get(event.step) !== 'asked') return;
    this.approvals.set(event.step, event.granted ? 'granted' : 'refused');
  }

  #answer(id: EscalationId): void {
    for (const session of this.sessions.values()) {
      if (session.question !== id || session.stage !== 'asking') continue;
      session.stage = 'idle';
      session.dueT = 0;
      delete session.question;
    }
  }

  #stop(id: SessionId | undefined): void {
    if (id === undefined) this.stopping = true;
    for (const session of this.sessions.values()) {
      if (id === undefined || session.id === id) session.stopAsked = true;
    }
  }

  #foldSession(session: LedgerSession, event: RunEvent, t: number): void {
    switch (event.type) {
      case 'attempt_started':
        session.stage = 'running';
        session.attempt = event.attempt;
        if (event.cause !== 'answer' && !session.resolving) session.tries += 1;
        return;
      case 'terminal_started':
        this.started.add(event.terminal);
        return;
      case 'terminal_exited':
        if (event.exit.reason !== 'exited' || event.exit.exitCode !== 0) session.merging = false;
        if (!isQuestion(session, event)) return;
        session.stage = 'asking';
        delete session.question;
        return;
      case 'merge_started':
        session.merging = true;
        return;
      case 'step_failed':
        session.merging = false;
        return;
      case 'merge_done':
        session.mergeDone = true;
        return;
      case 'attempt_ended':
        return this.#endAttempt(session, event);
      case 'session_ended':
        session.stage = 'ended';
        session.status = event.status;
        session.merging = false;
        return;
      case 'retry_requested':
        return this.#reopen(session, t);
      default:
    }
  }

  #endAttempt(session: LedgerSession, event: Extract<RunEvent, { type: 'attempt_ended' }>): void {
    session.merging = false;
    if (event.next === 'none') return;
    session.stage = 'idle';
    session.dueT = event.dueT;
    const others = isMergeFailure(event.failure) || session.resolving;
    if (others) session.mergeReworks += 1;
    else this.retries += 1;
    session.resolving = others;
  }

  #reopen(session: LedgerSession, t: number): void {
    if (session.stage !== 'ended' || session.status === 'completed') return;
    this.stopping = false;
    this.finished = false;
    session.stage = 'idle';
    delete session.status;
    delete session.question;
    session.dueT = 0;
    session.tries = 0;
    session.mergeReworks = 0;
    session.resolving = false;
    session.stopAsked = false;
    for (const step of [`${session.spec.id}:start`, `${session.spec.id}:merge`]) {
      if (this.approvals.get(step) !== 'granted') this.approvals.delete(step);
      this.keys.delete(`${session.id}:approve:${step}`);
    }
    this.keys.delete(`${session.id}:end:${session.attempt}`);
    for (const other of this.sessions.values()) {
      if (!other.spec.dependsOn.includes(session.spec.id)) continue;
      if (other.status === 'skipped' || other.status === 'cancelled') this.#reopen(other, t);
    }
  }
}

/** Sent back because of what others merged: not the session's own fault. */
export function isMergeFailure(failure: Extract<RunEvent, { type: 'attempt_ended' }>['failure']): boolean {
  return failure.reason === 'conflict' || (failure.reason === 'gate_red' && failure.combined);
}

function isQuestion(session: LedgerSession, event: Extract<RunEvent, { type: 'terminal_exited' }>): boolean {
  return (
    event.question !== undefined &&
    event.exit.reason === 'exited' &&
    event.exit.exitCode === 0 &&
    session.stage === 'running' &&
    !session.stopAsked &&
    event.terminal === `${session.spec.id}.a${session.attempt}`
  );
}

/** Whether two specs may change the same file, for the few globs that scenarios use: by their folders. */
export function foldersMeet(left: RunSpec, right: RunSpec): boolean {
  const folders = new Set(left.touches.map(folderOf));
  return right.touches.some((glob) => folders.has(folderOf(glob)));
}

function folderOf(glob: string): string {
  return glob.split('/').slice(0, -1).join('/');
}
