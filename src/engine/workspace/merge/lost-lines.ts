/** A conflicting region and the file that it was resolved to; all in lines. */
export interface ResolvedRegion {
  readonly base: readonly string[];
  readonly theirs: readonly string[];
  /** The whole file on our side. */
  readonly ours: readonly string[];
  /** The whole file after the resolution. */
  readonly result: readonly string[];
}

/**
 * Lines that the other side added and the resolution lost. A line is kept when it stands in the result as it was, apart from
 * space around it, or when every word that the other side brought with it stands in a line that the resolution wrote anew:
 * `export { a, c }` is kept in `export { a, b, c }`.
 */
export function lostLines(region: ResolvedRegion): string[] {
  const before = trimmed(region.base);
  const ours = trimmed(region.ours);
  const result = trimmed(region.result);
  const known = words([...before].join('\n'));
  const written = words([...result].filter((line) => !ours.has(line)).join('\n'));
  return [...trimmed(region.theirs)].filter((line) => {
    if (before.has(line) || result.has(line)) return false;
    const all = [...words(line)];
    const brought = all.filter((word) => !known.has(word));
    return !(brought.length === 0 ? all : brought).every((word) => written.has(word));
  });
}

function trimmed(lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.map((line) => line.trim()).filter((line) => line !== ''));
}

/** Words are runs of letters, digits and `_`; text without spaces, such as Japanese, is one run between its punctuation. */
function words(text: string): ReadonlySet<string> {
  return new Set(text.match(/[\p{L}\p{N}\p{M}_]+/gu) ?? []);
}
