import { describeFailure, type Locale } from '../../engine/model/describe-failure.ts';
import type { RunEnd } from '../../engine/model/engine-api.ts';
import type { EscalationId, SessionId } from '../../engine/model/ids.ts';
import type { RunEntry, RunEvent, RunSpec } from '../../engine/model/run-event.ts';
import type { EscalationView, RunView } from '../../engine/model/run-view.ts';
import type { SessionFailure } from '../../engine/model/session-failure.ts';
import type { Output } from '../output/output.ts';
import type { Paint } from '../screen/paint.ts';
import { textsOf } from '../texts/choose-texts.ts';
import type { Texts } from '../texts/en.ts';
import { formatDuration } from '../texts/format-duration.ts';
import { describeEscalation } from './describe-escalation.ts';
import type { RunReport } from './run-report.ts';
import { formatSummary } from './summary.ts';
import { formatWhere, type TranscriptOf } from './where-to-look.ts';

/** What a text report needs besides the run. */
export interface TextReportParts {
  readonly output: Output;
  readonly paint: Paint;
  readonly locale: Locale;
  readonly transcriptOf: TranscriptOf;
}

type EscalatedEvent = Extract<RunEvent, { type: 'escalated' }>;

interface KnownSession {
  readonly spec: RunSpec;
  startedT?: number;
  /** Ended, and its line waits for the escalation's file, which belongs right below it. */
  ending?: readonly string[];
}

/** A run as lines: the plan, each start and end as it happens, what is asked of the person, the summary and where to look. */
export class TextReport implements RunReport {
  readonly #parts: TextReportParts;
  readonly #texts: Texts;
  readonly #sessions = new Map<SessionId, KnownSession>();
  /** The first entries may speak of what the view at the beginning showed already. */
  readonly #told = new Set<EscalationId>();
  readonly #raised = new Map<EscalationId, EscalatedEvent>();
  /** Sessions whose start is not told yet: those of one instant share a line. */
  #starting: string[] = [];
  /** Lines about skipped sessions: they come after those about what they depend on. */
  #skipped: string[] = [];
  #lastWasBlank = true;

  constructor(parts: TextReportParts) {
    this.#parts = parts;
    this.#texts = textsOf(parts.locale);
  }

  begin(view: RunView, resumed: boolean): void {
    const { run } = this.#texts;
    for (const { id, spec, startedT } of view.sessions) {
      this.#sessions.set(id, { spec, ...(startedT === undefined ? {} : { startedT }) });
    }
    this.#print(resumed ? run.resumed(view.runId) : run.started);
    this.#print(run.plan);
    for (const { spec } of view.sessions) {
      const needed = spec.dependsOn.join(', ');
      this.#print(needed === '' ? run.planFree(spec.id) : run.planBound(spec.id, needed));
    }
    this.#print('');
    for (const escalation of view.escalations) {
      // How a session failed is old news, and told again at the end.
      if (escalation.open && escalation.kind !== 'failure') this.#tellEscalation(escalation, escalation.specId);
    }
  }

  handleEntry({ event, t }: RunEntry): void {
    switch (event.type) {
      case 'attempt_started':
        return this.#handleStart(event, t);
      case 'attempt_ended':
        return event.next === 'none' ? undefined : this.#handleRetry(event.session, event.failure);
      case 'session_ended':
        return this.#handleEnd(event, t);
      case 'escalated':
        return void this.#raised.set(event.id, event);
      case 'escalation_delivered':
        return this.#handleDelivered(event.id, event.file);
      default:
    }
  }

  finish(view: RunView, end: RunEnd): void {
    this.#flush();
    const { run, failure } = this.#texts;
    switch (end.kind) {
      case 'finished': {
        this.#separate();
        for (const line of formatSummary(view, this.#texts, this.#parts.paint)) this.#print(line);
        this.#print('');
        return formatWhere(view, this.#texts, this.#parts.transcriptOf).forEach((line) => this.#print(line));
      }
      case 'detached':
        return this.#parts.output.error(run.nobodyOrchestrates(view.runId));
      case 'fenced':
        return this.#parts.output.error(run.fenced);
      case 'broken':
        return this.#parts.output.error(failure.error(end.failure.message));
    }
  }

  #handleStart(event: Extract<RunEvent, { type: 'attempt_started' }>, t: number): void {
    const session = this.#sessions.get(event.session);
    if (!session) return;
    session.startedT ??= t;
    if (event.cause === 'first') {
      this.#starting.push(session.spec.id);
      if (this.#starting.length === 1) queueMicrotask(() => this.#flushStarts());
      return;
    }
    this.#flush();
    this.#print(this.#texts.run.startAgain(session.spec.id, String(event.attempt)));
  }

  #handleRetry(id: SessionId, failure: SessionFailure): void {
    const spec = this.#sessions.get(id)?.spec.id;
    if (spec === undefined) return;
    this.#flush();
    this.#print(this.#texts.run.againSoon(spec, describeFailure(failure, this.#parts.locale)));
  }

  #handleEnd(event: Extract<RunEvent, { type: 'session_ended' }>, t: number): void {
    const session = this.#sessions.get(event.session);
    if (!session) return;
    this.#flushStarts();
    const { run } = this.#texts;
    const { paint, locale } = this.#parts;
    const reason = event.failure ? describeFailure(event.failure, locale) : '';
    const { id } = session.spec;
    switch (event.status) {
      case 'completed': {
        const time = formatDuration(t - (session.startedT ?? t), this.#texts);
        return this.#print(paint.good(run.completed(id, time)));
      }
      case 'failed':
      case 'timed_out': {
        const head = event.status === 'failed' ? run.failed(id) : run.timedOut(id);
        session.ending = [paint.bad(head), ...(reason === '' ? [] : [run.reason(reason)])];
        return;
      }
      case 'cancelled':
        return this.#print(paint.dim(run.cancelled(id)));
      case 'skipped':
        this.#skipped.push(paint.warn(run.skipped(id, reason)));
        return this.#flushSkipped();
    }
  }

  #handleDelivered(id: EscalationId, file: string): void {
    const raised = this.#raised.get(id);
    if (!raised) return;
    this.#raised.delete(id);
    const session = raised.session === undefined ? undefined : this.#sessions.get(raised.session);
    if (raised.kind === 'failure' && session?.ending) return this.#tellEnding(session, file);
    this.#tellEscalation({ ...raised, file }, session?.spec.id);
  }

  #tellEnding(session: KnownSession, file?: string): void {
    const [head, ...reasons] = session.ending ?? [];
    delete session.ending;
    if (head === undefined) return;
    this.#flushStarts();
    this.#print(head);
    if (file !== undefined) this.#print(this.#texts.run.escalationLog(file));
    for (const line of reasons) this.#print(line);
    this.#flushSkipped();
  }

  #flushSkipped(): void {
    if ([...this.#sessions.values()].some(({ ending }) => ending !== undefined)) return;
    const lines = this.#skipped;
    this.#skipped = [];
    for (const line of lines) this.#print(line);
  }

  #tellEscalation(
    escalation: Pick<EscalationView, 'id' | 'kind' | 'level' | 'reason' | 'step' | 'file'>,
    spec: string | undefined,
  ): void {
    const lines = describeEscalation(escalation, spec, this.#texts);
    if (lines.length === 0 || this.#told.has(escalation.id)) return;
    this.#told.add(escalation.id);
    this.#flushStarts();
    for (const line of lines) this.#print(line);
  }

  #flush(): void {
    this.#flushStarts();
    for (const session of this.#sessions.values()) if (session.ending) this.#tellEnding(session);
  }

  #flushStarts(): void {
    const [first, ...others] = this.#starting;
    const all = this.#starting.join(', ');
    this.#starting = [];
    if (first === undefined) return;
    const { run } = this.#texts;
    this.#separate();
    this.#print(others.length === 0 ? run.startOne(first) : run.startMany(all));
  }

  #separate(): void {
    if (!this.#lastWasBlank) this.#print('');
  }

  #print(line: string): void {
    this.#lastWasBlank = line === '';
    this.#parts.output.line(line);
  }
}
