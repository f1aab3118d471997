import { relative, sep } from 'node:path';
import type { OrchestraConfig } from '../../model/config.ts';
import type { StartOptions } from '../../model/engine-api.ts';
import type { Plan } from '../../model/plan.ts';
import type { RunSettings, RunSpec } from '../../model/run-event.ts';

/** What a run goes by from its start to its end, whatever happens to orchestra.toml meanwhile. */
export function runSettings(config: OrchestraConfig, options: StartOptions): RunSettings {
  const { orchestrator } = config;
  return {
    maxParallel: options.maxParallel ?? orchestrator.maxParallel,
    maxTerminals: orchestrator.maxTerminals,
    retry: orchestrator.retry,
    mode: options.mode ?? orchestrator.mode,
    killGraceMs: orchestrator.killGraceMs,
    gateTimeoutMs: config.gate.timeoutMs,
    hostIdleMs: config.terminal.hostIdleMs,
    agents: Object.fromEntries(config.agents),
    workspace: config.workspace,
    terminal: {
      columns: config.terminal.columns,
      rows: config.terminal.rows,
      scrollback: config.terminal.scrollback,
    },
    redaction: config.redaction,
  };
}

/** The plan's specs as the journal keeps them; their texts are stored beside it. */
export function runSpecs(plan: Plan, root: string): readonly RunSpec[] {
  return plan.specs.map(({ spec, selected, estimateMs, criticalMs }) => ({
    id: spec.id,
    title: spec.title,
    file: relative(root, spec.file).split(sep).join('/'),
    hash: spec.hash,
    dependsOn: spec.dependsOn,
    selected,
    strategy: spec.strategy,
    agent: spec.agent,
    gate: spec.gate,
    touches: spec.touches,
    timeoutMs: spec.timeoutMs,
    estimateMs,
    criticalMs,
    allowEmpty: spec.allowEmpty,
  }));
}
