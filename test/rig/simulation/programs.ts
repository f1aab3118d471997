import type { TerminalExit } from '../../../src/engine/model/terminal.ts';
import { agentBehaviours, type AgentBehaviour } from './faults.ts';
import type { Rig } from './rig.ts';
import type { HostTerminal, VirtualHost } from './virtual-host.ts';

/** Starts what runs in a terminal: an agent of some behaviour, a setup or a gate command. */
export function startProgram(rig: Rig, host: VirtualHost, terminal: HostTerminal): void {
  const program: Program = {
    terminal,
    exit: (exit, question) => host.end(terminal, { bytes: 0, redactions: 0, survivors: [], ...exit }, question),
    tell: (status) => host.tellStatus(terminal, status),
  };
  if (terminal.role === 'agent') return startAgent(rig, program);
  if (terminal.role === 'setup') return startSetup(rig, program);
  startGate(rig, program);
}

interface Program {
  readonly terminal: HostTerminal;
  readonly exit: (exit: Pick<TerminalExit, 'reason' | 'exitCode' | 'signal' | 'message'>, question?: string) => void;
  readonly tell: (status: NonNullable<HostTerminal['status']>) => void;
}

const done = { reason: 'exited', exitCode: 0 } as const;

function startSetup(rig: Rig, program: Program): void {
  const { random, scenario, timeline, coverage } = rig;
  const fails = random.chance(scenario.faults.setupFails);
  timeline.after(random.whole(5, 200), () => {
    if (fails) coverage.add('setup_failed');
    program.exit(fails ? { reason: 'exited', exitCode: 1 } : done);
  });
}

function startGate(rig: Rig, program: Program): void {
  const { random, scenario, timeline, coverage } = rig;
  const { faults, settings } = scenario;
  if (random.chance(faults.gateHangs)) {
    return timeline.after(settings.gateTimeoutMs, () => {
      coverage.add('gate_hangs');
      program.exit({ reason: 'wall_clock', signal: 9 });
    });
  }
  const combined = program.terminal.role === 'combined_gate';
  const red = random.chance(combined ? faults.redCombinedGate : faults.redGate);
  timeline.after(random.whole(5, 500), () => {
    if (red) coverage.add(combined ? 'red_combined_gate' : 'red_gate');
    program.exit(red ? { reason: 'exited', exitCode: 1 } : done);
  });
}

function startAgent(rig: Rig, program: Program): void {
  const behaviour = drawBehaviour(rig);
  if (behaviour !== 'finish') rig.coverage.add(behaviour);
  if (behaviour === 'spawn_failed') return program.exit({ reason: 'spawn_failed', message: 'no such file' });
  if (rig.random.chance(0.2)) rig.timeline.after(2, () => program.tell({ state: 'working' }));
  rig.timeline.after(rig.random.whole(20, 2_500), () => behave(rig, program, behaviour));
}

function drawBehaviour(rig: Rig): AgentBehaviour {
  const { agents } = rig.scenario.faults;
  let left = rig.random.next() * agentBehaviours.reduce((sum, name) => sum + agents[name], 0);
  for (const name of agentBehaviours) {
    left -= agents[name];
    if (left < 0) return name;
  }
  return 'finish';
}

function behave(rig: Rig, program: Program, behaviour: AgentBehaviour): void {
  switch (behaviour) {
    case 'crash':
      return program.exit({ reason: 'exited', exitCode: rig.random.whole(1, 3) });
    case 'signal':
      return program.exit({ reason: 'exited', signal: 11 });
    case 'lie':
      return program.exit(done);
    case 'hang':
      return hang(rig, program);
    case 'ask_exit':
      if (rig.random.chance(0.5)) program.terminal.onWork();
      return program.exit(done, 'Which one?');
    case 'ask_live':
      return ask(rig, program, 'question');
    case 'ask_permission':
      return ask(rig, program, 'permission');
    default:
      program.terminal.onWork();
      return program.exit(done);
  }
}

/** The host's own cap ends it, should nobody else; far beyond any deadline, so that it is seen only where the deadline's clock stood still. */
function hang(rig: Rig, program: Program): void {
  if (rig.random.chance(0.7)) return;
  rig.timeline.after(30_000, () => program.exit({ reason: 'wall_clock', signal: 9 }));
}

function ask(rig: Rig, program: Program, kind: 'permission' | 'question'): void {
  const { random, timeline } = rig;
  program.tell({ state: 'blocked', kind, ...(random.chance(0.5) ? { message: 'May I?' } : {}) });
  if (random.chance(0.1)) {
    return timeline.after(random.whole(50, 1_500), () => program.exit({ reason: 'exited', exitCode: 7 }));
  }
  program.terminal.onTyped = () => {
    if (kind === 'permission' || random.chance(0.8)) program.tell({ state: 'working' });
    const next = random.pick<AgentBehaviour>(['finish', 'finish', 'ask_live', 'ask_exit', 'hang', 'crash']);
    timeline.after(random.whole(5, 600), () => behave(rig, program, next));
  };
}
