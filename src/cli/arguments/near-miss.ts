/** The word that `typed` was probably meant to be: at most a third of it has to change; undefined when none is near. */
export function nearMiss(typed: string, words: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(typed.length / 3));
  const measured = words.map((word) => ({ word, distance: distanceOf(typed.toLowerCase(), word.toLowerCase()) }));
  const [best] = measured.filter(({ distance }) => distance <= limit).sort((a, b) => a.distance - b.distance);
  return best?.word;
}

/** Insertions, deletions and replacements that turn `a` into `b`. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + Number(b[j] !== letter);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
