/** Colours for a line, or none. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly strong: (text: string) => string;
}

/** Colours by SGR sequences, or texts as they are. */
export function createPaint(hasColours: boolean): Paint {
  const colour =
    (code: number) =>
    (text: string): string =>
      hasColours && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { good: colour(32), bad: colour(31), warn: colour(33), dim: colour(2), strong: colour(1) };
}
