import type { LayoutInput } from './slot.ts';

/** The column of each node: its longest distance from one that needs nothing. Inputs may come in any order; a cycle is cut where it is met. */
export function columnNumbers(inputs: readonly LayoutInput[]): ReadonlyMap<string, number> {
  const waiting = new Map(inputs.map(({ id }) => [id, 0]));
  const dependents = new Map<string, string[]>(inputs.map(({ id }) => [id, []]));
  for (const { id, dependsOn } of inputs) {
    for (const need of dependsOn.filter((each) => dependents.has(each))) {
      dependents.get(need)?.push(id);
      waiting.set(id, (waiting.get(id) ?? 0) + 1);
    }
  }
  const columns = new Map(inputs.map(({ id }) => [id, 0]));
  const ready = inputs.map(({ id }) => id).filter((id) => waiting.get(id) === 0);
  // The list grows while it is walked.
  for (const id of ready) {
    for (const dependent of dependents.get(id) ?? []) {
      columns.set(dependent, Math.max(columns.get(dependent) ?? 0, (columns.get(id) ?? 0) + 1));
      const left = (waiting.get(dependent) ?? 0) - 1;
      waiting.set(dependent, left);
      if (left === 0) ready.push(dependent);
    }
  }
  return columns;
}
