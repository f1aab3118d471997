import type { RunView } from '../../engine/model/run-view.ts';
import { reportFailure, type CommandContext } from '../command-context.ts';
import { exitCode } from '../exit-code.ts';

/** Stops a run: through the process that orchestrates it, else as its orchestrator, so that its agents really end. */
export async function stopRun(context: CommandContext, view: RunView, live: boolean): Promise<number> {
  const { engine, output, texts } = context;
  if (view.result !== undefined) {
    output.line(texts.request.finished(view.runId, texts.runResult[view.result]));
    return exitCode.success;
  }
  if (!live) return stopAlone(context, view);
  const left = await engine.request(view.runId, { type: 'stop' });
  if (!left.ok) return reportFailure(left.failure, context);
  output.line(left.value === 'applied' ? texts.request.applied : texts.request.noAnswer);
  return exitCode.success;
}

async function stopAlone(context: CommandContext, { runId }: RunView): Promise<number> {
  const { engine, output, texts } = context;
  output.line(texts.request.stopAlone);
  const handle = await engine.resume({ run: runId });
  if (!handle.ok) return reportFailure(handle.failure, context);
  const stopped = await handle.value.request({ type: 'stop' });
  if (!stopped.ok) {
    await handle.value.detach();
    return reportFailure(stopped.failure, context);
  }
  const end = await handle.value.ended;
  if (end.kind === 'finished') {
    output.line(texts.request.stopped(runId));
    return exitCode.success;
  }
  if (end.kind === 'broken') return reportFailure(end.failure, context);
  output.error(end.kind === 'fenced' ? texts.run.fenced : texts.run.nobodyOrchestrates(runId));
  return exitCode.failed;
}
