import type { Slot } from './slot.ts';

/** Sweeps there and back; more change little. */
const sweeps = 4;

/** The slots of each column from top to bottom, as indices, so that few edges cross: each is drawn to the middle of its neighbours. */
export function orderColumns(slots: readonly Slot[]): readonly (readonly number[])[] {
  const columns: number[][] = [];
  slots.forEach(({ column }, index) => {
    (columns[column] ??= []).push(index);
  });
  const place = new Float64Array(slots.length);
  for (const column of columns) number(column, place);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    for (const column of columns) sortColumn(column, place, (index) => slots[index]?.left ?? []);
    for (const column of columns.toReversed()) sortColumn(column, place, (index) => slots[index]?.right ?? []);
  }
  for (const column of columns) sortColumn(column, place, (index) => slots[index]?.left ?? []);
  return columns;
}

function sortColumn(column: number[], place: Float64Array, neighbours: (index: number) => readonly number[]): void {
  const weight = new Map<number, number>();
  for (const index of column) {
    const around = neighbours(index);
    const sum = around.reduce((total, each) => total + (place[each] ?? 0), 0);
    weight.set(index, around.length === 0 ? (place[index] ?? 0) : sum / around.length);
  }
  // The sort is stable: equal weights keep their order.
  column.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0));
  number(column, place);
}

/** Places run from 0 to 1, so that columns of different lengths compare. */
function number(column: readonly number[], place: Float64Array): void {
  column.forEach((index, row) => {
    place[index] = (row + 0.5) / column.length;
  });
}
