import { makeSlots, type Lane } from './make-slots.ts';
import { orderColumns } from './order-columns.ts';
import { placeColumns } from './place-columns.ts';
import type { LayoutInput, LayoutSizes, Slot } from './slot.ts';

/** Where a node is drawn: its upper left corner, and its place for the keyboard. */
export interface PlacedNode {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly column: number;
  readonly row: number;
}

/** A drawn dependency, as an SVG path from what is needed to what needs it. */
export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  readonly path: string;
}

/** A whole drawing. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: ReadonlyMap<string, PlacedNode>;
  /** Ids by column and row. */
  readonly columns: readonly (readonly string[])[];
  readonly edges: readonly PlacedEdge[];
}

/** Waves as columns, crossings reduced by barycentre sweeps. Linear in what is drawn; the same input gives the same drawing. */
export function layoutGraph(inputs: readonly LayoutInput[], sizes: LayoutSizes): Layout {
  const { slots, lanes } = makeSlots(inputs);
  const order = orderColumns(slots);
  const tops = placeColumns(slots, order, sizes);
  const nodes = new Map<string, PlacedNode>();
  const columns = order.map((indices, column) => {
    const inColumn = indices.filter((index) => slots[index]?.id !== undefined);
    return inColumn.map((index, row) => {
      const id = slots[index]?.id ?? '';
      nodes.set(id, { id, x: column * (sizes.nodeWidth + sizes.columnGap), y: tops[index] ?? 0, column, row });
      return id;
    });
  });
  const drawing = { nodes, slots, tops, sizes };
  return {
    width: Math.max(0, columns.length * (sizes.nodeWidth + sizes.columnGap) - sizes.columnGap),
    height: [...nodes.values()].reduce((most, { y }) => Math.max(most, y + sizes.nodeHeight), 0),
    ...{ nodes, columns },
    edges: lanes.map((lane) => ({ from: lane.from, to: lane.to, path: edgePath(lane, drawing) })),
  };
}

interface Drawing {
  readonly nodes: ReadonlyMap<string, PlacedNode>;
  readonly slots: readonly Slot[];
  readonly tops: readonly number[];
  readonly sizes: LayoutSizes;
}

function edgePath({ from, to, through }: Lane, { nodes, slots, tops, sizes }: Drawing): string {
  const { nodeWidth, nodeHeight, columnGap } = sizes;
  const start = nodes.get(from) ?? { x: 0, y: 0 };
  const end = nodes.get(to) ?? { x: 0, y: 0 };
  let x = start.x + nodeWidth;
  let y = start.y + nodeHeight / 2;
  let path = `M${x} ${y}`;
  const curveTo = (toX: number, toY: number): void => {
    const bend = columnGap / 2;
    path += `C${x + bend} ${y} ${toX - bend} ${toY} ${toX} ${toY}`;
    [x, y] = [toX, toY];
  };
  for (const index of through) {
    const left = (slots[index]?.column ?? 0) * (nodeWidth + columnGap);
    curveTo(left, tops[index] ?? 0);
    x = left + nodeWidth;
    path += `H${x}`;
  }
  curveTo(end.x, end.y + nodeHeight / 2);
  return path;
}
