import { orderColumns } from './order-columns.ts';
import { placeColumns } from './place-columns.ts';
import type { LayoutSizes, Slot } from './slot.ts';

/** What the layout needs to know of a spec. */
export interface LayoutInput {
  readonly id: string;
  /** Ids; unknown ones are left out. */
  readonly dependsOn: readonly string[];
}

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

/** Long edges get a lane of their own through the columns between, as long as that makes no more lanes than this. */
const maxLanes = 3_000;

/** Waves as columns, crossings reduced by barycentre sweeps. Linear in what is drawn; the same input gives the same drawing. */
export function layoutGraph(inputs: readonly LayoutInput[], sizes: LayoutSizes): Layout {
  const { slots, lanes } = makeSlots(inputs);
  const order = orderColumns(slots);
  const tops = placeColumns(slots, order, sizes);
  const nodes = new Map<string, PlacedNode>();
  const columns = order.map((column) => column.flatMap((index) => slots[index]?.id ?? []));
  columns.forEach((ids, column) => {
    ids.forEach((id, row) => nodes.set(id, { id, x: column * (sizes.nodeWidth + sizes.columnGap), y: 0, column, row }));
  });
  slots.forEach((slot, index) => {
    const node = slot.id === undefined ? undefined : nodes.get(slot.id);
    if (node) nodes.set(node.id, { ...node, y: tops[index] ?? 0 });
  });
  const edges = lanes.map((lane) => ({
    from: lane.from,
    to: lane.to,
    path: edgePath(lane, { nodes, slots, tops, sizes }),
  }));
  const bottoms = [...nodes.values()].map(({ y }) => y + sizes.nodeHeight);
  return {
    width: Math.max(0, columns.length * (sizes.nodeWidth + sizes.columnGap) - sizes.columnGap),
    height: bottoms.reduce((a, b) => Math.max(a, b), 0),
    ...{ nodes, columns, edges },
  };
}

interface Lane {
  readonly from: string;
  readonly to: string;
  /** Slots that the edge passes through, from left to right. */
  readonly through: readonly number[];
}

function makeSlots(inputs: readonly LayoutInput[]): {
  readonly slots: readonly Slot[];
  readonly lanes: readonly Lane[];
} {
  const columnOf = columnNumbers(inputs);
  const slots: Slot[] = inputs.map(({ id }) => ({ id, column: columnOf.get(id) ?? 0, left: [], right: [] }));
  const indexOf = new Map(inputs.map(({ id }, index) => [id, index]));
  const edges = inputs.flatMap(({ id, dependsOn }) =>
    dependsOn.filter((need) => indexOf.has(need)).map((from) => ({ from, to: id })),
  );
  const span = (edge: { from: string; to: string }): number =>
    (columnOf.get(edge.to) ?? 0) - (columnOf.get(edge.from) ?? 0);
  const withLanes = edges.reduce((sum, edge) => sum + Math.max(0, span(edge) - 1), 0) <= maxLanes;
  const connect = (left: number, right: number): void => {
    slots[left]?.right.push(right);
    slots[right]?.left.push(left);
  };
  const lanes = edges.map(({ from, to }) => {
    const through: number[] = [];
    let last = indexOf.get(from) ?? 0;
    const end = indexOf.get(to) ?? 0;
    const last_ = 0;
      slots.push({ column, left: [], right: [] });
      const lane = slots.length - 1;
      through.push(lane);
      connect(last, lane);
      last = lane;
    }
    connect(last, end);
    return { from, to, through };
  });
  return { slots, lanes };
}

/** Longest distance from a node that needs nothing. Inputs may come in any order; a cycle is cut where it is met. */
function columnNumbers(inputs: readonly LayoutInput[]): ReadonlyMap<string, number> {
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
