import type { EscalationId, RunId, SessionId, SpecId, TerminalId } from '../../src/engine/model/ids.ts';
import type { EscalationView, RunView, SessionView, TerminalView } from '../../src/engine/model/run-view.ts';

/** The run of every view here. */
export const runId = '11111111-2222-3333-4444-555555555555' as RunId;

/** A session of a spec named `id`: pending, without terminals, as far as `changes` say nothing else. */
export function sessionView(
  id: string,
  dependsOn: readonly string[] = [],
  changes: Partial<Omit<SessionView, 'spec'>> & { readonly criticalMs?: number } = {},
): SessionView {
  const { criticalMs = 1000, ...rest } = changes;
  return {
    id: `${runId}/${id}` as SessionId,
    spec: {
      id: id as SpecId,
      title: `Title ${id}`,
      file: `specs/${id}.md`,
      hash: '',
      dependsOn: dependsOn as readonly SpecId[],
      selected: true,
      strategy: 'solo',
      agent: 'scripted',
      gate: ['npm test'],
      touches: [],
      timeoutMs: 60_000,
      estimateMs: 1000,
      criticalMs,
      allowEmpty: false,
    },
    status: 'pending',
    step: 'waiting',
    attempts: 0,
    progress: 0,
    terminals: [],
    ...rest,
  };
}

/** A live agent's terminal. */
export function terminalView(id: string, changes: Partial<TerminalView> = {}): TerminalView {
  return {
    id: id as TerminalId,
    role: 'agent',
    command: 'agent --now',
    attempt: 1,
    pid: 77,
    status: 'working',
    evidence: 'process 77 lives',
    control: 'orchestrator',
    ...changes,
  };
}

/** An open escalation of a spec's session that has been written to its file. */
export function escalationView(
  id: string,
  spec: string,
  kind: EscalationView['kind'],
  changes: Partial<EscalationView> = {},
): EscalationView {
  return {
    id: id as EscalationId,
    session: `${runId}/${spec}` as SessionId,
    specId: spec as SpecId,
    level: 'Warning',
    kind,
    reason: `reason of ${id}`,
    file: `.orchestra/escalations/${spec}.json`,
    at: '2026-01-01T00:00:00Z',
    open: true,
    ...changes,
  };
}

/** A run that goes on. */
export function runView(sessions: readonly SessionView[], changes: Partial<RunView> = {}): RunView {
  return {
    runId,
    seq: 1,
    t: 5000,
    startedAt: '2026-01-01T00:00:00Z',
    mode: 'auto',
    maxParallel: 4,
    baseCommit: 'abc',
    baseRef: 'main',
    integrationBranch: 'orchestra/1/_integration',
    stopping: false,
    durationMs: 5000,
    retriesUsed: 0,
    sessions,
    escalations: [],
    ...changes,
  };
}
