import type { RunEvent } from '../model/run-event.ts';
import type { SessionFailure } from '../model/session-failure.ts';
import type { ProgramStatus, TerminalExit } from '../model/terminal.ts';
import { afterGate, changeSession, closeWith, enterPhase } from './change-session.ts';
import { phaseTerminal, type PhaseTerminal } from './terminal-ids.ts';
import type { EscalationDraft, RunState, SessionState, TerminalRecord } from './run-state.ts';

type TerminalEvent = Extract<
  RunEvent,
  { type: 'terminal_started' | 'terminal_exited' | 'program_status' | 'control_changed' }
>;

/** Folds what happened to a terminal. Facts of a terminal that is not the session's present one are late: they are kept with it and move nothing. */
export function applyTerminalEvent(state: RunState, event: TerminalEvent): void {
  const session = state.sessions.get(event.session);
  if (!session || session.status !== undefined) return;
  switch (event.type) {
    case 'terminal_started':
      return applyStart(state, session, event);
    case 'terminal_exited':
      return applyExit(state, session, event);
    case 'program_status':
      return applyStatus(state, session, event.terminal, event.status);
    case 'control_changed':
      return void changeTerminal(state, session, event.terminal, { control: event.owner });
  }
}

function applyStart(
  state: RunState,
  session: SessionState,
  event: Extract<RunEvent, { type: 'terminal_started' }>,
): void {
  if (session.terminals.some((record) => record.id === event.terminal)) return;
  const record: TerminalRecord = {
    id: event.terminal,
    role: event.role,
    index: event.index,
    attempt: session.attempt,
    command: event.command,
    pid: event.pid,
    startTime: event.startTime,
    startedT: state.t,
    control: 'orchestrator',
  };
  const { phase } = session;
  const launched = 'launched' in phase && phaseTerminal(session)?.id === event.terminal;
  changeSession(state, session, {
    terminals: [...session.terminals, record],
    phase: launched ? { ...phase, launched: true } : phase,
  });
}

function changeTerminal(
  state: RunState,
  session: SessionState,
  id: string,
  change: Partial<TerminalRecord>,
): SessionState {
  return changeSession(state, session, {
    terminals: session.terminals.map((record) => (record.id === id ? { ...record, ...change } : record)),
  });
}

function applyExit(state: RunState, before: SessionState, event: Extract<RunEvent, { type: 'terminal_exited' }>): void {
  const { exit } = event;
  if (before.terminals.some((record) => record.id === event.terminal && record.exit)) return;
  const session = changeTerminal(state, before, event.terminal, { exit });
  if (exit.survivors.length > 0) state.unescalated.set(`${event.terminal}:kill`, survivorsDraft(session, event));
  const present = phaseTerminal(session);
  if (present?.id !== event.terminal) return;
  resolveQuestion(state, session);
  switch (present.role) {
    case 'agent':
      return afterAgent(state, state.sessions.get(session.id) ?? session, event);
    case 'setup':
      return afterSetup(state, session, present, exit);
    case 'gate':
      return succeeded(exit)
        ? afterGate(state, session.id, present.index)
        : judge(state, session, gateFailure(session, present, exit));
    case 'combined_gate':
      return afterCombinedGate(state, session, present, exit);
  }
}

function afterAgent(
  state: RunState,
  session: SessionState,
  event: Extract<RunEvent, { type: 'terminal_exited' }>,
): void {
  const { exit, question } = event;
  if (exit.reason === 'wall_clock') {
    closeWith(state, session.id, {
      status: 'timed_out',
      failure: { reason: 'timeout', scope: 'session', limitMs: session.spec.timeoutMs },
    });
    return enterPhase(state, session.id, { kind: 'closing' });
  }
  if (!succeeded(exit)) return judge(state, session, agentFailure(exit));
  if (question === undefined) return enterPhase(state, session.id, { kind: 'collecting' });
  ask(state, session, question);
  enterPhase(state, session.id, { kind: 'asking' });
}

function agentFailure(exit: TerminalExit): SessionFailure {
  if (exit.reason === 'spawn_failed') return { reason: 'spawn_failed', message: exit.message ?? 'no message' };
  if (exit.reason === 'host_lost') return { reason: 'agent_lost' };
  return { reason: 'agent_exit', ...exitNumbers(exit) };
}

function exitNumbers(exit: TerminalExit): { exitCode?: number; signal?: number } {
  return {
    ...(exit.exitCode === undefined ? {} : { exitCode: exit.exitCode }),
    ...(exit.signal ? { signal: exit.signal } : {}),
  };
}

function succeeded(exit: TerminalExit): boolean {
  return exit.reason === 'exited' && exit.exitCode === 0 && !exit.signal;
}

function judge(state: RunState, session: SessionState, failure: SessionFailure): void {
  enterPhase(state, session.id, { kind: 'judging', failure });
}

function afterSetup(state: RunState, session: SessionState, present: PhaseTerminal, exit: TerminalExit): void {
  if (!succeeded(exit)) {
    return judge(state, session, {
      reason: 'setup_failed',
      terminal: present.id,
      ...(exit.exitCode === undefined ? {} : { exitCode: exit.exitCode }),
    });
  }
  const more = present.index + 1 < state.settings.workspace.setup.length;
  enterPhase(
    state,
    session.id,
    more ? { kind: 'setup', index: present.index + 1, launched: false } : { kind: 'working', launched: false },
  );
}

function afterCombinedGate(state: RunState, session: SessionState, present: PhaseTerminal, exit: TerminalExit): void {
  const { phase } = session;
  if (phase.kind !== 'combined_gate') return;
  if (!succeeded(exit)) return judge(state, session, gateFailure(session, present, exit));
  const { commit, tip } = phase;
  const more = present.index + 1 < session.spec.gate.length;
  enterPhase(
    state,
    session.id,
    more
      ? { kind: 'combined_gate', index: present.index + 1, launched: false, commit, tip }
      : { kind: 'merging', commit, tip },
  );
}

function gateFailure(session: SessionState, present: PhaseTerminal, exit: TerminalExit): SessionFailure {
  if (exit.reason === 'host_lost') return { reason: 'agent_lost' };
  if (exit.reason === 'spawn_failed') return { reason: 'spawn_failed', message: exit.message ?? 'no message' };
  return {
    reason: 'gate_red',
    combined: present.role === 'combined_gate',
    command: session.spec.gate[present.index] ?? '',
    terminal: present.id,
    ...(exit.exitCode === undefined ? {} : { exitCode: exit.exitCode }),
    timedOut: exit.reason === 'wall_clock',
  };
}

function applyStatus(state: RunState, before: SessionState, terminal: string, status: ProgramStatus): void {
  const waited = before.terminals.find((record) => record.id === terminal)?.status?.state === 'blocked';
  const session = changeTerminal(state, before, terminal, { status: { ...status, t: state.t } });
  if (phaseTerminal(session)?.id !== terminal) return;
  if (status.state === 'blocked' && !waited) {
    const what = status.kind === 'permission' ? 'The agent waits for an approval' : 'The agent asks';
    ask(state, session, status.message ? `${what}: ${status.message}` : `${what}; attach to its terminal to see what.`);
  }
  if (status.state !== 'blocked' && waited) resolveQuestion(state, session);
}

function ask(state: RunState, session: SessionState, question: string): void {
  if (session.ending) return;
  const number = session.questions + 1;
  const key = `${session.id}:ask:${number}`;
  changeSession(state, session, { questions: number });
  state.unescalated.set(key, { key, session: session.id, level: 'Warning', kind: 'question', reason: question });
}

/** The one who asked goes on or is gone: an open question of it can no longer be answered. */
function resolveQuestion(state: RunState, session: SessionState): void {
  const present = state.sessions.get(session.id) ?? session;
  state.unescalated.delete(`${present.id}:ask:${present.questions}`);
  const id = present.openQuestion;
  if (id === undefined) return;
  const escalation = state.escalations.get(id);
  if (escalation) {
    const { undeliveredAnswer: _gone, ...rest } = escalation;
    state.escalations.set(id, { ...rest, open: false });
  }
  const { openQuestion: _closed, ...rest } = present;
  state.sessions.set(present.id, rest);
}

function survivorsDraft(session: SessionState, event: Extract<RunEvent, { type: 'terminal_exited' }>): EscalationDraft {
  return {
    key: `${event.terminal}:kill`,
    session: session.id,
    level: 'Error',
    kind: 'kill',
    reason: `Processes of ${event.terminal} could not be confirmed dead: pid ${event.exit.survivors.join(', ')}. End them by hand.`,
  };
}
