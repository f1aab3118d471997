import { applyEntry } from '../../../src/engine/core/apply.ts';
import type { Command, Effect } from '../../../src/engine/core/command.ts';
import type { RunState } from '../../../src/engine/core/run-state.ts';
import type { SessionId } from '../../../src/engine/model/ids.ts';
import type { Mode } from '../../../src/engine/model/config.ts';
import type { RunEntry, RunEvent } from '../../../src/engine/model/run-event.ts';
import { act, exitOf, type EffectOutcome, type Worlds } from './effects.ts';
import type { Observer } from './observer.ts';
import { mustHold, type Rig } from './rig.ts';
import type { HostSignal } from './virtual-host.ts';
import type { VirtualDisk } from './virtual-disk.ts';

/** Names what is missing; the core's `decide`, or one that was broken on purpose. */
export type Decide = (state: RunState, t: number) => Command[];

/** What an orchestrator is given. */
export interface OrchestratorParts {
  readonly rig: Rig;
  readonly worlds: Worlds;
  readonly disk: VirtualDisk;
  readonly decide: Decide;
  /** Broken on purpose: does not wait for the disk. */
  readonly isHasty: boolean;
  /** Makes the one who watches the journal of this life. */
  readonly observe: () => Observer;
  /** The process ended by itself: the run is over, or the journal could not be written. */
  readonly onEnd: (why: 'finished' | 'broken') => void;
}

interface InFlight {
  readonly effect: Effect;
  /** The entries that must be durable before it begins: those on which it was decided. */
  readonly afterSeq: number;
  begun: boolean;
  acted: boolean;
}

const tickMs = 1_000;

/**
 * One life of the process that orchestrates, in the order that the real runtime keeps: conclusions are recorded until there are none, then effects are begun that are
 * not under way, those that cannot be repeated only when the journal is durable up to their reasons; each one's result is an event. Run time is the durable journal's last `t` plus how long this life has lasted,
 * so it stands still while nobody orchestrates; the wall clock only labels entries and may say anything.
 */
export class VirtualOrchestrator {
  readonly #parts: OrchestratorParts;
  readonly #observer: Observer;
  readonly #journal: RunEntry[];
  readonly #bornMs: number;
  readonly #inFlight = new Map<string, InFlight>();
  /** What a host said about terminals whose start has not been recorded yet. */
  readonly #held: HostSignal[] = [];
  /** The journal has this many durable entries. */
  #durable: number;
  #state: RunState | undefined;
  #flushing = false;
  #alive = true;
  #wallSkewMs = 0;
  /** The durable journal's last run time, plus leaps. */
  #baseT: number;

  constructor(parts: OrchestratorParts) {
    this.#parts = parts;
    this.#bornMs = parts.rig.timeline.nowMs;
    this.#observer = parts.observe();
    this.#journal = parts.disk.repair();
    this.#durable = this.#journal.length;
    this.#baseT = this.#journal.at(-1)?.t ?? 0;
    for (const entry of this.#journal) {
      this.#observer.entry(entry, false);
      this.#state = applyEntry(this.#state, entry);
    }
  }

  get state(): RunState | undefined {
    return this.#state;
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  /** Begins or resumes the run; `wishes` are a person's that came while nobody orchestrated. */
  start(wishes: readonly RunEvent[]): void {
    const { rig, worlds } = this.#parts;
    worlds.host.listen((signal) => {
      if (this.#alive) this.#hear(signal);
    });
    const isOver = this.#state?.result !== undefined;
    if (isOver && !wishes.some((wish) => this.#isAnotherTry(wish))) return this.settle();
    if (this.#state) this.#resume();
    else this.#begin();
    for (const wish of wishes) this.#appendUnlessOver(wish);
    this.settle();
    const tick = (): void => {
      if (!this.#alive) return;
      this.settle();
      rig.timeline.after(tickMs, tick);
    };
    rig.timeline.after(tickMs, tick);
  }

  /** A person's wish, or anything else that comes from outside. */
  record(event: RunEvent): void {
    if (!this.#alive) return;
    this.#appendUnlessOver(event);
    this.settle();
  }

  /** How many entries are on disk. */
  get durable(): number {
    return this.#durable;
  }

  get recorded(): number {
    return this.#journal.length;
  }

  /** The process is gone at once: what was not flushed may be lost, what was begun may have happened or not. */
  die(): void {
    const { rig, worlds, disk } = this.#parts;
    if (!this.#alive) return;
    this.#alive = false;
    rig.deaths += 1;
    if (this.#state) this.#observer.death(this.#state, this.#journal);
    worlds.host.listen(undefined);
    const unflushed = this.#journal.slice(this.#durable);
    if (this.#flushing && unflushed.length > 0) {
      rig.coverage.add('kill_in_flush');
      disk.appendTorn(unflushed, rig.random.whole(0, unflushed.length), rig.random.whole(0, 40));
      if (disk.isTorn) rig.coverage.add('torn_line');
    }
    for (const { effect, begun, acted } of this.#inFlight.values()) {
      if (!begun || acted || !this.#state || !rig.random.chance(0.5)) continue;
      rig.coverage.add('half_done_effect');
      const outcome = act(rig, worlds, this.#state, effect);
      if (effect.kind === 'merge' && outcome !== 'until_exit' && outcome[0]?.type === 'merge_done')
        rig.coverage.add('merge_without_event');
    }
  }

  /** Records conclusions until there are none, then flushes, then begins what is missing. */
  settle(): void {
    const { rig } = this.#parts;
    if (!this.#alive || !this.#state) return;
    this.#leap();
    const effects = this.#conclude(this.#state);
    this.#observer.settled(this.#state, this.#now());
    for (const effect of effects) this.#reserve(effect);
    this.#beginDurable();
    if (this.#flushing) return;
    if (this.#durable < this.#journal.length) return this.#flush();
    if (this.#state.result !== undefined) {
      this.#observer.finished(this.#state, this.#journal);
      this.#alive = false;
      rig.note(() => 'the run is over');
      return this.#parts.onEnd('finished');
    }
  }

  #conclude(state: RunState): Effect[] {
    for (let round = 0; ; round += 1) {
      mustHold('conclusions come to an end', round < 5_000, () => 'decide names conclusions without end.');
      const effects: Effect[] = [];
      let recorded = false;
      for (const command of this.#parts.decide(state, this.#now())) {
        if (command.kind !== 'record') effects.push(command);
        else if (!recorded || this.#parts.rig.scenario.recordsWholeBatch) {
          this.#append(command.event);
          recorded = true;
        }
      }
      if (!recorded) return effects;
    }
  }

  #flush(): void {
    const { rig, disk } = this.#parts;
    this.#flushing = true;
    const end = this.#journal.length;
    rig.timeline.after(rig.random.whole(0, 6), () => {
      if (!this.#alive) return;
      if (rig.random.chance(rig.scenario.faults.diskFull)) {
        rig.coverage.add('disk_full');
        rig.note(() => 'the disk is full: the process stops');
        this.die();
        return this.#parts.onEnd('broken');
      }
      disk.append(this.#journal.slice(this.#durable, end));
      this.#durable = end;
      this.#flushing = false;
      this.settle();
    });
  }

  /** One step of a session at a time: a kill waits for the launch that it ends. Typing an answer is no step. */
  #reserve(effect: Effect): void {
    if (this.#inFlight.has(effect.id)) return;
    const session = stepOf(effect);
    for (const { effect: other } of this.#inFlight.values()) {
      if (session !== undefined && stepOf(other) === session) return;
    }
    this.#observer.decided(effect);
    this.#inFlight.set(effect.id, { effect, afterSeq: this.#journal.length, begun: false, acted: false });
  }

  #beginDurable(): void {
    for (const flight of this.#inFlight.values()) {
      if (flight.begun || (flight.afterSeq > this.#durable && !this.#parts.isHasty && !isRepeatable(flight.effect)))
        continue;
      flight.begun = true;
      this.#perform(flight);
    }
  }

  #perform(flight: InFlight): void {
    const { rig, worlds } = this.#parts;
    const { effect } = flight;
    const stillFlies = (): boolean => this.#alive && this.#inFlight.get(effect.id) === flight;
    rig.timeline.after(rig.random.whole(1, 25), () => {
      if (!stillFlies() || !this.#state) return;
      if (!isRepeatable(effect)) this.#observer.begins(effect, flight.afterSeq, this.#durable);
      flight.acted = true;
      const outcome = act(rig, worlds, this.#state, effect);
      rig.timeline.after(rig.random.whole(1, 25), () => {
        if (stillFlies()) this.#land(effect, outcome);
      });
    });
  }

  #land(effect: Effect, outcome: EffectOutcome): void {
    if (outcome === 'until_exit') return;
    this.#inFlight.delete(effect.id);
    for (const event of outcome) this.#append(event);
    if (effect.kind === 'launch') this.#tellHeld(effect.terminal);
    this.settle();
  }

  /** A terminal's start is recorded before anything else about it. */
  #tellHeld(id: string): void {
    const terminal = this.#parts.worlds.host.find(id as Parameters<Worlds['host']['find']>[0]);
    const held = this.#held.splice(0);
    for (const signal of held) this.#hearOne(signal);
    if (terminal?.exit && !held.some((signal) => signal.type === 'exited' && signal.terminal === terminal)) {
      this.#append(exitOf(terminal));
    }
  }

  #hear(signal: HostSignal): void {
    this.#hearOne(signal);
    this.settle();
  }

  #hearOne(signal: HostSignal): void {
    if (signal.type === 'lost') return this.#reconcileAfterLoss();
    const { terminal } = signal;
    if (this.#inFlight.has(`${terminal.id}:launch`)) return void this.#held.push(signal);
    const of = { session: terminal.session, terminal: terminal.id };
    if (signal.type === 'status')
      return this.#appendUnlessOver({ type: 'program_status', ...of, status: signal.status });
    if (signal.type === 'control')
      return this.#appendUnlessOver({ type: 'control_changed', ...of, owner: signal.owner });
    this.#appendUnlessOver(exitOf(terminal));
    this.#inFlight.delete(`${terminal.id}:kill`);
  }

  #reconcileAfterLoss(): void {
    this.#held.length = 0;
    for (const [id, { effect }] of this.#inFlight) {
      if (effect.kind === 'launch' || effect.kind === 'kill' || effect.kind === 'deliver_answer')
        this.#inFlight.delete(id);
    }
    this.#reconcile();
  }

  #begin(): void {
    const { scenario } = this.#parts.rig;
    const { runId, specs, settings } = scenario;
    const base = { ref: 'main', commit: 'base' };
    this.#append({ type: 'run_started', runId, base, integrationBranch: `orchestra/${runId}`, specs, settings });
  }

  #resume(): void {
    const { rig } = this.#parts;
    this.#reconcile();
    const other = rig.random.chance(rig.scenario.faults.otherLimits);
    if (!other) return this.#append({ type: 'run_resumed', holder: 'simulation' });
    rig.coverage.add('other_limits');
    const maxParallel = rig.random.whole(1, 8);
    const mode = rig.random.pick<Mode>(['auto', 'approve']);
    const otherMode = rig.random.chance(0.2) ? { mode } : {};
    this.#append({ type: 'run_resumed', holder: 'simulation', maxParallel, ...otherMode });
  }

  /** For each terminal that is believed to live: what the host says is true. */
  #reconcile(): void {
    const { rig, worlds } = this.#parts;
    for (const session of this.#state?.sessions.values() ?? []) {
      for (const record of session.terminals) {
        if (record.exit) continue;
        const of = { session: session.id, terminal: record.id };
        const terminal = worlds.host.find(record.id);
        if (!terminal) {
          const exit = { reason: 'host_lost', bytes: 0, redactions: 0, survivors: [] } as const;
          this.#append({ type: 'terminal_exited', ...of, exit });
        } else if (terminal.exit) {
          rig.coverage.add('exit_while_dead');
          this.#append(exitOf(terminal));
        } else {
          rig.coverage.add('adopted_terminal');
          if (terminal.status) this.#append({ type: 'program_status', ...of, status: terminal.status });
          if (terminal.control !== record.control)
            this.#append({ type: 'control_changed', ...of, owner: terminal.control });
        }
      }
    }
  }

  /** A run that is over hears nothing more, unless a session is to be tried again. */
  #appendUnlessOver(event: RunEvent): void {
    if (this.#state?.result === undefined || this.#isAnotherTry(event)) this.#append(event);
  }

  #isAnotherTry(event: RunEvent): boolean {
    const session = event.type === 'retry_requested' ? this.#state?.sessions.get(event.session) : undefined;
    return session?.status !== undefined && session.status !== 'completed';
  }

  #append(event: RunEvent): void {
    const { rig } = this.#parts;
    if (rig.random.chance(rig.scenario.faults.wallJump)) {
      rig.coverage.add('wall_jump');
      this.#wallSkewMs = rig.random.whole(-1_000_000_000, 1_000_000_000);
    }
    const entry: RunEntry = {
      seq: this.#journal.length + 1,
      t: this.#now(),
      at: new Date(1_750_000_000_000 + rig.timeline.nowMs + this.#wallSkewMs).toISOString(),
      event,
    };
    this.#journal.push(entry);
    this.#observer.entry(entry, true);
    this.#state = applyEntry(this.#state, entry);
  }

  #now(): number {
    return this.#baseT + this.#parts.rig.timeline.nowMs - this.#bornMs;
  }

  #leap(): void {
    const { rig } = this.#parts;
    if (!rig.random.chance(rig.scenario.faults.timeLeap)) return;
    rig.coverage.add('time_leap');
    this.#baseT += rig.random.whole(1_000, 20_000);
  }
}

/** Steps in a worktree that find their own earlier doing, should a death take away the entries that led to them. They do not wait for the disk. */
function isRepeatable(effect: Effect): boolean {
  return ['prepare_worktree', 'collect', 'prepare_merge'].includes(effect.kind);
}

/** The session whose step an effect is, if it is one. */
function stepOf(effect: Effect): SessionId | undefined {
  return effect.kind === 'deliver_escalation' || effect.kind === 'deliver_answer' ? undefined : effect.session;
}
