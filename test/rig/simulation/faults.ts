import type { Random } from './random.ts';

/** How an agent behaves in one attempt. `finish` alone does its work and says so at its end. */
export const agentBehaviours = [
  'finish',
  'lie',
  'hang',
  'crash',
  'signal',
  'spawn_failed',
  'ask_exit',
  'ask_live',
  'ask_permission',
] as const;

/** See {@link agentBehaviours}. */
export type AgentBehaviour = (typeof agentBehaviours)[number];

/** How badly a world goes, as probabilities of each chance to go wrong. */
export interface Faults {
  /** Weights of behaviours. */
  readonly agents: Readonly<Record<AgentBehaviour, number>>;
  readonly redGate: number;
  readonly redCombinedGate: number;
  readonly gateHangs: number;
  readonly setupFails: number;
  readonly conflict: number;
  readonly movedTip: number;
  readonly workRefused: number;
  readonly worktreeFails: number;
  readonly mergeFails: number;
  readonly slowDeath: number;
  readonly survivors: number;
  readonly lateFacts: number;
  /** After each step of virtual time in which an orchestrator lives. */
  readonly kill: number;
  readonly hostLost: number;
  /** For each flush of the journal. */
  readonly diskFull: number;
  readonly escalationUnwritable: number;
  /** For each entry: the wall clock jumps. */
  readonly wallJump: number;
  /** For each entry: the machine slept, and run time leaps. */
  readonly timeLeap: number;
  readonly otherLimits: number;
  /** For each of the person's moves: something useless, untimely or rash instead of a duty. */
  readonly mischief: number;
  readonly stopsRun: number;
  readonly refuses: number;
  readonly retriesEnded: number;
}

/** Draws which kinds of faults a world has at all, and how strong each is, so that some worlds are calm and some have but one kind. */
export function drawFaults(random: Random): Faults {
  const intensity = random.pick([0, 0.25, 0.5, 0.9]);
  const some = (strongest: number): number => (random.chance(intensity) ? random.next() * strongest : 0);
  return {
    agents: {
      finish: 4,
      lie: some(1.5),
      hang: some(1),
      crash: some(2),
      signal: some(1),
      spawn_failed: some(0.6),
      ask_exit: some(2),
      ask_live: some(2),
      ask_permission: some(1),
    },
    redGate: some(0.5),
    redCombinedGate: some(0.6),
    gateHangs: some(0.15),
    setupFails: some(0.2),
    conflict: some(0.5),
    movedTip: some(0.5),
    workRefused: some(0.15),
    worktreeFails: some(0.1),
    mergeFails: some(0.1),
    slowDeath: some(1),
    survivors: some(0.6),
    lateFacts: some(0.6),
    kill: some(0.03),
    hostLost: some(0.01),
    diskFull: some(0.03),
    escalationUnwritable: some(0.4),
    wallJump: some(0.1),
    timeLeap: some(0.004),
    otherLimits: some(1),
    mischief: some(0.5),
    stopsRun: some(0.1),
    refuses: some(0.3),
    retriesEnded: some(0.7),
  };
}
