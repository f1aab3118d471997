import { decide } from '../../../src/engine/core/decide.ts';
import type { RunState } from '../../../src/engine/core/run-state.ts';
import type { RunEvent } from '../../../src/engine/model/run-event.ts';
import { Observer } from './observer.ts';
import { startPerson } from './person.ts';
import { Random } from './random.ts';
import { Breach, mustHold, type Rig, type Sight } from './rig.ts';
import { createScenario, type Scenario } from './scenario.ts';
import { Timeline } from './timeline.ts';
import { VirtualDisk } from './virtual-disk.ts';
import { VirtualHost } from './virtual-host.ts';
import { VirtualOrchestrator, type Decide } from './virtual-orchestrator.ts';
import { VirtualRepository } from './virtual-repository.ts';

/** What became of one simulated run. */
export interface Outcome {
  readonly seed: number;
  readonly breach?: { readonly invariant: string; readonly message: string; readonly lastLines: readonly string[] };
  readonly coverage: ReadonlySet<Sight>;
  readonly entries: number;
  readonly steps: number;
}

/** How to run it otherwise than the product does, or to watch it. */
export interface SimulationOptions {
  /** Breaks the core on purpose: wraps `decide`. */
  readonly mutate?: (decide: Decide, simulation: Simulation) => Decide;
  /** Breaks the runtime on purpose: effects begin before what they rest on is on disk. */
  readonly isHasty?: boolean;
  readonly log?: (line: string) => void;
}

const maxSteps = 30_000;
const maxVirtualMs = 3_600_000;
const maxDeaths = 12;

/** Runs the whole run of a seed, deaths and resumes included, until it is over or a promise is broken. Never throws for a breach. */
export function simulate(seed: number, options: SimulationOptions = {}): Outcome {
  const simulation = new Simulation(seed, options);
  return simulation.run();
}

/** One world in which one run is orchestrated, by as many processes as it takes. */
export class Simulation implements Rig {
  readonly scenario: Scenario;
  readonly random: Random;
  readonly timeline = new Timeline();
  readonly coverage = new Set<Sight>();
  deaths = 0;
  readonly host: VirtualHost;
  readonly repository: VirtualRepository;
  readonly #disk = new VirtualDisk();
  readonly #decide: Decide;
  readonly #options: SimulationOptions;
  readonly #lines: (() => string)[] = [];
  /** Wishes that no journal holds for sure. */
  #wishes: { readonly event: RunEvent; readonly seq?: number }[] = [];
  #orchestrator: VirtualOrchestrator | undefined;
  #over = false;
  #steps = 0;

  constructor(seed: number, options: SimulationOptions) {
    this.scenario = createScenario(seed);
    this.random = new Random(seed + 0x5eed);
    this.#options = options;
    this.host = new VirtualHost(this);
    this.repository = new VirtualRepository(this);
    this.#decide = options.mutate ? options.mutate(decide, this) : decide;
  }

  note(line: () => string): void {
    this.#options.log?.(line());
    this.#lines.push(line);
    if (this.#lines.length > 400) this.#lines.splice(0, 300);
  }

  run(): Outcome {
    const breach = this.#catchBreach();
    return {
      seed: this.scenario.seed,
      ...(breach === undefined ? {} : { breach }),
      coverage: this.coverage,
      entries: this.#orchestrator?.recorded ?? 0,
      steps: this.#steps,
    };
  }

  #catchBreach(): Outcome['breach'] {
    try {
      this.#runToEnd();
      return undefined;
    } catch (error) {
      const invariant = error instanceof Breach ? error.invariant : 'no bug throws';
      const message = error instanceof Breach ? error.message : String(error instanceof Error ? error.stack : error);
      return { invariant, message, lastLines: this.#lines.slice(-25).map((line) => line()) };
    }
  }

  #runToEnd(): void {
    if (this.scenario.settings.mode === 'approve') this.coverage.add('approve_mode');
    this.#live();
    startPerson(
      this,
      { shown: () => this.#orchestrator?.state, wish: (event) => this.#wish(event), isOver: () => this.#over },
      this.host,
    );
    while (!this.#over) {
      this.#steps += 1;
      const more = this.timeline.step();
      const inTime = this.#steps < maxSteps && this.timeline.nowMs < maxVirtualMs;
      mustHold('every run comes to an end', more && inTime, () => `${this.#steps} steps: ${this.#whatWaits()}`);
      this.#disturb();
    }
  }

  #whatWaits(): string {
    const sessions = [...(this.#orchestrator?.state?.sessions.values() ?? [])];
    return sessions
      .filter((session) => session.status === undefined)
      .map((session) => `${session.spec.id} ${JSON.stringify(session.phase)}`)
      .join(', ');
  }

  #disturb(): void {
    const { faults } = this.scenario;
    if (this.random.chance(faults.hostLost * 0.3) && this.host.live().length > 0) {
      this.coverage.add('host_lost');
      this.note(() => 'the terminal host is lost');
      this.host.lose();
    }
    if (!this.#orchestrator?.isAlive || this.deaths >= maxDeaths || !this.random.chance(faults.kill)) return;
    this.coverage.add('kill');
    this.note(() => 'the orchestrator is killed');
    this.#orchestrator.die();
    this.#reviveLater();
  }

  #live(): void {
    const worlds = { host: this.host, repository: this.repository };
    this.#keepWishes();
    const orchestrator = new VirtualOrchestrator({
      rig: this,
      worlds,
      disk: this.#disk,
      isHasty: this.#options.isHasty ?? false,
      decide: (state: RunState, t: number) => this.#decide(state, t),
      observe: () => new Observer(this, worlds),
      onEnd: (why) => (why === 'finished' ? this.#finish() : this.#reviveLater()),
    });
    this.#orchestrator = orchestrator;
    const wishes = this.#wishes.map(({ event }) => event);
    this.#wishes = wishes.map((event) => ({ event, seq: orchestrator.recorded + 1 + wishes.length }));
    orchestrator.start(wishes);
  }

  #reviveLater(): void {
    this.timeline.after(this.random.whole(5, 3_000), () => {
      this.note(() => 'a new orchestrator resumes the run');
      this.#live();
    });
  }

  /** A run that is over may be taken up again by a person who wants a session tried anew. */
  #finish(): void {
    const { random, scenario } = this;
    const failed = [...(this.#orchestrator?.state?.sessions.values() ?? [])].filter(
      (session) => session.status !== 'completed',
    );
    const session = random.pickAny(failed);
    if (!session || this.deaths >= maxDeaths || !random.chance(scenario.faults.retriesEnded * 0.3)) {
      this.#over = true;
      return;
    }
    this.coverage.add('retry_finished_run');
    this.deaths += 1;
    this.#wishes = [{ event: { type: 'retry_requested', session: session.id, by: 'person' } }];
    this.#reviveLater();
  }

  /** A wish lies in the run's folder until it is durable in the journal, so a death may repeat it, never lose it. */
  #wish(event: RunEvent): void {
    if (!this.#orchestrator?.isAlive) {
      this.coverage.add('request_while_dead');
      this.#wishes.push({ event });
      return;
    }
    this.#wishes.push({ event, seq: this.#orchestrator.recorded + 1 });
    this.#orchestrator.record(event);
  }

  #keepWishes(): void {
    const durable = this.#orchestrator?.durable ?? 0;
    this.#wishes = this.#wishes.filter(({ seq }) => seq === undefined || seq > durable || this.random.chance(0.02));
  }
}
