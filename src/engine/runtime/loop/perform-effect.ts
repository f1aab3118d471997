import { assertNever } from '../../../base/assert-never.ts';
import type { Result } from '../../../base/result.ts';
import type { Effect, LaunchCommand } from '../../core/command.ts';
import type { SessionState } from '../../core/run-state.ts';
import type { EscalationId } from '../../model/ids.ts';
import type { RunEvent } from '../../model/run-event.ts';
import type { SessionFailure } from '../../model/session-failure.ts';
import { describeFailure } from '../../model/describe-failure.ts';
import { prepareLaunch, type LaunchParts, type PreparedLaunch } from '../launch/launch-terminal.ts';
import type { Durable, RunLoop } from './run-loop.ts';
import type { RunTerminals, RunWorkspace } from '../ports.ts';
import type { TerminalWatch } from './terminal-watch.ts';

/** How often a merge that fails is asked for before the run stops here. */
const mergeTries = 3;

/** Everything that effects act on. */
export interface EffectParts extends Omit<LaunchParts, 'worktreeEnvironment'> {
  readonly loop: RunLoop;
  readonly terminals: RunTerminals;
  readonly workspace: RunWorkspace;
  readonly watch: TerminalWatch;
  /** Hides secrets in a text that goes into the journal. */
  readonly redact: (text: string) => string;
  /** Waits a little before a command that the host refused is named again. */
  readonly pause: () => Promise<void>;
}

/**
 * Performs one command of the core through the ports and records what came of it. Performing one again is harmless. Steps inside a session's own worktree begin at once:
 * after a crash that took away the events before them they are named again and find what they did. All others wait for the disk.
 */
export async function performEffect(effect: Effect, parts: EffectParts, durable: Durable): Promise<void> {
  switch (effect.kind) {
    case 'launch':
      return launch(effect, parts, durable);
    case 'kill':
      return (await durable()) ? kill(effect, parts) : undefined;
    case 'deliver_answer':
      return (await durable()) ? deliverAnswer(effect, parts) : undefined;
    case 'deliver_escalation':
      return (await durable()) ? deliverEscalation(effect, parts) : undefined;
    case 'merge':
      return (await durable()) ? merge(effect, parts) : undefined;
    case 'prepare_worktree':
    case 'collect':
    case 'prepare_merge': {
      const session = parts.loop.state.sessions.get(effect.session);
      // A fresh cut puts an earlier attempt's work aside: not before it is certain that there is a next one.
      const isDestructive = effect.kind === 'prepare_worktree' && effect.fresh && (session?.attempt ?? 0) > 1;
      if (!session || (isDestructive && !(await durable()))) return;
      parts.loop.append(redactEvent(await workspaceStep(effect, session, parts), parts.redact));
      return;
    }
    default:
      return assertNever(effect);
  }
}

type MergeEffect = Extract<Effect, { kind: 'merge' }>;
type WorkspaceEffect = Extract<Effect, { kind: 'prepare_worktree' | 'collect' | 'prepare_merge' }>;

async function workspaceStep(effect: WorkspaceEffect, session: SessionState, parts: EffectParts): Promise<RunEvent> {
  const { spec, id } = session;
  const { workspace } = parts;
  const failed = (failure: SessionFailure): RunEvent => ({ type: 'step_failed', session: id, failure });
  switch (effect.kind) {
    case 'prepare_worktree': {
      const made = await workspace.prepare(spec.id, effect.fresh);
      return made.ok ? { type: 'worktree_ready', session: id, ...made.value } : failed(made.failure);
    }
    case 'collect': {
      const message = `${spec.id}: ${spec.title}`;
      const taken = await workspace.collect(spec.id, { message, allowEmpty: spec.allowEmpty });
      return taken.ok ? { type: 'work_collected', session: id, ...taken.value } : failed(taken.failure);
    }
    case 'prepare_merge': {
      const ready = await workspace.prepareMerge(spec.id, session.commit);
      return ready.ok ? { type: 'merge_prepared', session: id, ...ready.value } : failed(ready.failure);
    }
  }
}

/** A merge that fails is asked for again, for the session's work may be merged all the same; when it keeps failing, nobody can go on here. */
async function merge({ session: id, commit, tip }: MergeEffect, parts: EffectParts): Promise<void> {
  const { loop, workspace, redact } = parts;
  const session = loop.state.sessions.get(id);
  if (!session) return;
  const request = { spec: session.spec.id, session: id, title: session.spec.title, commit, tip };
  for (let left = mergeTries; ; left -= 1) {
    if (loop.isOver) return;
    const done = await workspace.merge(request);
    if (done.ok) {
      const { value } = done;
      if (value.kind === 'moved') loop.append({ type: 'merge_moved', session: id });
      else loop.append({ type: 'merge_done', session: id, mergeCommit: value.commit });
      return;
    }
    if (left <= 1) {
      const message = `${session.spec.id} could not be merged: ${redact(describeFailure(done.failure))}`;
      breakOff(message, parts);
      return;
    }
    await parts.pause();
  }
}

async function prepare(
  effect: LaunchCommand,
  session: SessionState,
  parts: EffectParts,
): Promise<Result<PreparedLaunch, SessionFailure>> {
  const { state } = parts.loop;
  const isFresh = session.cause !== 'rework' && session.cause !== 'answer';
  if (effect.role === 'agent' && isFresh && state.settings.workspace.setup.length > 0) {
    const marked = await parts.workspace.markPrepared(session.spec.id);
    if (!marked.ok) return marked;
  }
  const launchParts = { ...parts, worktreeEnvironment: parts.workspace.environment };
  return prepareLaunch({ state, session, command: effect }, launchParts);
}

/** The run cannot go on in this process: the person gets a critical escalation, and everything stays as it is for a resume. */
function breakOff(message: string, { loop }: EffectParts): void {
  const escalation = `esc-${loop.state.escalations.size + 1}` as EscalationId;
  const key = `${loop.state.runId}:run:${escalation}`;
  loop.onEscalation((id) => {
    if (id === escalation) loop.finish({ kind: 'broken', failure: { reason: 'workspace', message } });
  });
  loop.append({ type: 'escalated', id: escalation, key, level: 'Critical', kind: 'run', reason: message });
}

async function launch(effect: LaunchCommand, parts: EffectParts, durable: Durable): Promise<void> {
  const { loop, terminals, watch } = parts;
  const session = loop.state.sessions.get(effect.session);
  if (!session) return;
  const prepared = await prepare(effect, session, parts);
  if (!prepared.ok) {
    loop.append({ type: 'step_failed', session: session.id, failure: prepared.failure });
    return;
  }
  if (!(await durable())) return;
  const spawned = await terminals.spawn(prepared.value.launch);
  const command = parts.redact(prepared.value.command);
  const place = { session: session.id, terminal: effect.terminal, role: effect.role, index: effect.index };
  if (!spawned.ok) {
    // Not the agent's doing: the launch is named again and goes to the next host.
    if (spawned.failure.reason === 'connection_lost') {
      await parts.pause();
      return watch.endUnrecorded(loop.state.sessions.get(session.id) ?? session);
    }
    loop.append({
      type: 'step_failed',
      session: session.id,
      failure: { reason: 'workspace', message: parts.redact(spawned.failure.message) },
    });
    return;
  }
  const { pid, startTime, exit } = spawned.value;
  loop.append({ type: 'terminal_started', ...place, command, pid, startTime });
  await watch.started(effect.terminal, exit);
}

async function kill(effect: Extract<Effect, { kind: 'kill' }>, parts: EffectParts): Promise<void> {
  const { loop, terminals, watch } = parts;
  await loop.underWay(`${effect.terminal}:launch`);
  const present = loop.state.sessions.get(effect.session);
  const record = present?.terminals.find(({ id }) => id === effect.terminal);
  if (record?.exit) return;
  const killed = record ? await terminals.kill(effect.terminal) : undefined;
  if (killed && !killed.ok) return parts.pause();
  const exit = killed?.value ?? { reason: 'killed', bytes: 0, redactions: 0, survivors: [] };
  await watch.exited(effect.session, effect.terminal, exit);
}

async function deliverAnswer(effect: Extract<Effect, { kind: 'deliver_answer' }>, parts: EffectParts): Promise<void> {
  const { loop, terminals } = parts;
  // Line breaks would send an unfinished answer; a question's answer is one line.
  const line = effect.text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
  const written = await terminals.write(effect.terminal, `${line}\r`, 'orchestrator');
  if (!written.ok) return parts.pause();
  loop.append({ type: 'answer_delivered', session: effect.session, terminal: effect.terminal });
}

async function deliverEscalation(
  effect: Extract<Effect, { kind: 'deliver_escalation' }>,
  parts: EffectParts,
): Promise<void> {
  const { loop, records } = parts;
  const escalation = loop.state.escalations.get(effect.escalation);
  if (!escalation) return;
  const session = escalation.session === undefined ? undefined : loop.state.sessions.get(escalation.session);
  const timestamp = escalation.at ?? '';
  const written = await records.writeEscalation({
    session: session?.id ?? loop.state.runId,
    spec: session?.spec.id ?? 'RUN',
    level: escalation.level,
    reason: parts.redact(escalation.reason),
    timestamp,
  });
  if (!written.ok) {
    loop.finish({ kind: 'broken', failure: { reason: 'store', message: written.failure.message } });
    return;
  }
  loop.append({ type: 'escalation_delivered', id: escalation.id, file: written.value, at: timestamp });
  if (await loop.settled()) loop.announce(escalation.id);
}

/** Texts of git and of programs may hold what must not be kept. */
function redactEvent(event: RunEvent, redact: (text: string) => string): RunEvent {
  if (event.type !== 'step_failed') return event;
  const { failure } = event;
  const details = 'details' in failure ? { details: redact(failure.details) } : {};
  if ('message' in failure) return { ...event, failure: { ...failure, ...details, message: redact(failure.message) } };
  return failure.reason === 'conflict' ? { ...event, failure: { ...failure, ...details } } : event;
}
