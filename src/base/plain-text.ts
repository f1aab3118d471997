/** Escape sequences of ECMA-48: CSI, OSC and other strings, and two-character ones. */
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;

/** Control characters that are neither tab nor line feed. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** What a terminal's output says: no escape sequences or control characters, and of a line that was drawn over with carriage returns the last text. */
export function plainText(output: string): string {
  return output
    .replaceAll(escapes, '')
    .replaceAll(/\r+\n/g, '\n')
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf('\r') + 1).replaceAll(controls, ''))
    .join('\n');
}
