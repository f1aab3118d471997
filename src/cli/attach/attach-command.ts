import type { TerminalAttachment } from '../../engine/model/engine-api.ts';
import type { RunView, SessionView, TerminalView } from '../../engine/model/run-view.ts';
import type { CommandContext } from '../command-context.ts';
import { reportFailure } from '../command-context.ts';
import { findSession, lookAtRun, splitSessionName } from '../commands/choose-session.ts';
import { exitCode } from '../exit-code.ts';
import { attachInteractively } from './attach-interactively.ts';
import { attachPiped } from './attach-piped.ts';
import { showTranscriptEnd } from './show-transcript-end.ts';

/** `orchestra attach AGENT`: the person's terminal on an agent's. Ends with the agent or with Ctrl-], and never ends the agent. */
export async function attachCommand(context: CommandContext): Promise<number> {
  const { options, output, texts, world, words, engine } = context;
  const target = splitSessionName(words[0] ?? '');
  const found = await lookAtRun(context, target.run ?? options.run);
  if (!found.view) return found.code;
  const { view } = found;
  const choice = chooseTerminal(view, target.spec);
  if (!choice.terminal) {
    const { attach, failure } = texts;
    const message = choice.session ? attach.notStarted(choice.session.spec.id) : attach.unknown(target.spec);
    output.error(failure.error(message));
    const known = liveFirst(view.sessions.flatMap(({ terminals }) => terminals)).map(({ id }) => id);
    if (known.length > 0) output.error(attach.known(known.join(', ')));
    return exitCode.usage;
  }
  const { terminal } = choice;
  if (terminal.exit) return showTranscriptEnd(context, view.runId, terminal.id);
  const interactive = world.stdin.isTTY === true && world.stdout.isTTY === true;
  const { columns = 80, rows = 24 } = world.stdout;
  const attachment = await engine.attach(terminal.id, interactive ? { columns, rows } : undefined);
  if (!attachment.ok) {
    // It ended between the look and the call.
    if (attachment.failure.reason === 'unknown_terminal') return showTranscriptEnd(context, view.runId, terminal.id);
    return reportFailure(attachment.failure, context);
  }
  return withAttachment(attachment.value, () =>
    interactive ? attachInteractively(attachment.value, terminal.id, context) : attachPiped(attachment.value, context),
  );
}

async function withAttachment(attachment: TerminalAttachment, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } finally {
    attachment.dispose();
  }
}

interface Choice {
  readonly session?: SessionView;
  readonly terminal?: TerminalView;
}

/** A terminal by its id, or the one of a spec that tells most: its live one, else its last agent's. */
function chooseTerminal(view: RunView, name: string): Choice {
  const terminals = view.sessions.flatMap((session) => session.terminals);
  const named = terminals.find(({ id }) => id.toLowerCase() === name.toLowerCase());
  if (named) return { terminal: named };
  const session = findSession(view, name);
  if (!session) return {};
  const live = session.terminals.filter(({ exit }) => exit === undefined);
  const agents = session.terminals.filter(({ role }) => role === 'agent');
  const terminal =
    live.find(({ role }) => role === 'agent') ?? live.at(-1) ?? agents.at(-1) ?? session.terminals.at(-1);
  return terminal ? { session, terminal } : { session };
}

function liveFirst(terminals: readonly TerminalView[]): readonly TerminalView[] {
  const live = terminals.filter(({ exit }) => exit === undefined);
  return live.length > 0 ? live : terminals;
}
