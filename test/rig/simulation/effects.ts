import { assertNever } from '../../../src/base/assert-never.ts';
import type { Effect } from '../../../src/engine/core/command.ts';
import type { RunState, SessionState } from '../../../src/engine/core/run-state.ts';
import type { RunEvent } from '../../../src/engine/model/run-event.ts';
import type { SessionFailure } from '../../../src/engine/model/session-failure.ts';
import type { Rig, Sight } from './rig.ts';
import type { HostTerminal, VirtualHost } from './virtual-host.ts';
import type { VirtualRepository } from './virtual-repository.ts';

/** The worlds that effects touch. */
export interface Worlds {
  readonly host: VirtualHost;
  readonly repository: VirtualRepository;
}

/**
 * What an effect came to: events to record, or `until_exit` where the world tells the rest by itself. No events at all: it came to nothing and is
 * asked for again.
 */
export type EffectOutcome = readonly RunEvent[] | 'until_exit';

/** Lets the world do what the effect asks for; every effect is harmless twice. */
export function act(rig: Rig, worlds: Worlds, state: RunState, effect: Effect): EffectOutcome {
  if (effect.kind === 'deliver_escalation') return deliverEscalation(rig, worlds, effect.escalation);
  const session = state.sessions.get(effect.session);
  if (!session) return [];
  switch (effect.kind) {
    case 'prepare_worktree':
      return prepareWorktree(rig, worlds, session, effect.fresh);
    case 'launch':
      return launch(worlds, session, effect);
    case 'kill':
      return kill(worlds, session, effect);
    case 'collect':
      return collect(rig, worlds, session);
    case 'prepare_merge':
      return prepareMerge(rig, worlds, session);
    case 'merge':
      return merge(rig, worlds, session, effect.tip);
    case 'deliver_answer':
      return deliverAnswer(rig, worlds, effect);
    default:
      return assertNever(effect);
  }
}

function deliverEscalation(
  rig: Rig,
  { repository }: Worlds,
  id: Extract<Effect, { kind: 'deliver_escalation' }>['escalation'],
): EffectOutcome {
  if (rig.random.chance(rig.scenario.faults.escalationUnwritable)) {
    rig.coverage.add('escalation_unwritable');
    return [];
  }
  repository.deliver(id);
  return [{ type: 'escalation_delivered', id, file: `.orchestra/escalations/${id}.json`, at: '2026-01-01T00:00:00Z' }];
}

function failed(rig: Rig, sight: Sight, session: SessionState, failure: SessionFailure): EffectOutcome {
  rig.coverage.add(sight);
  return [{ type: 'step_failed', session: session.id, failure }];
}

function prepareWorktree(rig: Rig, { repository }: Worlds, session: SessionState, fresh: boolean): EffectOutcome {
  if (rig.random.chance(rig.scenario.faults.worktreeFails)) {
    return failed(rig, 'worktree_failed', session, { reason: 'workspace', message: 'no space left on device' });
  }
  repository.prepareWorktree(session.id, fresh);
  const { id } = session.spec;
  const path = `.orchestra/worktrees/${id}`;
  return [{ type: 'worktree_ready', session: session.id, path, branch: `orchestra/${id}`, baseCommit: repository.tip }];
}

function launch({ host, repository }: Worlds, session: SessionState, effect: Extract<Effect, { kind: 'launch' }>) {
  const terminal = host.launch({
    id: effect.terminal,
    session: session.id,
    role: effect.role,
    agent: session.spec.agent,
    onWork: () => repository.work(session.id),
  });
  const started: RunEvent = {
    type: 'terminal_started',
    session: session.id,
    terminal: effect.terminal,
    role: effect.role,
    index: effect.index,
    command: 'work',
    pid: terminal.pid,
    startTime: terminal.startTime,
  };
  return terminal.exit?.reason === 'spawn_failed' ? [exitOf(terminal)] : [started];
}

/** The end of a terminal as its event. */
export function exitOf(terminal: HostTerminal): RunEvent {
  return {
    type: 'terminal_exited',
    session: terminal.session,
    terminal: terminal.id,
    exit: terminal.exit ?? { reason: 'host_lost', bytes: 0, redactions: 0, survivors: [] },
    ...(terminal.question === undefined ? {} : { question: terminal.question }),
  };
}

function kill({ host }: Worlds, session: SessionState, effect: Extract<Effect, { kind: 'kill' }>): EffectOutcome {
  const terminal = host.find(effect.terminal);
  if (terminal?.exit) return [exitOf(terminal)];
  if (terminal) {
    host.kill(terminal);
    return 'until_exit';
  }
  const exit = { reason: 'killed', bytes: 0, redactions: 0, survivors: [] } as const;
  return [{ type: 'terminal_exited', session: session.id, terminal: effect.terminal, exit }];
}

function collect(rig: Rig, { repository }: Worlds, session: SessionState): EffectOutcome {
  const { random, scenario } = rig;
  if (random.chance(scenario.faults.workRefused)) {
    return failed(rig, 'work_refused', session, { reason: 'work_refused', message: 'conflict markers are left' });
  }
  if (random.chance(scenario.faults.worktreeFails)) {
    return failed(rig, 'worktree_failed', session, { reason: 'workspace', message: 'index.lock exists' });
  }
  const { commit, changed } = repository.collect(session.id);
  return [{ type: 'work_collected', session: session.id, commit, changed, files: changed ? 1 : 0 }];
}

function prepareMerge(rig: Rig, { repository }: Worlds, session: SessionState): EffectOutcome {
  const { random, scenario } = rig;
  if (random.chance(scenario.faults.conflict)) {
    return failed(rig, 'conflict', session, { reason: 'conflict', files: ['src/a/x.ts'], details: 'both changed it' });
  }
  if (random.chance(scenario.faults.mergeFails)) {
    return failed(rig, 'merge_failed', session, { reason: 'workspace', message: 'git failed' });
  }
  const needsGate = random.chance(0.7);
  return [
    { type: 'merge_prepared', session: session.id, commit: session.commit ?? 'none', tip: repository.tip, needsGate },
  ];
}

/** A failure is told only where it is certain that nothing was merged: an answer of `workspace` for merged work would do it all again. */
function merge(rig: Rig, { repository }: Worlds, session: SessionState, tip: string): EffectOutcome {
  const { random, scenario, coverage } = rig;
  if (!repository.isMerged(session.id)) {
    if (random.chance(scenario.faults.mergeFails)) {
      return failed(rig, 'merge_failed', session, { reason: 'workspace', message: 'git failed' });
    }
    if (random.chance(scenario.faults.movedTip)) repository.moveTip();
  }
  const answer = repository.merge(session.id, tip);
  if (answer.kind === 'merged') return [{ type: 'merge_done', session: session.id, mergeCommit: answer.commit }];
  coverage.add('moved_tip');
  return [{ type: 'merge_moved', session: session.id }];
}

/** The terminal takes what is typed whether its program waits for it or not. */
function deliverAnswer(rig: Rig, { host }: Worlds, effect: Extract<Effect, { kind: 'deliver_answer' }>): EffectOutcome {
  const terminal = host.find(effect.terminal);
  if (!terminal || terminal.exit || terminal.control === 'person') return [];
  if (host.type(terminal)) rig.coverage.add('typed_answer');
  return [{ type: 'answer_delivered', session: effect.session, terminal: effect.terminal }];
}
