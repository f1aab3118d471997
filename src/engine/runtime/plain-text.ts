/** Escape sequences of ECMA-48: CSI, OSC and other strings, and two-character ones. */
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;

/** What a terminal's output says without its escape sequences; lines that were drawn over with carriage returns keep their last text. */
export function plainText(output: string): string {
  return output
    .replace(escapes, '')
    .split('\n')
    .map((line) => line.replace(/\r+$/, '').replace(/^.*\r/, ''))
    .join('\n');
}
