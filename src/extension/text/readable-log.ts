import { stripVTControlCharacters } from 'node:util';

/** A terminal's output as text: no escape sequences, and of a line that was overwritten in place the last version. */
export function readableLog(output: string): string {
  return stripVTControlCharacters(output)
    .replaceAll(/\r+\n/g, '\n')
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf('\r') + 1))
    .join('\n')
    .replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F]/g, '');
}
