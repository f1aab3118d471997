import type { AgentConfig, OrchestraConfig } from '../../model/config.ts';
import type { Problem, SourcePlace } from '../../model/problem.ts';
import { defaults, maxParallelLimit } from '../defaults.ts';
import { durationMs } from '../duration.ts';
import { checkToml } from '../toml/check-toml.ts';
import { readToml, type PlaceOf } from '../toml/read-toml.ts';
import { SourceText } from '../toml/source-text.ts';
import { checkConfigValues } from './check-config-values.ts';
import { orchestraSchema, unavailableKeys, type OrchestraToml } from './orchestra-schema.ts';
import { resolveAgents, type KnownDriver } from './resolve-agents.ts';

/** What the configuration depends on besides its text. */
export interface ConfigSurroundings {
  /** Processors of the machine: the default of `max_parallel`. */
  readonly cpuCount: number;
  /** Drivers that this version has. */
  readonly drivers: readonly KnownDriver[];
}

/** orchestra.toml with every default filled in; what was wrong is left at its default. */
export interface ParsedConfig {
  readonly config: OrchestraConfig;
  readonly problems: readonly Problem[];
  /** False when the text is no TOML at all, so that nothing is known of what its author wanted. */
  readonly isReadable: boolean;
  /** Where `specs` stands, or the beginning of the file. */
  readonly specsPlace: SourcePlace;
}

/** Checks the text of orchestra.toml; the empty text is a valid file. `file` is its absolute path. */
export function parseOrchestraToml(text: string, file: string, surroundings: ConfigSurroundings): ParsedConfig {
  const source = new SourceText(file, text.replace(/^\u{feff}/u, ''));
  const read = readToml(source, 0, source.text.length);
  if (!read.ok) {
    const { config } = resolve({}, () => source.place(0, 0), surroundings);
    return { config, problems: [read.failure], isReadable: false, specsPlace: source.place(0, 0) };
  }
  const document = read.value;
  const { value, problems } = checkToml(orchestraSchema, document, unavailableKeys);
  const placeOf: PlaceOf = (path, part = 'value') =>
    part === 'key' ? document.keyPlace(path) : document.valuePlace(path);
  const resolved = resolve(value, placeOf, surroundings);
  return {
    config: resolved.config,
    problems: [...problems, ...checkConfigValues(value, placeOf), ...resolved.problems],
    isReadable: true,
    specsPlace:
      value.orchestrator?.specs === undefined ? source.place(0, 0) : document.keyPlace(['orchestrator', 'specs']),
  };
}

function resolve(
  raw: OrchestraToml,
  placeOf: PlaceOf,
  surroundings: ConfigSurroundings,
): { config: OrchestraConfig; problems: readonly Problem[] } {
  const agents = resolveAgents(raw, placeOf, surroundings.drivers);
  const config: OrchestraConfig = {
    orchestrator: resolveOrchestrator(raw.orchestrator ?? {}, surroundings.cpuCount, agents.defaultAgent),
    gate: {
      commands: raw.gate?.commands ?? defaults.gate.commands,
      timeoutMs: durationMs(raw.gate?.timeout ?? defaults.gate.timeout),
    },
    agents: agents.agents,
    workspace: {
      copy: raw.workspace?.copy ?? [],
      link: raw.workspace?.link ?? [],
      setup: raw.workspace?.setup ?? [],
    },
    terminal: {
      columns: raw.terminal?.columns ?? defaults.terminal.columns,
      rows: raw.terminal?.rows ?? defaults.terminal.rows,
      scrollback: raw.terminal?.scrollback ?? defaults.terminal.scrollback,
      hostIdleMs: durationMs(raw.terminal?.host_idle ?? defaults.terminal.hostIdle),
    },
    redaction: { patterns: raw.redaction?.patterns ?? [], env: raw.redaction?.env ?? [] },
  };
  return { config, problems: agents.problems };
}

function resolveOrchestrator(
  raw: NonNullable<OrchestraToml['orchestrator']>,
  cpuCount: number,
  agent: AgentConfig['name'],
): OrchestraConfig['orchestrator'] {
  const standard = defaults.orchestrator;
  return {
    specs: raw.specs ?? standard.specs,
    maxParallel: raw.max_parallel ?? Math.min(Math.max(1, cpuCount), maxParallelLimit),
    maxTerminals: raw.max_terminals ?? standard.maxTerminals,
    monitorIntervalMs: durationMs(raw.monitor_interval ?? standard.monitorInterval),
    sessionTimeoutMs: durationMs(raw.session_timeout ?? standard.sessionTimeout),
    defaultEstimateMs: durationMs(raw.estimate ?? standard.estimate),
    retry: {
      attempts: raw.retry?.attempts ?? standard.retry.attempts,
      delayMs: durationMs(raw.retry?.delay ?? standard.retry.delay),
      runBudget: raw.retry?.run_budget ?? standard.retry.runBudget,
      mergeRework: raw.retry?.merge_rework ?? standard.retry.mergeRework,
    },
    mode: raw.mode ?? standard.mode,
    ...(raw.base === undefined ? {} : { base: raw.base }),
    strategy: standard.strategy,
    agent,
    killGraceMs: durationMs(raw.kill_grace ?? standard.killGrace),
  };
}
