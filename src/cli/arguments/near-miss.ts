/** The word that `typed` was probably meant to be: at most a third of it has to change; undefined when none is near. */
export function nearMiss(typed: string, words: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(typed.length / 3));
  const measured = words.map((word) => ({ word, distance: distanceOf(typed.toLowerCase(), word.toLowerCase()) }));
  const [best] = measured.filter(({ distance }) => distance <= limit).sort((a, b) => a.distance - b.distance);
  return best?.word;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function distanceOf(a: string, b: string): number {
  let above: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const swapped = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j];
      const swap = swapped ? (above[j - 1] ?? 0) + 1 : Infinity;
      next.push(Math.min((row[j] ?? 0) + Number(b[j] !== a[i]), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, swap));
    }
    [above, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
