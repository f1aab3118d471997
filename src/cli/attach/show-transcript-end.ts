import { open } from 'node:fs/promises';
import { plainText } from '../../base/plain-text.ts';
import type { RunId, TerminalId } from '../../engine/model/ids.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode } from '../exit-code.ts';
import { relativePath } from '../output/format-problem-lines.ts';

/** As much of a transcript as is read, bytes. */
const tailBytes = 16_384;

/** Shows the end of what an ended terminal printed, without the sequences that drew it, and says that it has ended. */
export async function showTranscriptEnd(context: CommandContext, run: RunId, terminal: TerminalId): Promise<number> {
  const { engine, output, texts, world } = context;
  const file = engine.transcriptFile(run, terminal);
  const tail = await readTail(file);
  output.error(texts.attach.endedBefore(terminal));
  if (tail === undefined) {
    output.error(texts.attach.noTranscript);
    return exitCode.success;
  }
  const lines = plainLines(tail).slice(-(world.stdout.rows ?? 40));
  for (const line of lines) output.line(line);
  output.error(texts.attach.transcript(relativePath(engine.root, file)));
  return exitCode.success;
}

async function readTail(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - tailBytes);
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(tailBytes), position: start });
      const text = buffer.subarray(0, bytesRead).toString('utf8');
      // The first line is torn when the reading began inside it.
      return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

function plainLines(text: string): readonly string[] {
  const lines = plainText(text).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
