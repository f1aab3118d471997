import type { RunSettings } from '../../model/run-event.ts';
import type { SessionState } from '../../core/run-state.ts';

/** What every program needs to be at home on this machine; nothing else of the orchestrator's environment is inherited. */
const inheritedNames = new Set(
  (
    'PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR TMP TEMP XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME ' +
    'XDG_STATE_HOME SystemRoot SystemDrive ComSpec PATHEXT USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA ' +
    'ProgramFiles ProgramData windir'
  ).split(' '),
);

/** Shorter values are too common to be hidden without spoiling the text around them. */
const shortestSecret = 6;

/** The environment of one terminal and the values in it that must appear nowhere. */
export interface AgentEnvironment {
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** Builds the environment of a session's programs: the machine's basics, the variables that the agent's table names, and who it is. */
export function agentEnvironment(
  settings: RunSettings,
  session: SessionState,
  environment: Readonly<Record<string, string | undefined>>,
): AgentEnvironment {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && (inheritedNames.has(name) || name.startsWith('LC_'))) env[name] = value;
  }
  const named = settings.agents[session.spec.agent]?.env ?? [];
  for (const name of named) {
    const value = environment[name];
    if (value !== undefined) env[name] = value;
  }
  return {
    env: { ...env, TERM: 'xterm-256color' },
    secrets: secretValues([...named, ...settings.redaction.env], environment),
  };
}

/** Values of the named variables that are long enough to be hidden. */
export function secretValues(
  names: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const values = names.map((name) => environment[name]).filter((value) => value !== undefined);
  return [...new Set(values.filter((value) => value.length >= shortestSecret))];
}
