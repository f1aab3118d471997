import type { Disposable } from '../../base/disposable.ts';
import type { Result } from '../../base/result.ts';
import type { EngineFailure, RunHandle } from '../../engine/model/engine-api.ts';
import { reportFailure, type CommandContext } from '../command-context.ts';
import { relativePath } from '../output/format-problem-lines.ts';
import { JsonReport } from '../run/json-report.ts';
import { showProgress } from '../run/live-progress.ts';
import type { RunReport } from '../run/run-report.ts';
import { SignalQueue } from '../run/signal-queue.ts';
import { superviseRun } from '../run/supervise-run.ts';
import { TextReport } from '../run/text-report.ts';
import { planCommand } from './plan-command.ts';

/** `orchestra run`: starts or resumes a run and stays with it to its end. */
export async function runCommand(context: CommandContext): Promise<number> {
  const { options } = context;
  if (options.dryRun) return planCommand(context);
  const started = await begin(context);
  return started.ok
    ? followRun(context, started.value, options.resume !== undefined)
    : reportFailure(started.failure, context);
}

/** Stays with a run that this process orchestrates; answers the exit code. */
export async function followRun(context: CommandContext, handle: RunHandle, resumed: boolean): Promise<number> {
  const { engine, output, texts, world } = context;
  const signals = new SignalQueue(world.signals, output.onBroken);
  let progress: Disposable | undefined;
  try {
    return await superviseRun(handle, resumed, {
      ...{ engine, signals, texts, clock: world.clock },
      report: createReport(context, handle),
      say: (text) => output.error(text),
      show(shown) {
        progress?.dispose();
        progress = shown && drawsLive(context) ? showLive(context, shown) : undefined;
      },
    });
  } finally {
    progress?.dispose();
    signals.dispose();
  }
}

function begin({ engine, options }: CommandContext): Promise<Result<RunHandle, EngineFailure>> {
  const { specs, resume, maxParallel, mode, takeOver, retryFailed } = options;
  const how = {
    takeOver,
    ...(maxParallel === undefined ? {} : { maxParallel }),
    ...(mode === undefined ? {} : { mode }),
  };
  if (resume === undefined) return engine.start({ ...how, ...(specs ? { specs } : {}) });
  return engine.resume({ ...how, retryFailed, ...(resume === '' ? {} : { run: resume }) });
}

function createReport({ options, output, paint, locale, engine }: CommandContext, handle: RunHandle): RunReport {
  if (options.json) return new JsonReport(output);
  return new TextReport({
    ...{ output, paint, locale },
    transcriptOf: (terminal) => relativePath(engine.root, engine.transcriptFile(handle.runId, terminal)),
  });
}

/** In a pipe, in CI and on a terminal that cannot move its cursor there are lines alone. */
function drawsLive({ world, options }: CommandContext): boolean {
  const { stdout, environment } = world;
  if (options.json || stdout.isTTY !== true || environment['TERM'] === 'dumb') return false;
  return (environment['CI'] ?? '') === '' || environment['CI'] === 'false';
}

function showLive({ world, output, texts, paint }: CommandContext, handle: RunHandle): Disposable {
  const { stdout, signals, clock } = world;
  return showProgress(handle, { terminal: stdout, output, signals, clock, texts, paint });
}
