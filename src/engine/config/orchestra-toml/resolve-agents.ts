import type { AgentConfig } from '../../model/config.ts';
import { createProblem } from '../../model/create-problem.ts';
import type { Problem } from '../../model/problem.ts';
import { closest } from '../../../base/closest.ts';
import { defaults } from '../defaults.ts';
import { isName } from '../spec-id.ts';
import type { PlaceOf } from '../toml/read-toml.ts';
import type { OrchestraToml } from './orchestra-schema.ts';

/** A driver of this version and what it asks of an `[agents.NAME]`. */
export interface KnownDriver {
  readonly name: string;
  /** Whether `command` must be given. */
  readonly needsCommand: boolean;
}

type RawAgent = NonNullable<OrchestraToml['agents']>[string];

/** All agents by name, the built-in one among them, and the one for specs that name none. */
export function resolveAgents(
  raw: OrchestraToml,
  placeOf: PlaceOf,
  drivers: readonly KnownDriver[],
): { agents: ReadonlyMap<string, AgentConfig>; defaultAgent: string; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const builtIn = defaults.orchestrator.agent;
  const agents = new Map<string, AgentConfig>([[builtIn, makeAgent(builtIn, { driver: builtIn })]]);
  const configured = Object.entries(raw.agents ?? {});
  for (const [name, agent] of configured) {
    agents.set(name, makeAgent(name, agent));
    if (!isName(name)) {
      problems.push(createProblem('invalid-agent-name', placeOf(['agents', name], 'key'), { value: name }));
    }
    problems.push(...driverProblems(name, agent, placeOf, drivers));
  }
  const names = configured.map(([name]) => name);
  const wanted = raw.orchestrator?.agent;
  const defaultAgent = wanted ?? (names.length === 1 ? (names[0] ?? builtIn) : builtIn);
  if (wanted !== undefined && !agents.has(wanted)) {
    const known = [...agents.keys()];
    const parameters = { agent: wanted, suggestion: closest(wanted, known), known: known.join(', ') };
    problems.push(createProblem('unknown-agent', placeOf(['orchestrator', 'agent']), parameters));
    return { agents, defaultAgent: builtIn, problems };
  }
  if (wanted === undefined && names.length > 1) {
    const second = placeOf(['agents', names[1] ?? ''], 'key');
    problems.push(createProblem('ambiguous-agent', second, { known: names.join(', ') }));
  }
  return { agents, defaultAgent, problems };
}

function makeAgent(name: string, raw: RawAgent): AgentConfig {
  return {
    name,
    driver: raw.driver ?? defaults.driver,
    command: raw.command ?? [],
    args: raw.args ?? [],
    ...(raw.model === undefined ? {} : { model: raw.model }),
    env: raw.env ?? [],
    ...(raw.max_terminals === undefined ? {} : { maxTerminals: raw.max_terminals }),
  };
}

function driverProblems(
  name: string,
  raw: RawAgent,
  placeOf: PlaceOf,
  drivers: readonly KnownDriver[],
): readonly Problem[] {
  const wanted = raw.driver ?? defaults.driver;
  const driver = drivers.find((candidate) => candidate.name === wanted);
  if (driver === undefined) {
    const known = drivers.map((candidate) => candidate.name).join(', ');
    const place = placeOf(['agents', name, 'driver']);
    return [createProblem('unknown-driver', place, { agent: name, value: wanted, known })];
  }
  if (!driver.needsCommand || (raw.command?.length ?? 0) > 0) return [];
  const place = raw.command === undefined ? placeOf(['agents', name], 'key') : placeOf(['agents', name, 'command']);
  return [createProblem('missing-command', place, { agent: name, driver: wanted })];
}
