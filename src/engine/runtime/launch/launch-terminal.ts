import type { AgentDriver, AgentLaunch } from '../../agents/agent-driver.ts';
import type { LaunchCommand } from '../../core/command.ts';
import type { RunState, SessionState } from '../../core/run-state.ts';
import { spentMs } from '../../core/session-time.ts';
import { plainText } from '../../../base/plain-text.ts';
import { fail, ok, type Result } from '../../../base/result.ts';
import type { SessionFailure } from '../../model/session-failure.ts';
import type { TerminalLaunch } from '../../model/terminal.ts';
import { agentEnvironment } from './agent-environment.ts';
import type { RunRecords } from '../ports.ts';
import { buildPrompt } from './prompt.ts';

/** The orchestrator's own deadline comes first; the host's only acts when nobody is there. */
const hostMarginMs = 2_000;

/** What a launch needs besides the state. */
export interface LaunchParts {
  readonly records: RunRecords;
  readonly drivers: ReadonlyMap<string, AgentDriver>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly execPath: string;
  readonly distFolder: string;
  readonly platform: NodeJS.Platform;
  readonly worktreeEnvironment: Readonly<Record<string, string>>;
}

/** A terminal to start and the words for it, for people and evidence. */
export interface PreparedLaunch {
  readonly launch: TerminalLaunch;
  readonly command: string;
}

interface LaunchTarget {
  readonly state: RunState;
  readonly session: SessionState;
  readonly command: LaunchCommand;
}

/** Prepares the terminal of a launch command; for an agent also writes its prompt. Fails when the session's agent or driver is unknown. */
export async function prepareLaunch(
  target: LaunchTarget,
  parts: LaunchParts,
): Promise<Result<PreparedLaunch, SessionFailure>> {
  const { state, session, command } = target;
  const { env, secrets } = agentEnvironment(state.settings, session, parts.environment);
  const program = command.role === 'agent' ? await agentProgram(target, parts) : shellProgram(target, parts);
  if (!program.ok) return program;
  const { launch, words } = program.value;
  return ok({
    command: words,
    launch: {
      id: command.terminal,
      file: launch.file,
      args: launch.args,
      cwd: session.worktree ?? '',
      env: { ...env, ...parts.worktreeEnvironment, ...identity(target, parts), ...launch.env },
      ...state.settings.terminal,
      transcriptFile: parts.records.transcriptFile(command.terminal),
      exitFile: parts.records.exitFile(command.terminal),
      maxWallMs: wallLimitMs(target),
      killGraceMs: state.settings.killGraceMs,
      secrets,
      patterns: state.settings.redaction.patterns,
    },
  });
}

function wallLimitMs({ state, session, command }: LaunchTarget): number {
  if (command.role === 'gate' || command.role === 'combined_gate') return state.settings.gateTimeoutMs;
  return Math.max(0, session.spec.timeoutMs - spentMs(session, state.t)) + hostMarginMs;
}

function identity({ state, session, command }: LaunchTarget, { records }: LaunchParts): Record<string, string> {
  return {
    ORCHESTRA_RUN_ID: state.runId,
    ORCHESTRA_SESSION_ID: session.id,
    ORCHESTRA_SPEC_ID: session.spec.id,
    ORCHESTRA_AGENT_ID: command.terminal,
    ORCHESTRA_ROLE: command.role === 'agent' ? 'coder' : command.role,
    ORCHESTRA_ATTEMPT: String(session.attempt),
    ORCHESTRA_PROMPT_FILE: records.promptFile(agentTerminal(session)),
    ORCHESTRA_SPEC_FILE: records.specFile(session.spec.id),
    ORCHESTRA_QUESTION_FILE: records.questionFile(agentTerminal(session)),
  };
}

function agentTerminal(session: SessionState): LaunchCommand['terminal'] {
  return `${session.spec.id}.a${session.attempt}` as LaunchCommand['terminal'];
}

interface Program {
  readonly launch: AgentLaunch;
  readonly words: string;
}

async function agentProgram(target: LaunchTarget, parts: LaunchParts): Promise<Result<Program, SessionFailure>> {
  const { state, session, command } = target;
  const agent = state.settings.agents[session.spec.agent];
  const driver = agent && parts.drivers.get(agent.driver);
  if (!agent || !driver) {
    return fail({
      reason: 'spawn_failed',
      message: `There is no agent named ${session.spec.agent} with a driver of this version.`,
    });
  }
  const { records } = parts;
  const specFile = records.specFile(session.spec.id);
  const failedLog = await readFailedLog(session, records);
  const prompt = buildPrompt(session, {
    body: specBody((await records.readText(specFile)) ?? ''),
    questionFile: records.questionFile(command.terminal),
    ...(failedLog === undefined ? {} : { failedLog }),
  });
  records.writePrompt(command.terminal, prompt);
  const promptFile = records.promptFile(command.terminal);
  const { execPath, distFolder } = parts;
  return ok({
    launch: driver.launch({ agent, prompt, promptFile, specFile, execPath, distFolder }),
    words: driver.describe(agent),
  });
}

async function readFailedLog(session: SessionState, records: RunRecords): Promise<string | undefined> {
  const failure = session.lastFailure;
  if (failure?.reason !== 'gate_red' && failure?.reason !== 'setup_failed') return undefined;
  const log = await records.readText(records.transcriptFile(failure.terminal as LaunchCommand['terminal']));
  return log === undefined ? undefined : plainText(log);
}

/** The front matter is for the orchestrator, not for the agent. */
function specBody(text: string): string {
  return text.replace(/^\uFEFF?\+\+\+[ \t]*\r?\n(?:[^]*?\r?\n)?\+\+\+[ \t]*(?:\r?\n|$)/, '');
}

function shellProgram({ state, session, command }: LaunchTarget, parts: LaunchParts): Result<Program, SessionFailure> {
  const list = command.role === 'setup' ? state.settings.workspace.setup : session.spec.gate;
  const words = list[command.index] ?? '';
  // A gate is nobody's conversation: no colours to be read back, no prompt that waits for an answer.
  const env = { CI: 'true', TERM: 'dumb', NO_COLOR: '1' };
  const launch: AgentLaunch =
    parts.platform === 'win32'
      ? { file: 'cmd.exe', args: ['/d', '/s', '/c', `${words} < NUL`], env }
      : { file: '/bin/sh', args: ['-c', `exec </dev/null\n${words}`], env };
  return ok({ launch, words });
}
