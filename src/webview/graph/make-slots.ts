import { columnNumbers } from './column-numbers.ts';
import type { LayoutInput, Slot } from './slot.ts';

/** A dependency on its way through the columns. */
export interface Lane {
  readonly from: string;
  readonly to: string;
  /** Slots that the edge passes through, from left to right. */
  readonly through: readonly number[];
}

/** Long edges get a lane of their own through the columns between, as long as that makes no more lanes than this. */
const maxLanes = 3_000;

/** One slot for each node, in the same order, and those where long edges pass, joined to their neighbours. */
export function makeSlots(inputs: readonly LayoutInput[]): {
  readonly slots: readonly Slot[];
  readonly lanes: readonly Lane[];
} {
  const columns = columnNumbers(inputs);
  const columnOf = (id: string): number => columns.get(id) ?? 0;
  const slots: Slot[] = inputs.map(({ id }) => ({ id, column: columnOf(id), left: [], right: [] }));
  const indexOf = new Map(inputs.map(({ id }, index) => [id, index]));
  const edges = inputs.flatMap(({ id, dependsOn }) =>
    dependsOn.filter((need) => indexOf.has(need)).map((from) => ({ from, to: id })),
  );
  const between = ({ from, to }: { from: string; to: string }): number =>
    Math.max(0, columnOf(to) - columnOf(from) - 1);
  const fits = edges.reduce((sum, edge) => sum + between(edge), 0) <= maxLanes;
  const lanes = edges.map((edge) => {
    const through = Array.from({ length: fits ? between(edge) : 0 }, (_, index) => {
      slots.push({ column: columnOf(edge.from) + 1 + index, left: [], right: [] });
      return slots.length - 1;
    });
    connect(slots, [indexOf.get(edge.from) ?? 0, ...through, indexOf.get(edge.to) ?? 0]);
    return { from: edge.from, to: edge.to, through };
  });
  return { slots, lanes };
}

function connect(slots: readonly Slot[], way: readonly number[]): void {
  way.slice(1).forEach((right, index) => {
    const left = way[index] ?? 0;
    slots[left]?.right.push(right);
    slots[right]?.left.push(left);
  });
}
