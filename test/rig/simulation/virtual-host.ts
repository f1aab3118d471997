import type { SessionId, TerminalId } from '../../../src/engine/model/ids.ts';
import type { TerminalRole } from '../../../src/engine/model/run-event.ts';
import type { InputOwner, ProgramStatus, TerminalExit } from '../../../src/engine/model/terminal.ts';
import { startProgram } from './programs.ts';
import { mustHold, type Rig } from './rig.ts';

/** What the orchestrator asks a host to start. */
export interface LaunchRequest {
  readonly id: TerminalId;
  readonly session: SessionId;
  readonly role: TerminalRole;
  readonly agent: string;
  /** Called when the agent has really worked. */
  readonly onWork: () => void;
}

/** A terminal in the virtual PTY host. */
export interface HostTerminal extends LaunchRequest {
  readonly pid: number;
  readonly startTime: string;
  exit?: TerminalExit;
  question?: string;
  status?: ProgramStatus;
  control: InputOwner;
  /** The program waits for somebody to type; called with what the program does then. */
  onTyped?: () => void;
  dying: boolean;
  /** Its host is gone, and the program with it. */
  lost: boolean;
}

/** What the host tells whoever listens. */
export type HostSignal =
  | { readonly type: 'exited'; readonly terminal: HostTerminal; readonly exit: TerminalExit }
  | { readonly type: 'status'; readonly terminal: HostTerminal; readonly status: ProgramStatus }
  | { readonly type: 'control'; readonly terminal: HostTerminal; readonly owner: InputOwner }
  | { readonly type: 'lost' };

const latencyMs = 5;

/** The PTY host as a world of its own: programs live on while no orchestrator does, and exits are kept. */
export class VirtualHost {
  readonly #rig: Rig;
  readonly #terminals = new Map<TerminalId, HostTerminal>();
  #listener: ((signal: HostSignal) => void) | undefined;
  #lastPid = 1_000;

  constructor(rig: Rig) {
    this.#rig = rig;
  }

  /** The newest listener alone is told; what is on its way to an older one is lost. */
  listen(listener: ((signal: HostSignal) => void) | undefined): void {
    this.#listener = listener;
  }

  find(id: TerminalId): HostTerminal | undefined {
    return this.#terminals.get(id);
  }

  live(): HostTerminal[] {
    return [...this.#terminals.values()].filter((terminal) => terminal.exit === undefined);
  }

  /** A terminal of that id that is known already is answered as it is. */
  launch(request: LaunchRequest): HostTerminal {
    const known = this.#terminals.get(request.id);
    if (known) return known;
    this.#checkLaunch(request);
    this.#lastPid += 1;
    const terminal: HostTerminal = {
      ...request,
      pid: this.#lastPid,
      startTime: String(this.#rig.timeline.nowMs),
      control: 'orchestrator',
      dying: false,
      lost: false,
    };
    this.#terminals.set(request.id, terminal);
    startProgram(this.#rig, this, terminal);
    return terminal;
  }

  /** Ends the tree; the exit is told when it is dead, or when the host gives up on survivors. */
  kill(terminal: HostTerminal): void {
    if (terminal.exit || terminal.dying) return;
    terminal.dying = true;
    const { random, scenario, coverage, timeline } = this.#rig;
    const slow = random.chance(scenario.faults.slowDeath);
    const survivors = random.chance(scenario.faults.survivors) ? [terminal.pid] : [];
    if (slow) coverage.add('slow_death');
    timeline.after(slow ? scenario.settings.killGraceMs + random.whole(0, 800) : random.whole(1, 30), () => {
      if (survivors.length > 0 && terminal.exit === undefined) coverage.add('survivors');
      this.end(terminal, { reason: 'killed', signal: slow ? 9 : 15, bytes: 0, redactions: 0, survivors });
    });
  }

  /** The program's end: the first word stands. */
  end(terminal: HostTerminal, exit: TerminalExit, question?: string): void {
    if (terminal.exit || terminal.lost) return;
    terminal.exit = exit;
    if (question !== undefined) terminal.question = question;
    this.#send({ type: 'exited', terminal, exit });
    this.#repeatLater(terminal);
  }

  tellStatus(terminal: HostTerminal, status: ProgramStatus): void {
    if (terminal.exit || terminal.lost) return;
    terminal.status = status;
    this.#send({ type: 'status', terminal, status });
  }

  /** A person attaches, types an answer and lets go. */
  typeAsPerson(terminal: HostTerminal): void {
    if (terminal.exit || terminal.lost || terminal.control === 'person') return;
    this.#rig.coverage.add('answer_at_terminal');
    this.#setControl(terminal, 'person');
    this.#rig.timeline.after(this.#rig.random.whole(20, 300), () => this.type(terminal));
    this.#rig.timeline.after(400, () => this.#setControl(terminal, 'orchestrator'));
  }

  /** Types into the program; false when it waits for nothing. */
  type(terminal: HostTerminal): boolean {
    const typed = terminal.onTyped;
    if (!typed || terminal.exit || terminal.lost) return false;
    delete terminal.onTyped;
    typed();
    return true;
  }

  /** The host dies with everything that lives in it. Exits that were written stay known. */
  lose(): void {
    for (const terminal of this.live()) {
      terminal.lost = true;
      this.#terminals.delete(terminal.id);
    }
    this.#send({ type: 'lost' });
  }

  #setControl(terminal: HostTerminal, owner: InputOwner): void {
    if (terminal.exit || terminal.lost) return;
    terminal.control = owner;
    this.#send({ type: 'control', terminal, owner });
  }

  #send(signal: HostSignal): void {
    const listener = this.#listener;
    if (!listener) return;
    this.#rig.timeline.after(latencyMs, () => {
      if (listener === this.#listener) listener(signal);
    });
  }

  /** Old facts that arrive long after newer ones: a second exit, a status of the dead. */
  #repeatLater(terminal: HostTerminal): void {
    const { random, scenario, timeline, coverage } = this.#rig;
    if (!random.chance(scenario.faults.lateFacts)) return;
    timeline.after(random.whole(50, 2_000), () => {
      coverage.add('late_fact');
      if (terminal.exit && random.chance(0.5)) this.#send({ type: 'exited', terminal, exit: terminal.exit });
      const state = random.pick<ProgramStatus['state']>(['blocked', 'working', 'error']);
      this.#send({ type: 'status', terminal, status: { state, ...(state === 'blocked' ? { kind: 'question' } : {}) } });
    });
  }

  #checkLaunch(request: LaunchRequest): void {
    const live = this.live();
    mustHold(
      'one live terminal of a session',
      live.every((other) => other.session !== request.session),
      () => `${request.id} was started while another terminal of its session lived.`,
    );
    const { agents, maxTerminals } = this.#rig.scenario.settings;
    mustHold(
      'max_terminals',
      live.length < maxTerminals,
      () => `${request.id} is terminal ${live.length + 1} of ${maxTerminals}.`,
    );
    const own = live.filter((other) => other.role === 'agent' && other.agent === request.agent).length;
    const limit = request.role === 'agent' ? agents[request.agent]?.maxTerminals : undefined;
    mustHold(
      "an agent's max_terminals",
      limit === undefined || own < limit,
      () => `${request.id} is live terminal ${own + 1} of agent ${request.agent}, which may have ${limit}.`,
    );
  }
}
