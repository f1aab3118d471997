import { applyEntry } from '../../../src/engine/core/apply.ts';
import type { Effect } from '../../../src/engine/core/command.ts';
import { decide } from '../../../src/engine/core/decide.ts';
import type { RunState, SessionState } from '../../../src/engine/core/run-state.ts';
import { viewRun } from '../../../src/engine/core/view-run.ts';
import type { EscalationId, RunId, SessionId, SpecId, TerminalId } from '../../../src/engine/model/ids.ts';
import type { RunEntry, RunEvent, RunSettings, RunSpec } from '../../../src/engine/model/run-event.ts';
import type { SessionView } from '../../../src/engine/model/run-view.ts';
import type { TerminalExit } from '../../../src/engine/model/terminal.ts';

/** What a test says about one spec; the rest is plain. */
export type SpecDraft = Partial<Omit<RunSpec, 'id' | 'dependsOn'>> & {
  readonly id: string;
  readonly needs?: readonly string[];
};

/** A spec with a gate of one command and nothing special. */
export function spec(draft: SpecDraft): RunSpec {
  const { id, needs = [], ...rest } = draft;
  return {
    id: id as SpecId,
    title: `The ${id}`,
    file: `specs/${id}.md`,
    hash: id,
    dependsOn: needs as readonly SpecId[],
    selected: true,
    strategy: 'solo',
    agent: 'alpha',
    gate: ['test'],
    touches: [],
    timeoutMs: 10_000,
    estimateMs: 1_000,
    criticalMs: 1_000,
    allowEmpty: false,
    ...rest,
  };
}

/** Settings under which nothing gets in the way. */
export const plainSettings: RunSettings = {
  maxParallel: 8,
  maxTerminals: 8,
  retry: { attempts: 3, delayMs: 100, runBudget: 10, mergeRework: 2 },
  mode: 'auto',
  killGraceMs: 500,
  gateTimeoutMs: 5_000,
  hostIdleMs: 60_000,
  agents: { alpha: { name: 'alpha', driver: 'command', command: ['work'], args: [], env: [] } },
  workspace: { copy: [], link: [], setup: [] },
  terminal: { columns: 80, rows: 24, scrollback: 100 },
  redaction: { patterns: [], env: [] },
};

/** How a program ended well. */
export const exitedWell: TerminalExit = { reason: 'exited', exitCode: 0, bytes: 0, redactions: 0, survivors: [] };

/** How a program ended badly. */
export const exitedBadly: TerminalExit = { ...exitedWell, exitCode: 1 };

/** A run of the core alone: the test is its world and its clock. */
export class CoreRun {
  readonly journal: RunEntry[] = [];
  #state: RunState | undefined;
  /** Run time. */
  t = 0;

  constructor(specs: readonly SpecDraft[], settings: Partial<RunSettings> = {}) {
    this.tell({
      type: 'run_started',
      runId: 'run' as RunId,
      base: { commit: 'base' },
      integrationBranch: 'orchestra/run',
      specs: specs.map(spec),
      settings: { ...plainSettings, ...settings },
    });
  }

  get state(): RunState {
    if (!this.#state) throw new Error('The run has not begun.');
    return this.#state;
  }

  /** Records what happened, with every conclusion after each event; answers the effects that are missing in the end, as `kind id`. */
  tell(...events: readonly RunEvent[]): string[] {
    if (events.length === 0) return this.effects();
    let effects: string[] = [];
    for (const event of events) effects = this.tellAtOnce(event);
    return effects;
  }

  /** As {@link tell}, for events that come so close together that nothing is concluded in between. */
  tellAtOnce(...events: readonly RunEvent[]): string[] {
    for (const event of events) this.#append(event);
    return this.effects();
  }

  /** As {@link tell}, a while later. */
  later(byMs: number, ...events: readonly RunEvent[]): string[] {
    this.t += byMs;
    return this.tell(...events);
  }

  effects(): string[] {
    for (let round = 0; round < 1_000; round += 1) {
      const commands = decide(this.state, this.t);
      const records = commands.filter((command) => command.kind === 'record');
      if (records.length === 0) return commands.filter((command) => command.kind !== 'record').map(nameOf);
      for (const { event } of records) this.#append(event);
    }
    throw new Error('Conclusions have no end.');
  }

  session(id: string): SessionState {
    const session = this.state.sessions.get(sessionId(id));
    if (!session) throw new Error(`No session of ${id}.`);
    return session;
  }

  view(id: string): SessionView {
    const view = viewRun(this.state, this.t).sessions.find((session) => session.id === sessionId(id));
    if (!view) throw new Error(`No view of ${id}.`);
    return view;
  }

  /** Status words of all sessions, in the plan's order. */
  statuses(): Record<string, string> {
    return Object.fromEntries(viewRun(this.state, this.t).sessions.map(({ spec: { id }, status }) => [id, status]));
  }

  /** Specs that have started at least once, in the order of their starts. */
  starts(): string[] {
    return this.events('attempt_started').map(({ session }) => session.slice('run/'.length));
  }

  /** Every event of a type so far. */
  events<Type extends RunEvent['type']>(type: Type): Extract<RunEvent, { type: Type }>[] {
    return this.journal
      .map(({ event }) => event)
      .filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
  }

  /** Escalations that are open, as `id kind`. */
  open(): string[] {
    return [...this.state.escalations.values()].filter(({ open }) => open).map(({ id, kind }) => `${id} ${kind}`);
  }

  /** Brings the present attempt to where its agent works. */
  toWork(id: string): string[] {
    this.tell(worktreeReady(id));
    return this.tell(started(id, this.terminal(id)));
  }

  /** Brings the present attempt to the end of its own gate. */
  toQueue(id: string): string[] {
    this.toWork(id);
    this.tell(exited(id, this.terminal(id), exitedWell), collected(id));
    return this.passGates(id, 'gating');
  }

  /** Brings the present attempt through the merge. */
  complete(id: string): string[] {
    this.toQueue(id);
    return this.merge(id);
  }

  /** Brings a queued session through the merge; the combined gate runs and is green. */
  merge(id: string): string[] {
    this.tell(mergePrepared(id));
    this.passGates(id, 'combined_gate');
    return this.tell({ type: 'merge_done', session: sessionId(id), mergeCommit: `merge-${id}` });
  }

  passGates(id: string, phase: 'gating' | 'combined_gate'): string[] {
    let effects = this.effects();
    for (let index = 0; this.session(id).phase.kind === phase; index += 1) {
      const terminal = gateTerminal(this.session(id), index);
      effects = this.tell(
        { ...started(id, terminal), role: phase === 'gating' ? 'gate' : 'combined_gate', index },
        exited(id, terminal, exitedWell),
      );
    }
    return effects;
  }

  /** The agent's terminal of the present attempt. */
  terminal(id: string): string {
    return `${id}.a${this.session(id).attempt}`;
  }

  #append(event: RunEvent): void {
    const entry: RunEntry = { seq: this.journal.length + 1, t: this.t, at: '2026-01-01T00:00:00Z', event };
    this.journal.push(entry);
    this.#state = applyEntry(this.#state, entry);
  }
}

function nameOf(effect: Effect): string {
  return `${effect.kind} ${effect.id}`;
}

function gateTerminal(session: SessionState, index: number): string {
  const { phase, attempt, mergeRound } = session;
  return phase.kind === 'combined_gate'
    ? `${session.spec.id}.a${attempt}.m${mergeRound}.g${index}`
    : `${session.spec.id}.a${attempt}.g${index}`;
}

/** The session of a spec in the fixture's run. */
export function sessionId(id: string): SessionId {
  return `run/${id}` as SessionId;
}

/** `esc-<number>`. */
export function escalationId(number: number): EscalationId {
  return `esc-${number}` as EscalationId;
}

/** The worktree of a session's attempt exists. */
export function worktreeReady(id: string): RunEvent {
  const path = `.orchestra/worktrees/${id}`;
  return { type: 'worktree_ready', session: sessionId(id), path, branch: `orchestra/run/${id}`, baseCommit: 'base' };
}

/** An agent's terminal was started. */
export function started(id: string, terminal: string): Extract<RunEvent, { type: 'terminal_started' }> {
  return {
    type: 'terminal_started',
    session: sessionId(id),
    terminal: terminal as TerminalId,
    role: 'agent',
    index: 0,
    command: 'work',
    pid: 42,
    startTime: '1',
  };
}

/** A terminal's program ended. */
export function exited(id: string, terminal: string, exit: TerminalExit, question?: string): RunEvent {
  const asked = question === undefined ? {} : { question };
  return { type: 'terminal_exited', session: sessionId(id), terminal: terminal as TerminalId, exit, ...asked };
}

/** The work of an attempt was committed. */
export function collected(id: string, changed = true): RunEvent {
  return { type: 'work_collected', session: sessionId(id), commit: `work-${id}`, changed, files: 1 };
}

/** The work fits on the integration tip. */
export function mergePrepared(id: string, needsGate = true): RunEvent {
  return { type: 'merge_prepared', session: sessionId(id), commit: `work-${id}`, tip: 'tip', needsGate };
}

/** An agent's own word about itself. */
export function agentSays(
  id: string,
  terminal: string,
  status: Extract<RunEvent, { type: 'program_status' }>['status'],
): RunEvent {
  return { type: 'program_status', session: sessionId(id), terminal: terminal as TerminalId, status };
}
