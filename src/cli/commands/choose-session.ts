import type { RunFeed } from '../../engine/model/engine-api.ts';
import type { RunView, SessionView } from '../../engine/model/run-view.ts';
import { reportFailure, type CommandContext } from '../command-context.ts';

/** The run that a person's request is about, as it is now; `undefined` when there is none, which has been told, with the exit code in `code`. */
export async function lookAtRun(
  context: CommandContext,
  wanted: string | undefined,
): Promise<{ readonly view: RunView; readonly live: boolean } | { readonly view?: never; readonly code: number }> {
  const { engine } = context;
  const feed = await engine.watch(wanted);
  if (!feed.ok) return { code: reportFailure(feed.failure, context) };
  const view = snapshot(feed.value);
  const live = (await engine.runs()).some((run) => run.runId === view.runId && run.live);
  return { view, live };
}

function snapshot(feed: RunFeed): RunView {
  const view = feed.view();
  feed.dispose();
  return view;
}

/** The run and spec that `SPEC-003` or `<run>/SPEC-003` name; the run may be shortened. */
export function splitSessionName(name: string): { readonly run?: string; readonly spec: string } {
  const slash = name.indexOf('/');
  return slash < 0 ? { spec: name } : { run: name.slice(0, slash), spec: name.slice(slash + 1) };
}

/** The session of a spec, without regard to case. */
export function findSession(view: RunView, spec: string): SessionView | undefined {
  return view.sessions.find((session) => session.spec.id.toLowerCase() === spec.toLowerCase());
}
