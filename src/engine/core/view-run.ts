import type { AgentStatus, SessionStatus } from '../model/status.ts';
import type { EscalationView, RunView, SessionStep, SessionView, TerminalView } from '../model/run-view.ts';
import { progressAt, waitsForPerson } from './session-time.ts';
import type { EscalationState, RunState, SessionState, TerminalRecord } from './run-state.ts';

/** The state as fronts show it at run time `t`: plain data, a copy. */
export function viewRun(state: RunState, t: number): RunView {
  return {
    runId: state.runId,
    seq: state.seq,
    t,
    startedAt: state.startedAt,
    mode: state.settings.mode,
    maxParallel: state.settings.maxParallel,
    baseCommit: state.base.commit,
    ...(state.base.ref === undefined ? {} : { baseRef: state.base.ref }),
    integrationBranch: state.integrationBranch,
    stopping: state.stopping,
    ...(state.result === undefined ? {} : { result: state.result }),
    durationMs: state.result === undefined ? t : state.t,
    retriesUsed: state.retriesUsed,
    sessions: [...state.sessions.values()].map((session) => viewSession(state, session, t)),
    escalations: [...state.escalations.values()].map((escalation) => viewEscalation(state, escalation)),
  };
}

/** The status word of a session; derived, never stored. */
function sessionStatus(state: RunState, session: SessionState): SessionStatus {
  if (session.status !== undefined) return session.status;
  const step = sessionStep(state, session);
  if (step === 'approval' || step === 'asking') return 'blocked';
  return session.phase.kind === 'waiting' ? 'pending' : 'running';
}

function sessionStep(state: RunState, session: SessionState): SessionStep {
  const { phase } = session;
  const awaits = (what: string): boolean =>
    state.settings.mode === 'approve' &&
    state.escalationKeys.has(`${session.id}:approve:${session.spec.id}:${what}`) &&
    !state.approvals.has(`${session.spec.id}:${what}`);
  switch (phase.kind) {
    case 'waiting':
      if (awaits('start')) return 'approval';
      return session.attempt > 0 ? 'retry_delay' : 'waiting';
    case 'queued':
      return awaits('merge') ? 'approval' : 'merge_queue';
    case 'working':
      return waitsForPerson(session) ? 'asking' : 'working';
    case 'judging':
    case 'closing':
    case 'ended':
      return 'ended';
    default:
      return phase.kind;
  }
}

function viewSession(state: RunState, session: SessionState, t: number): SessionView {
  const { startedT } = session;
  return {
    id: session.id,
    spec: session.spec,
    status: sessionStatus(state, session),
    step: sessionStep(state, session),
    attempts: session.attempt,
    progress: progressAt(session, t),
    ...(startedT === undefined ? {} : { startedT, durationMs: (session.endedT ?? t) - startedT }),
    ...(session.branch === undefined ? {} : { branch: session.branch }),
    ...(session.worktree === undefined ? {} : { worktree: session.worktree }),
    ...(session.failure === undefined ? {} : { failure: session.failure }),
    ...(session.lastFailure === undefined ? {} : { lastFailure: session.lastFailure }),
    terminals: session.terminals.map(viewTerminal),
  };
}

function viewTerminal(record: TerminalRecord): TerminalView {
  return {
    id: record.id,
    role: record.role,
    command: record.command,
    attempt: record.attempt,
    pid: record.pid,
    status: agentStatus(record),
    evidence: evidenceOf(record),
    control: record.control,
    ...(record.exit === undefined ? {} : { exit: record.exit }),
  };
}

function agentStatus(record: TerminalRecord): AgentStatus {
  if (record.exit) return record.exit.reason === 'exited' && record.exit.exitCode === 0 ? 'reported' : 'exited';
  if (record.status?.state === 'blocked') return record.status.kind === 'question' ? 'waiting_input' : 'blocked';
  return 'working';
}

function evidenceOf(record: TerminalRecord): string {
  if (record.exit)
    return `process ${record.pid} ended: ${record.exit.reason}, exit code ${record.exit.exitCode ?? 'none'}`;
  if (record.status) return `the program's own status "${record.status.state}" at ${record.status.t} ms of the run`;
  return `process ${record.pid} lives, started at ${record.startedT} ms of the run; the program tells no status`;
}

function viewEscalation(state: RunState, escalation: EscalationState): EscalationView {
  const { session, step, file, at } = escalation;
  const spec = session === undefined ? undefined : state.sessions.get(session)?.spec.id;
  return {
    id: escalation.id,
    ...(session === undefined ? {} : { session }),
    ...(spec === undefined ? {} : { specId: spec }),
    level: escalation.level,
    kind: escalation.kind,
    reason: escalation.reason,
    ...(step === undefined ? {} : { step }),
    ...(file === undefined ? {} : { file }),
    ...(at === undefined ? {} : { at }),
    open: escalation.open,
  };
}
