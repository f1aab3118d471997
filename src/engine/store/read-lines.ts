import type { FileHandle } from 'node:fs/promises';

/** The lines of a text that end in a newline, without it; `isLast` when nothing follows. */
export function* finishedLines(bytes: Buffer): Generator<{ readonly line: Buffer; readonly isLast: boolean }> {
  for (let from = 0; ;) {
    const newline = bytes.indexOf(0x0a, from);
    if (newline === -1) return;
    yield { line: bytes.subarray(from, newline), isLast: newline === bytes.length - 1 };
    from = newline + 1;
  }
}

/** The bytes from one offset to another, fewer when the file ends before. */
export async function readRange(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const buffer = Buffer.alloc(Math.max(0, to - from));
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
