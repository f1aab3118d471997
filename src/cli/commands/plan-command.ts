import type { PlanReport } from '../../engine/model/engine-api.ts';
import { reportFailure, type CommandContext } from '../command-context.ts';
import { exitCode } from '../exit-code.ts';
import { formatProblemLines, relativePath } from '../output/format-problem-lines.ts';
import { formatProblem } from '../../engine/model/text/format-problem.ts';
import { formatPlan } from './format-plan.ts';

/** `orchestra plan`: what a run would do. Starts and writes nothing; exit code 2 when files have errors. */
export async function planCommand(context: CommandContext): Promise<number> {
  const { engine, options, output, texts, locale, paint } = context;
  const report = await engine.plan(options.specs);
  if (!report.ok) return reportFailure(report.failure, context);
  const { problems, plan, notes } = report.value;
  const hasErrors = problems.some(({ severity }) => severity === 'error');
  const code = hasErrors ? exitCode.usage : exitCode.success;
  if (options.json) {
    output.line(JSON.stringify(planJson(report.value, context)));
    return code;
  }
  if (plan) {
    const limited = options.maxParallel === undefined ? plan : { ...plan, maxParallel: options.maxParallel };
    for (const line of formatPlan(limited, texts)) output.line(line);
  }
  for (const problem of problems) {
    for (const [index, line] of formatProblemLines(problem, engine.root, locale).entries()) {
      output.error(index > 0 ? line : problem.severity === 'error' ? paint.bad(line) : paint.warn(line));
    }
  }
  for (const { code: note, message, files } of notes) {
    output.error(texts.plan.note(texts.note[note](note === 'dirty_checkout' ? shorten(files) : message)));
  }
  if (!plan) output.error(texts.plan.none);
  return code;
}

const mostFiles = 5;

function shorten(files: readonly string[]): string {
  return files.slice(0, mostFiles).join(', ') + (files.length > mostFiles ? ', …' : '');
}

/** The object of `plan --json` (DESIGN 7). Without a plan the specs are those that could be read, and the estimate is unknown. */
function planJson(report: PlanReport, { engine, options, locale }: CommandContext): unknown {
  const { plan, problems, notes } = report;
  const wanted = options.specs?.map((id) => id.toLowerCase());
  const specs = plan
    ? plan.specs.map(({ spec, selected }) => ({ spec, selected }))
    : report.specs.map((spec) => ({ spec, selected: wanted?.includes(spec.id.toLowerCase()) ?? true }));
  return {
    specs: specs.map(({ spec, selected }) => ({
      id: spec.id,
      title: spec.title,
      depends_on: spec.dependsOn,
      selected,
    })),
    order: plan?.order ?? [],
    waves: plan?.waves ?? [],
    critical_path: plan?.criticalPath ?? [],
    estimate_seconds: plan ? Math.round(plan.estimateMs / 1000) : null,
    problems: problems.map((problem) => ({
      severity: problem.severity,
      code: problem.code,
      message: formatProblem(problem, locale),
      file: relativePath(engine.root, problem.file),
      line: problem.line,
      column: problem.column,
    })),
    notes: notes.map(({ code, message, files }) => ({ code, message, files })),
  };
}
