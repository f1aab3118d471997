import type { Layout } from './layout.ts';

/** The node that an arrow key leads to from `id`: right and left follow edges, up and down the column. The same id when there is none. */
export function walk(layout: Layout, id: string, key: string): string {
  const node = layout.nodes.get(id);
  if (!node) return layout.columns[0]?.[0] ?? id;
  switch (key) {
    case 'ArrowDown':
      return layout.columns[node.column]?.[node.row + 1] ?? id;
    case 'ArrowUp':
      return layout.columns[node.column]?.[node.row - 1] ?? id;
    case 'ArrowRight':
      return (
        nearest(
          layout,
          node.y,
          layout.edges.filter(({ from }) => from === id).map(({ to }) => to),
        ) ?? id
      );
    case 'ArrowLeft':
      return (
        nearest(
          layout,
          node.y,
          layout.edges.filter(({ to }) => to === id).map(({ from }) => from),
        ) ?? id
      );
    case 'Home':
      return layout.columns[0]?.[0] ?? id;
    case 'End':
      return layout.columns.at(-1)?.[0] ?? id;
    default:
      return id;
  }
}

function nearest(layout: Layout, y: number, ids: readonly string[]): string | undefined {
  const distance = (id: string): number => Math.abs((layout.nodes.get(id)?.y ?? 0) - y);
  return [...ids].sort((a, b) => distance(a) - distance(b))[0];
}
