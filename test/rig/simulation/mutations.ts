import type { Command } from '../../../src/engine/core/command.ts';
import type { RunState, SessionState } from '../../../src/engine/core/run-state.ts';
import type { SessionId, TerminalId } from '../../../src/engine/model/ids.ts';
import type { RunEvent } from '../../../src/engine/model/run-event.ts';
import type { Simulation, SimulationOptions } from './simulate.ts';
import type { Decide } from './virtual-orchestrator.ts';

/** One way to break the product on purpose, and the invariant that must notice. */
export interface Mutation extends SimulationOptions {
  readonly name: string;
  readonly noticedBy: string;
}

/** Defects that a core or a runtime could have; each must be found, or the simulation proves nothing. */
export const mutations: readonly Mutation[] = [
  {
    name: 'starts a spec before its dependencies',
    noticedBy: 'no start before its dependencies',
    mutate: adding((state) => startsOf(state, (session) => (state.unmet.get(session.id) ?? 0) > 0)),
  },
  {
    name: 'starts more than the limit',
    noticedBy: 'limits hold at each start',
    mutate: adding((state) => startsOf(state, (session) => state.ready.includes(session.id))),
  },
  {
    name: 'starts a session that runs',
    noticedBy: 'one attempt at a time',
    mutate: adding((state) => startsOf(state, (session) => session.phase.kind === 'working')),
  },
  {
    name: 'leaves slots free',
    noticedBy: 'ready work is never idle',
    mutate: filtering((command, state) => eventOf(command)?.type !== 'attempt_started' || state.active.size === 0),
  },
  {
    name: 'merges again what a death left merged',
    noticedBy: 'merged once',
    mutate: (decide, { repository }) => {
      repository.merge = (session) => ({ kind: 'merged', commit: repository.mergeBlindly(session) });
      return decide;
    },
  },
  {
    name: 'believes an agent that failed',
    noticedBy: 'completed means merged',
    mutate: rewriting((event) =>
      event.type === 'session_ended' && event.status === 'failed'
        ? { type: 'session_ended', session: event.session, status: 'completed' }
        : event,
    ),
  },
  {
    name: 'retries without end',
    noticedBy: "retries stay within the session's budget",
    mutate: rewriting((event) => (event.type === 'attempt_ended' ? { ...event, next: 'retry' } : event)),
  },
  {
    name: 'forgets to write an escalation',
    noticedBy: 'a delivered escalation has its file',
    mutate: (decide) => (state, t) =>
      decide(state, t).map((command) => {
        if (command.kind !== 'deliver_escalation') return command;
        const event: RunEvent = { type: 'escalation_delivered', id: command.escalation, file: 'none', at: '' };
        return { kind: 'record', id: command.id, event };
      }),
  },
  {
    name: 'tells a person again and again',
    noticedBy: 'an escalation reaches the person once',
    mutate: adding((state) =>
      [...state.escalations.keys()].map((escalation) => ({
        kind: 'deliver_escalation',
        id: `${escalation}:again`,
        escalation,
      })),
    ),
  },
  {
    name: 'raises a cause twice',
    noticedBy: 'one escalation for one cause',
    mutate: (decide) => (state, t) =>
      decide(state, t).flatMap((command) => (eventOf(command)?.type === 'escalated' ? [command, command] : [command])),
  },
  {
    name: 'says nothing about a failure',
    noticedBy: 'each failure is an escalation',
    mutate: (decide) => (state, t) => {
      for (const [key, { kind }] of state.unescalated) if (kind === 'failure') state.unescalated.delete(key);
      return decide(state, t);
    },
  },
  {
    name: 'starts a second agent beside the first',
    noticedBy: 'one live terminal of a session',
    mutate: adding((state) => launchesOf(state, (terminal) => terminal.replace('.a', '.b'))),
  },
  {
    name: 'starts a known terminal again',
    noticedBy: 'no accepted step is repeated',
    mutate: adding((state) => launchesOf(state, (terminal) => terminal)),
  },
  {
    name: 'ends a run with work left',
    noticedBy: 'a finished run has no open session',
    mutate: adding((state) =>
      state.endedCount > 0 ? [{ kind: 'record', id: 'early', event: { type: 'run_finished', result: 'failed' } }] : [],
    ),
  },
  {
    name: 'counts wrong',
    noticedBy: 'the counts add up',
    mutate: rewriting((event) => (event.type === 'run_finished' ? { ...event, result: 'completed' } : event)),
  },
  {
    name: 'does not skip dependents',
    noticedBy: 'the indexes agree',
    mutate: filtering((command) => {
      const event = eventOf(command);
      return event?.type !== 'session_ended' || event.status !== 'skipped';
    }),
  },
  {
    name: 'does not merge',
    noticedBy: 'every run comes to an end',
    mutate: filtering((command) => command.kind !== 'merge'),
  },
  {
    name: 'merges without approval',
    noticedBy: 'no merge without approval',
    mutate: adding((state) => {
      const [first] = state.mergeQueue;
      if (first === undefined || state.merging !== undefined) return [];
      return [{ kind: 'record', id: `${first}:rash`, event: { type: 'merge_started', session: first } }];
    }),
  },
  {
    name: 'merges two at once',
    noticedBy: 'one merge at a time',
    mutate: adding((state) =>
      state.mergeQueue.map((session) => ({
        kind: 'record',
        id: `${session}:rash`,
        event: { type: 'merge_started', session },
      })),
    ),
  },
  {
    name: 'keeps a fact outside the journal',
    noticedBy: 'replay gives the state that was live',
    mutate: (decide) => (state, t) => {
      if (state.endedCount === 1) state.retriesUsed = 99;
      return decide(state, t);
    },
  },
  { name: 'acts before the journal is durable', noticedBy: 'nothing is done before it is durable', isHasty: true },
];

function eventOf(command: Command): RunEvent | undefined {
  return command.kind === 'record' ? command.event : undefined;
}

type Mutate = (decide: Decide, simulation: Simulation) => Decide;

function adding(more: (state: RunState) => Command[]): Mutate {
  return (decide) => (state, t) => [...decide(state, t), ...(state.result === undefined ? more(state) : [])];
}

function filtering(keeps: (command: Command, state: RunState) => boolean): Mutate {
  return (decide) => (state, t) => decide(state, t).filter((command) => keeps(command, state));
}

function rewriting(rewrite: (event: RunEvent) => RunEvent): Mutate {
  return (decide) => (state, t) =>
    decide(state, t).map((command) =>
      command.kind === 'record' ? { kind: 'record', id: command.id, event: rewrite(command.event) } : command,
    );
}

function startsOf(state: RunState, chooses: (session: SessionState) => boolean): Command[] {
  const start = (session: SessionId, attempt: number): Command => ({
    kind: 'record',
    id: `${session}:rash`,
    event: { type: 'attempt_started', session, attempt, cause: 'first' },
  });
  return [...state.sessions.values()]
    .filter((session) => session.status === undefined && chooses(session))
    .map((session) => start(session.id, session.attempt + 1));
}

function launchesOf(state: RunState, rename: (terminal: string) => string): Command[] {
  return [...state.sessions.values()].flatMap((session) => {
    const record = session.terminals.at(-1);
    if (session.phase.kind !== 'working' || !record || record.exit) return [];
    const terminal = rename(record.id) as TerminalId;
    return [
      { kind: 'launch', id: `${terminal}:rash`, session: session.id, terminal, role: 'agent', index: 0 } as const,
    ];
  });
}
