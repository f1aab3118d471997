import { StringDecoder } from 'node:string_decoder';
import { Deferred } from '../../base/deferred.ts';
import { DisposableStore, toDisposable, type Disposable } from '../../base/disposable.ts';
import type { TerminalAttachment } from '../../engine/model/engine-api.ts';
import type { TerminalId } from '../../engine/model/ids.ts';
import type { TerminalExit } from '../../engine/model/terminal.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode, exitCodeOfSignal } from '../exit-code.ts';
import type { Texts } from '../texts/en.ts';
import type { EndSignal, TerminalInput, TerminalOutput } from '../world.ts';
import { splitAtDetachKey } from './detach-key.ts';
import { enterSequence, leaveSequence, redrawSequence } from './terminal-modes.ts';

/** How an attach came to its end. */
type AttachEnd =
  | { readonly kind: 'exited'; readonly exit: TerminalExit }
  | { readonly kind: 'detached' }
  | { readonly kind: 'signal'; readonly signal: EndSignal };

/** The person's terminal becomes the agent's: raw keys, live output, same size. Ctrl-], a signal or a closed window detaches; the terminal is left as it was. */
export async function attachInteractively(
  attachment: TerminalAttachment,
  terminal: TerminalId,
  { world, output, texts }: CommandContext,
): Promise<number> {
  const { stdin, stdout, signals } = world;
  const owned = new DisposableStore();
  const ended = new Deferred<AttachEnd>();
  output.line(texts.attach.hint(terminal));
  // Added first, so that it runs last: nothing of the agent may come after it.
  owned.add(restoreAtEnd(stdin, stdout));
  owned.add(signals.onExit(() => owned.dispose()));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    owned.add(signals.on(signal, () => ended.resolve({ kind: 'signal', signal })));
  }
  stdout.write(enterSequence(stdout.rows ?? 24, texts.attach.title(terminal)) + attachment.snapshot.screen);
  owned.add(showOutput(attachment, stdout));
  owned.add(attachment.onExit((exit) => ended.resolve({ kind: 'exited', exit })));
  owned.add(output.onBroken(() => ended.resolve({ kind: 'signal', signal: 'SIGHUP' })));
  owned.add(forwardKeys(stdin, attachment, () => ended.resolve({ kind: 'detached' })));
  const { exit } = attachment.snapshot;
  if (exit) ended.resolve({ kind: 'exited', exit });
  const end = await ended.promise;
  owned.dispose();
  output.line(
    end.kind === 'exited'
      ? texts.attach.ended(terminal, describeExit(end.exit, texts))
      : texts.attach.detached(terminal),
  );
  return end.kind === 'signal' ? exitCodeOfSignal(end.signal) : exitCode.success;
}

function restoreAtEnd(stdin: TerminalInput, stdout: TerminalOutput): Disposable {
  stdin.setRawMode?.(true);
  return toDisposable(() => {
    stdin.setRawMode?.(false);
    stdin.pause();
    stdin.unref?.();
    stdout.write(`${leaveSequence}\r\n`);
  });
}

function showOutput(attachment: TerminalAttachment, stdout: TerminalOutput): Disposable {
  const owned = new DisposableStore();
  owned.add(attachment.onData((data) => void stdout.write(data)));
  owned.add(attachment.onResync(({ screen }) => void stdout.write(redrawSequence + screen)));
  const resize = (): void => attachment.resize(stdout.columns ?? 80, stdout.rows ?? 24);
  stdout.on('resize', resize);
  owned.add(toDisposable(() => stdout.removeListener('resize', resize)));
  return owned;
}

function forwardKeys(stdin: TerminalInput, attachment: TerminalAttachment, detach: () => void): Disposable {
  const decoder = new StringDecoder('utf8');
  const forward = (chunk: Buffer | string): void => {
    const { forAgent, detaches } = splitAtDetachKey(typeof chunk === 'string' ? chunk : decoder.write(chunk));
    if (forAgent !== '') attachment.write(forAgent);
    if (detaches) detach();
  };
  stdin.on('data', forward);
  stdin.on('end', detach);
  stdin.resume();
  return toDisposable(() => {
    stdin.removeListener('data', forward);
    stdin.removeListener('end', detach);
  });
}

function describeExit({ exitCode: code, signal }: TerminalExit, { attach }: Texts): string {
  if (signal !== undefined && signal !== 0) return attach.signal(String(signal));
  return code === undefined ? attach.noCode : attach.exitCode(String(code));
}
