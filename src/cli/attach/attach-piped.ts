import { StringDecoder } from 'node:string_decoder';
import { Deferred } from '../../base/deferred.ts';
import { DisposableStore, toDisposable } from '../../base/disposable.ts';
import type { TerminalAttachment } from '../../engine/model/engine-api.ts';
import type { CommandContext } from '../command-context.ts';
import { brokenPipeExitCode, exitCode } from '../exit-code.ts';

/** An attach for scripts: the agent's output as it comes, lines from a pipe typed to it. Ends with the agent. */
export async function attachPiped(attachment: TerminalAttachment, { world, output }: CommandContext): Promise<number> {
  const { stdin, stdout } = world;
  const owned = new DisposableStore();
  const done = new Deferred<number>();
  const write = (data: string): void => void (output.isBroken || stdout.write(data));
  write(attachment.snapshot.screen);
  owned.add(attachment.onData(write));
  owned.add(attachment.onResync(({ screen }) => write(`\r\n${screen}`)));
  owned.add(attachment.onExit(() => done.resolve(exitCode.success)));
  owned.add(output.onBroken(() => done.resolve(brokenPipeExitCode)));
  if (stdin.isTTY !== true) owned.add(forwardLines(stdin, attachment));
  if (attachment.snapshot.exit) done.resolve(exitCode.success);
  try {
    return await done.promise;
  } finally {
    owned.dispose();
  }
}

/** A terminal's Enter is a carriage return. */
function forwardLines(stdin: NodeJS.ReadableStream, attachment: TerminalAttachment): { dispose(): void } {
  const decoder = new StringDecoder('utf8');
  const forward = (chunk: Buffer | string): void => {
    const text = typeof chunk === 'string' ? chunk : decoder.write(chunk);
    attachment.write(text.replaceAll(/\r?\n/g, '\r'));
  };
  stdin.on('data', forward);
  return toDisposable(() => {
    stdin.removeListener('data', forward);
    stdin.pause();
  });
}
