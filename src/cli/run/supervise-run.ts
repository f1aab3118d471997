import type { Clock } from '../../base/clock.ts';
import { assertNever } from '../../base/assert-never.ts';
import type { Engine, RunEnd, RunHandle } from '../../engine/model/engine-api.ts';
import { brokenPipeExitCode, exitCode, exitCodeOfResult, exitCodeOfSignal } from '../exit-code.ts';
import type { Texts } from '../texts/en.ts';
import type { RunReport } from './run-report.ts';
import type { EndCause, SignalQueue } from './signal-queue.ts';

/** What a run is accompanied with. */
export interface SupervisionParts {
  readonly engine: Engine;
  readonly report: RunReport;
  readonly signals: SignalQueue;
  readonly clock: Clock;
  readonly texts: Texts;
  /** Words for the person that are no data. */
  readonly say: (text: string) => void;
  /** The run whose live lines are to be drawn; `undefined`: none any more. */
  readonly show: (handle: RunHandle | undefined) => void;
}

/** How long after a first Ctrl-C a second one still stops the agents. */
const secondInterruptMs = 5_000;

/**
 * Accompanies a run to its end for this process; answers the exit code. A signal never ends agents by itself: this process lets go at once, so that nothing more is
 * started. Only a second Ctrl-C stops them, and then the run is seen to its end.
 */
export async function superviseRun(handle: RunHandle, resumed: boolean, parts: SupervisionParts): Promise<number> {
  const { signals, report, show } = parts;
  report.begin(handle.view(), resumed);
  const listening = handle.onEntry((entry) => report.handleEntry(entry));
  show(handle);
  try {
    const first = await firstOf(handle.ended, signals);
    if (typeof first !== 'string') return conclude(handle, first, parts);
    signals.advance();
    return await letGo(handle, first, parts);
  } finally {
    show(undefined);
    listening.dispose();
  }
}

function firstOf(ended: Promise<RunEnd>, signals: SignalQueue): Promise<RunEnd | EndCause> {
  return Promise.race([ended, signals.next()]);
}

function conclude(handle: RunHandle, end: RunEnd, { report, show }: SupervisionParts): number {
  show(undefined);
  report.finish(handle.view(), end);
  return end.kind === 'finished' ? exitCodeOfResult(end.result) : exitCode.failed;
}

async function letGo(handle: RunHandle, cause: EndCause, parts: SupervisionParts): Promise<number> {
  const { texts, say, show } = parts;
  const { interrupt } = texts;
  show(undefined);
  const agents = liveAgents(handle);
  if (cause !== 'broken_pipe') say(agents.length === 0 ? interrupt.none : interrupt.goOn(agents.join(', ')));
  await handle.detach();
  const end = await handle.ended;
  const code = exitCodeOf(cause);
  if (end.kind !== 'detached') {
    conclude(handle, end, parts);
    return code;
  }
  if (cause === 'broken_pipe') say(texts.run.nobodyOrchestrates(handle.runId));
  else parts.report.finish(handle.view(), end);
  if (cause !== 'SIGINT' || agents.length === 0) return code;
  say(interrupt.twice(String(secondInterruptMs / 1000)));
  const second = await nextWithin(secondInterruptMs, parts);
  if (second === undefined) return code;
  return second === 'SIGINT' ? stopAll(handle, parts) : exitCodeOf(second);
}

async function nextWithin(ms: number, { clock, signals }: SupervisionParts): Promise<EndCause | undefined> {
  let timer: { dispose(): void } | undefined;
  const elapsed = new Promise<undefined>((resolve) => (timer = clock.after(ms, () => resolve(undefined))));
  const cause = await Promise.race([elapsed, signals.next()]);
  timer?.dispose();
  if (cause !== undefined) signals.advance();
  return cause;
}

/** Takes the run up again only to end it: agents die under an orchestrator that confirms it. */
async function stopAll(released: RunHandle, parts: SupervisionParts): Promise<number> {
  const { engine, texts, say, report, show, signals } = parts;
  const code = exitCodeOfSignal('SIGINT');
  say(texts.interrupt.stopping);
  const resumed = await engine.resume({ run: released.runId });
  if (!resumed.ok) {
    if (resumed.failure.reason === 'held') {
      const asked = await engine.request(released.runId, { type: 'stop' });
      say(asked.ok ? texts.interrupt.askedHolder : texts.failure.error(asked.failure.message));
    } else say(texts.failure.error(resumed.failure.message));
    return code;
  }
  const handle = resumed.value;
  const listening = handle.onEntry((entry) => report.handleEntry(entry));
  show(handle);
  try {
    const stopped = await handle.request({ type: 'stop' });
    if (!stopped.ok) say(texts.failure.error(stopped.failure.message));
    const end = await firstOf(handle.ended, signals);
    if (typeof end === 'string') {
      show(undefined);
      await handle.detach();
      say(texts.interrupt.left);
    } else conclude(handle, end, parts);
    return code;
  } finally {
    listening.dispose();
  }
}

function liveAgents(handle: RunHandle): readonly string[] {
  return handle
    .view()
    .sessions.flatMap(({ terminals }) => terminals)
    .filter(({ exit }) => exit === undefined)
    .map(({ id }) => id);
}

function exitCodeOf(cause: EndCause): number {
  switch (cause) {
    case 'SIGINT':
    case 'SIGTERM':
    case 'SIGHUP':
      return exitCodeOfSignal(cause);
    case 'broken_pipe':
      return brokenPipeExitCode;
    default:
      return assertNever(cause);
  }
}
