import type { Result } from '../../../base/result.ts';
import { fail, ok } from '../../../base/result.ts';
import { drivers } from '../../agents/drivers.ts';
import { nodeWorkspaceFiles } from '../../config/files/node-workspace-files.ts';
import type { WorkspaceFiles } from '../../config/files/workspace-files.ts';
import { loadWorkspace, type CachedSpec } from '../../config/load-workspace.ts';
import { selectSpecs } from '../../config/select-specs.ts';
import { checkGraph } from '../../graph/check-graph.ts';
import { createPlan } from '../../graph/plan.ts';
import type { EngineFailure, EnginePorts, PlanNote, PlanReport, WorkspaceReport } from '../../model/engine-api.ts';
import type { SpecId } from '../../model/ids.ts';
import type { Plan } from '../../model/plan.ts';

/** What reports are made from. */
export interface ReportParts {
  readonly root: string;
  readonly ports: EnginePorts;
  readonly cache: Map<string, CachedSpec>;
  /** Median durations of recorded runs, ms. */
  readonly history: (specs: readonly SpecId[]) => Promise<ReadonlyMap<SpecId, number>>;
  /** About the checkout and `base`, the ref that a run would start from. */
  readonly notes: (base: string | undefined) => Promise<readonly PlanNote[]>;
}

/** Reads and checks orchestra.toml and all specs. */
export function reportWorkspace({
  root,
  ports,
  cache,
}: Omit<ReportParts, 'history' | 'notes'>): Promise<WorkspaceReport> {
  return loadWorkspace({
    root,
    files: withOverlay(ports.readOverlay),
    checkGraph,
    cache,
    cpuCount: ports.cpuCount,
    drivers: [...drivers.values()].map(({ name, needsCommand }) => ({ name, needsCommand })),
  });
}

/** Plans the wanted specs and what they need. With errors among the problems the report has no plan; an unknown wanted spec is a failure. */
export async function reportPlan(
  parts: ReportParts,
  wanted: readonly string[] | undefined,
): Promise<Result<PlanReport, EngineFailure>> {
  const report = await reportWorkspace(parts);
  const notes = await parts.notes(report.config.orchestrator.base);
  const selection = selectSpecs(report.specs, wanted ?? []);
  const hasErrors = report.problems.some(({ severity }) => severity === 'error');
  if (!selection.ok) {
    if (hasErrors) return ok({ ...report, notes });
    const [first] = selection.failure.unknown;
    const hint = first?.suggestion ? ` Did you mean ${first.suggestion}?` : '';
    const spec = first?.id ?? '';
    return fail({ reason: 'unknown_spec', message: `There is no spec ${spec}.${hint}`, spec });
  }
  if (hasErrors) return ok({ ...report, notes });
  const { specs, selected } = selection.value;
  const { orchestrator } = report.config;
  const historyMs = await parts.history(specs.map(({ id }) => id));
  const estimates = { historyMs, defaultMs: orchestrator.defaultEstimateMs };
  const plan = createPlan(specs, selected, estimates, orchestrator.maxParallel);
  if (!plan.ok) return ok({ ...report, notes });
  return ok({ ...report, notes, plan: plan.value });
}

/** The plan, or the problems that stand against it. */
export function requirePlan(report: PlanReport): Result<Plan, EngineFailure> {
  if (report.plan) return ok(report.plan);
  const errors = report.problems.filter(({ severity }) => severity === 'error');
  const message = `${errors.length} ${errors.length === 1 ? 'problem has' : 'problems have'} to be mended first.`;
  return fail({ reason: 'problems', message, problems: report.problems });
}

function withOverlay(readOverlay: EnginePorts['readOverlay']): WorkspaceFiles {
  if (!readOverlay) return nodeWorkspaceFiles;
  return {
    ...nodeWorkspaceFiles,
    readFile(path) {
      const text = readOverlay(path);
      return text === undefined ? nodeWorkspaceFiles.readFile(path) : Promise.resolve(ok(Buffer.from(text)));
    },
  };
}
