/** Pushes what stands on the screen into the scrollback and clears it, so that an agent's screen begins at the top left; keeps the window's title for later. */
export function enterSequence(rows: number, title: string): string {
  return `\u001b[22;2t\u001b]2;${title}\u0007${'\r\n'.repeat(rows)}\u001b[H\u001b[2J`;
}

/** Clears what is there for a screen that is drawn anew. */
export const redrawSequence = '\u001b[0m\u001b[?1049l\u001b[r\u001b[H\u001b[2J';

/**
 * Undoes what a program may have switched on: alternate screen, mouse and focus reports, bracketed paste, application keys, key reports, a scroll region, a
 * synchronized update, hidden cursor, colours, character set, title. Harmless where nothing was on.
 */
export const leaveSequence = [
  '\u001b[?2026l',
  '\u001b[?1049l',
  ...[9, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 2004].map((mode) => `\u001b[?${mode}l`),
  '\u001b[?1l\u001b>',
  '\u001b[<u\u001b[>4;0m',
  '\u001b7\u001b[r\u001b8',
  '\u001b[?7h\u001b[4l\u001b(B\u000f',
  '\u001b[0m\u001b[0 q\u001b[?25h',
  '\u001b[23;2t',
].join('');
