import type { LayoutSizes, Slot } from './slot.ts';

const sweeps = 3;
/** Height of a passing edge. */
const laneHeight = 10;

/** The top of each slot in pixels, none below 0: near the middle of its neighbours, with the order kept and nothing overlapping. A lane's top is its line. */
export function placeColumns(
  slots: readonly Slot[],
  columns: readonly (readonly number[])[],
  sizes: LayoutSizes,
): readonly number[] {
  const heights = slots.map(({ id }) => (id === undefined ? laneHeight : sizes.nodeHeight));
  const centres = new Float64Array(slots.length);
  for (const column of columns) stack(column, { heights, centres, gap: sizes.rowGap });
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    for (const column of columns)
      align(column, { heights, centres, gap: sizes.rowGap }, (index) => slots[index]?.left ?? []);
    for (const column of columns.toReversed()) {
      align(column, { heights, centres, gap: sizes.rowGap }, (index) => slots[index]?.right ?? []);
    }
  }
  const tops = slots.map(({ id }, index) => (centres[index] ?? 0) - (id === undefined ? 0 : (heights[index] ?? 0) / 2));
  const least = tops.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return tops.map((top) => Math.round(top - least));
}

interface Heights {
  readonly heights: readonly number[];
  readonly centres: Float64Array;
  readonly gap: number;
}

/** One below the other, centred around 0. */
function stack(column: readonly number[], { heights, centres, gap }: Heights): void {
  const total = column.reduce((sum, index) => sum + (heights[index] ?? 0) + gap, -gap);
  let top = -total / 2;
  for (const index of column) {
    const height = heights[index] ?? 0;
    centres[index] = top + height / 2;
    top += height + gap;
  }
}

/** Moves each slot towards the middle of its neighbours; where that would overlap, a block of slots shares the way. */
function align(column: readonly number[], parts: Heights, neighbours: (index: number) => readonly number[]): void {
  const { heights, centres, gap } = parts;
  interface Block {
    readonly members: number[];
    wanted: number;
  }
  const blocks: Block[] = [];
  // Each member's offset from its block's first is fixed, so a block's place is the mean of what its members want.
  const offsets = new Map<number, number>();
  const bottomOf = ({ members, wanted }: Block): number => {
    const last = members.at(-1) ?? 0;
    return wanted + (offsets.get(last) ?? 0) + (heights[last] ?? 0) / 2;
  };
  const topOf = ({ members, wanted }: Block): number => wanted - (heights[members[0] ?? 0] ?? 0) / 2;
  for (const index of column) {
    const around = neighbours(index);
    const mean = around.reduce((sum, each) => sum + (centres[each] ?? 0), 0) / around.length;
    offsets.set(index, 0);
    let block: Block = { members: [index], wanted: around.length === 0 ? (centres[index] ?? 0) : mean };
    for (let above = blocks.at(-1); above && bottomOf(above) + gap > topOf(block); above = blocks.at(-1)) {
      blocks.pop();
      block = merge(above, block);
    }
    blocks.push(block);
  }
  for (const { members, wanted } of blocks) {
    for (const index of members) centres[index] = wanted + (offsets.get(index) ?? 0);
  }

  function merge(above: Block, below: Block): Block {
    const last = above.members.at(-1) ?? 0;
    const first = below.members[0] ?? 0;
    const shift = (offsets.get(last) ?? 0) + (heights[last] ?? 0) / 2 + gap + (heights[first] ?? 0) / 2;
    for (const index of below.members) offsets.set(index, (offsets.get(index) ?? 0) + shift);
    const all = above.members.length + below.members.length;
    const wanted = (above.wanted * above.members.length + (below.wanted - shift) * below.members.length) / all;
    above.members.push(...below.members);
    return { members: above.members, wanted };
  }
}
