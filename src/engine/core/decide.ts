import type { RunEvent } from '../model/run-event.ts';
import type { RunResult } from '../model/status.ts';
import { assertNever } from '../../base/assert-never.ts';
import type { Command } from './command.ts';
import { isReleased, nextEscalationId } from './release.ts';
import { nextAfterFailure } from './retry-policy.ts';
import { scheduleStarts } from './schedule.ts';
import { clockRuns, liveAgent, spentMs } from './session-time.ts';
import { phaseTerminal } from './terminal-ids.ts';
import type { RunState, SessionState } from './run-state.ts';

/**
 * Looks at the whole state at run time `t` and names every command that is missing. Level-triggered: it does not matter which event came last, nor whether one was
 * lost with a crash. Ask again after each recorded event; a finished run has no commands.
 */
export function decide(state: RunState, t: number): Command[] {
  if (state.result !== undefined) return [];
  const commands: Command[] = [];
  for (const id of state.active) {
    const session = state.sessions.get(id);
    if (session) decideSession(state, session, t, commands);
  }
  for (const [id, needed] of state.doomed) {
    record(commands, `${id}:skip`, {
      type: 'session_ended',
      session: id,
      status: 'skipped',
      failure: { reason: 'dependency', specId: needed },
    });
  }
  decideMerge(state, commands);
  decideEscalations(state, commands);
  if (!state.stopping) scheduleStarts(state, t, commands);
  decideFinish(state, commands);
  return commands;
}

function record(commands: Command[], id: string, event: RunEvent): void {
  commands.push({ kind: 'record', id, event });
}

function decideSession(state: RunState, session: SessionState, t: number, commands: Command[]): void {
  const { phase, id } = session;
  const step = `${id}#${session.attempt}`;
  if (!session.ending && clockRuns(session) && spentMs(session, t) >= session.spec.timeoutMs) {
    return record(commands, `${step}:deadline`, {
      type: 'deadline_passed',
      session: id,
      limitMs: session.spec.timeoutMs,
    });
  }
  switch (phase.kind) {
    case 'preparing': {
      const fresh = session.cause === 'first' || session.cause === 'retry' || session.cause === 'requested';
      return void commands.push({ kind: 'prepare_worktree', id: `${step}:prepare`, session: id, fresh });
    }
    case 'setup':
    case 'working':
    case 'gating':
    case 'combined_gate':
      return decideTerminal(state, session, commands);
    case 'collecting':
      return void commands.push({ kind: 'collect', id: `${step}:collect`, session: id });
    case 'rebasing':
      return void commands.push({
        kind: 'prepare_merge',
        id: `${step}:rebase.${session.mergeRound}`,
        session: id,
      });
    case 'merging':
      return void commands.push({
        kind: 'merge',
        id: `${step}:merge.${session.mergeRound}`,
        session: id,
        commit: phase.commit,
        tip: phase.tip,
      });
    case 'judging':
      // One in each answer: every retry takes from the run's budget, which the next one has to see.
      if (commands.some((command) => command.kind === 'record' && command.event.type === 'attempt_ended')) return;
      return record(commands, `${step}:judge`, {
        type: 'attempt_ended',
        session: id,
        failure: phase.failure,
        ...nextAfterFailure(state, session, phase.failure, t),
      });
    case 'closing':
      return decideClosing(session, commands);
    case 'asking':
    case 'queued':
    case 'waiting':
    case 'ended':
      return;
    default:
      return assertNever(phase);
  }
}

function decideTerminal(state: RunState, session: SessionState, commands: Command[]): void {
  const terminal = phaseTerminal(session);
  if (!terminal) return;
  if (session.ending) {
    commands.push({ kind: 'kill', id: `${terminal.id}:kill`, session: session.id, terminal: terminal.id });
    return;
  }
  if (!terminal.launched) {
    commands.push({
      kind: 'launch',
      id: `${terminal.id}:launch`,
      session: session.id,
      terminal: terminal.id,
      role: terminal.role,
      index: terminal.index,
    });
    return;
  }
  const agent = liveAgent(session);
  const question = session.openQuestion === undefined ? undefined : state.escalations.get(session.openQuestion);
  if (!agent || question?.undeliveredAnswer === undefined || agent.control === 'person') return;
  if (agent.status?.state !== 'blocked' || agent.status.kind !== 'question') return;
  commands.push({
    kind: 'deliver_answer',
    id: `${question.id}:answer`,
    session: session.id,
    terminal: terminal.id,
    text: question.undeliveredAnswer,
  });
}

function decideClosing(session: SessionState, commands: Command[]): void {
  if (session.mergeCommit !== undefined) {
    return record(commands, `${session.id}:end`, { type: 'session_ended', session: session.id, status: 'completed' });
  }
  if (!session.ending) return;
  record(commands, `${session.id}:end`, { type: 'session_ended', session: session.id, ...session.ending });
}

/** One merge at a time, in the order of asking; in approve mode the first released one, so that nobody waits for another's release. */
function decideMerge(state: RunState, commands: Command[]): void {
  if (state.merging !== undefined) return;
  for (const id of state.mergeQueue) {
    const session = state.sessions.get(id);
    if (!session || !isReleased(state, session, 'merge', commands)) continue;
    return record(commands, `${id}#${session.attempt}:merge`, { type: 'merge_started', session: id });
  }
}

function decideEscalations(state: RunState, commands: Command[]): void {
  for (const draft of state.unescalated.values()) {
    record(commands, draft.key, { type: 'escalated', id: nextEscalationId(state, commands), ...draft });
  }
  for (const escalation of state.undelivered) {
    commands.push({ kind: 'deliver_escalation', id: `${escalation}:deliver`, escalation });
  }
}

function decideFinish(state: RunState, commands: Command[]): void {
  if (state.endedCount < state.sessions.size || state.unescalated.size > 0 || state.undelivered.size > 0) return;
  record(commands, 'finish', { type: 'run_finished', result: resultOf(state) });
}

function resultOf(state: RunState): RunResult {
  const counts = { completed: 0, cancelled: 0 };
  for (const session of state.sessions.values()) {
    if (session.status === 'completed') counts.completed += 1;
    if (session.status === 'cancelled') counts.cancelled += 1;
  }
  if (counts.completed === state.sessions.size) return 'completed';
  if (state.stopping) return 'cancelled';
  return counts.completed > 0 ? 'partial_failure' : 'failed';
}
