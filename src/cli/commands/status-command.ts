import type { RunSummary } from '../../engine/model/engine-api.ts';
import { reportFailure, type CommandContext } from '../command-context.ts';
import { exitCode } from '../exit-code.ts';
import { toSnakeCase } from '../output/snake-case.ts';
import { formatTable } from '../screen/table.ts';
import { formatStatus } from './format-status.ts';

/** `orchestra status`: one run as it is now, or with `--all` the list of runs. Only looks. */
export async function statusCommand(context: CommandContext): Promise<number> {
  const { engine, options, output, words } = context;
  const runs = await engine.runs();
  if (options.all) return listRuns(runs, context);
  const feed = await engine.watch(words[0]);
  if (!feed.ok) return reportFailure(feed.failure, context);
  const view = feed.value.view();
  feed.value.dispose();
  const live = runs.some((run) => run.runId === view.runId && run.live);
  if (options.json) output.line(JSON.stringify(toSnakeCase({ live, ...view })));
  else for (const line of formatStatus(view, live, context)) output.line(line);
  return exitCode.success;
}

function listRuns(runs: readonly RunSummary[], { options, output, texts }: CommandContext): number {
  if (options.json) {
    output.line(JSON.stringify(toSnakeCase(runs)));
    return exitCode.success;
  }
  if (runs.length === 0) {
    output.line(texts.status.noRuns);
    return exitCode.success;
  }
  const rows = runs.map(({ runId, startedAt, result, live, specs }) => [
    ...[runId, startedAt],
    result ? texts.runResult[result] : live ? texts.status.orchestrated : texts.status.interrupted,
    String(specs.length),
  ]);
  for (const line of formatTable([texts.status.runColumns, ...rows])) output.line(line);
  return exitCode.success;
}
