import type { PersonRequest } from '../../engine/model/engine-api.ts';
import type { RunView } from '../../engine/model/run-view.ts';
import { isFinal } from '../../engine/model/status.ts';
import { reportFailure, type CommandContext } from '../command-context.ts';
import { exitCode } from '../exit-code.ts';
import { findSession, lookAtRun, splitSessionName } from './choose-session.ts';
import { followRun } from './run-command.ts';
import { stopRun } from './stop-run.ts';

/** `orchestra stop [SESSION]`: ends a session, or the whole run with every agent in it. */
export async function stopCommand(context: CommandContext): Promise<number> {
  const [name] = context.words;
  const target = name === undefined ? undefined : splitSessionName(name);
  const found = await lookAtRun(context, target?.run ?? context.options.run);
  if (!found.view) return found.code;
  const { view, live } = found;
  if (!target) return stopRun(context, view, live);
  const session = findSession(view, target.spec);
  if (!session) return unknownSession(context, view, target.spec);
  return leave(context, view, live, { type: 'stop', session: session.id });
}

/** `orchestra retry SESSION`: tries a session again that ended otherwise than completed; with `--resume` at once, if nobody orchestrates. */
export async function retryCommand(context: CommandContext): Promise<number> {
  const { engine, options, words, texts } = context;
  const target = splitSessionName(words[0] ?? '');
  const found = await lookAtRun(context, target.run ?? options.run);
  if (!found.view) return found.code;
  const { view, live } = found;
  const session = findSession(view, target.spec);
  if (!session) return unknownSession(context, view, target.spec);
  if (session.status === 'completed' || !isFinal(session.status)) {
    const { isCompleted, notEnded } = texts.request;
    return refuse(context, (session.status === 'completed' ? isCompleted : notEnded)(session.spec.id));
  }
  const request: PersonRequest = { type: 'retry', session: session.id };
  if (live || !options.resumeNow) return leave(context, view, live, request);
  // Left first, so that it is not lost whatever becomes of the resumption, which takes it up.
  const left = await engine.request(view.runId, request);
  if (!left.ok) return reportFailure(left.failure, context);
  const handle = await engine.resume({ run: view.runId });
  return handle.ok ? followRun(context, handle.value, true) : reportFailure(handle.failure, context);
}

/** `orchestra answer ESCALATION TEXT`: a question's answer, for the agent. */
export async function answerCommand(context: CommandContext): Promise<number> {
  const [id = '', text = ''] = context.words;
  const found = await lookAtRun(context, context.options.run);
  if (!found.view) return found.code;
  const { view, live } = found;
  const escalation = view.escalations.find((each) => each.id === id.toLowerCase());
  if (escalation) return leave(context, view, live, { type: 'answer', escalation: escalation.id, text });
  const questions = view.escalations.filter(({ kind, open }) => kind === 'question' && open);
  return refuse(context, context.texts.request.unknownEscalation(id), {
    ...{ names: questions.map((each) => each.id), list: context.texts.request.known },
  });
}

/** `orchestra approve STEP`: releases a step that waits, or with `--refuse` ends its session. */
export async function approveCommand(context: CommandContext): Promise<number> {
  const { options, words, texts } = context;
  const found = await lookAtRun(context, options.run);
  if (!found.view) return found.code;
  const { view, live } = found;
  const waiting = view.escalations
    .filter(({ kind, open }) => kind === 'approval' && open)
    .map(({ step }) => step ?? '');
  const wanted = words[0] ?? '';
  const step = waiting.find((each) => each.toLowerCase() === wanted.toLowerCase());
  if (step === undefined) {
    return refuse(context, texts.request.unknownStep(wanted), { names: waiting, list: texts.request.waiting });
  }
  return leave(context, view, live, { type: 'approve', step, granted: !options.refuse });
}

async function leave(context: CommandContext, view: RunView, live: boolean, request: PersonRequest): Promise<number> {
  const { engine, output, texts } = context;
  const left = await engine.request(view.runId, request);
  if (!left.ok) return reportFailure(left.failure, context);
  if (left.value === 'applied') output.line(texts.request.applied);
  else output.line(live ? texts.request.noAnswer : texts.request.queued(view.runId));
  return exitCode.success;
}

function unknownSession(context: CommandContext, view: RunView, spec: string): number {
  const { texts } = context;
  const names = view.sessions.map((session) => session.spec.id);
  return refuse(context, texts.request.unknownSession(spec), { names, list: texts.request.known });
}

function refuse(
  { output, texts }: CommandContext,
  message: string,
  known?: { readonly names: readonly string[]; readonly list: (names: string) => string },
): number {
  output.error(texts.failure.error(message));
  if (known && known.names.length > 0) output.error(known.list(known.names.join(', ')));
  return exitCode.usage;
}
