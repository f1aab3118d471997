import assert from 'node:assert/strict';
import { layoutGraph } from '../../../src/webview/graph/layout.ts';
import type { LayoutInput } from '../../../src/webview/graph/slot.ts';
import { walk } from '../../../src/webview/graph/walk.ts';

const sizes = { nodeWidth: 100, nodeHeight: 40, columnGap: 60, rowGap: 10 };

describe('the layout of the graph', () => {
  it('puts each spec into the column after the last of those that it needs', () => {
    const layout = layoutGraph([spec('D', 'B', 'C'), spec('B', 'A'), spec('C'), spec('A'), spec('E', 'D', 'A')], sizes);
    assert.deepEqual(
      layout.columns.map((ids) => [...ids].sort()),
      [['A', 'C'], ['B'], ['D'], ['E']],
    );
    assert.deepEqual(layout.edges.map(({ from, to }) => `${from}>${to}`).sort(), ['A>B', 'A>E', 'B>D', 'C>D', 'D>E']);
  });

  it('lets no two nodes overlap and keeps all within its size', () => {
    const layout = layoutGraph(randomGraph(200, 3), sizes);
    const nodes = [...layout.nodes.values()];
    assert.equal(nodes.length, 200);
    for (const { x, y } of nodes) {
      assert.ok(x >= 0 && y >= 0 && x + sizes.nodeWidth <= layout.width && y + sizes.nodeHeight <= layout.height);
    }
    for (const ids of layout.columns) {
      const tops = ids.map((id) => layout.nodes.get(id)?.y ?? Number.NaN);
      tops.slice(1).forEach((top, index) => assert.ok(top - (tops[index] ?? 0) >= sizes.nodeHeight, tops.join()));
    }
  });

  it('uncrosses two chains that are declared crosswise', () => {
    const layout = layoutGraph([spec('A1'), spec('B1'), spec('B2', 'B1'), spec('A2', 'A1')], sizes);
    const y = (id: string): number | undefined => layout.nodes.get(id)?.y;
    assert.deepEqual([y('A1'), y('B1')], [y('A2'), y('B2')]);
  });

  it('leads a long edge around what stands between', () => {
    const layout = layoutGraph([spec('A'), spec('B', 'A'), spec('C', 'B', 'A')], sizes);
    const b = layout.nodes.get('B');
    const long = layout.edges.find(({ from, to }) => from === 'A' && to === 'C');
    const line = Number(/ (\d+)H260/.exec(long?.path ?? '')?.[1]);
    assert.ok(b && (line < b.y || line > b.y + sizes.nodeHeight), long?.path);
  });

  it('draws a cycle and an unknown dependency without getting lost', () => {
    const layout = layoutGraph([spec('A', 'B'), spec('B', 'A'), spec('C', 'nowhere')], sizes);
    assert.deepEqual([...layout.nodes.keys()].sort(), ['A', 'B', 'C']);
    assert.deepEqual(layoutGraph([], sizes), { width: 0, height: 0, nodes: new Map(), columns: [], edges: [] });
  });

  it('needs less than 100 ms for 1,000 nodes', () => {
    const graph = randomGraph(1000, 2);
    const times = [1, 2, 3, 4, 5].map(() => {
      const start = performance.now();
      layoutGraph(graph, sizes);
      return performance.now() - start;
    });
    assert.ok(Math.min(...times) < 100, `${Math.min(...times)} ms`);
  });
});

describe('the keyboard in the graph', () => {
  const layout = layoutGraph([spec('A'), spec('B'), spec('C', 'A'), spec('D', 'A', 'B')], sizes);

  it('moves along edges to the sides and within the column up and down', () => {
    const down = walk(layout, 'A', 'ArrowDown');
    assert.deepEqual(
      [down, walk(layout, down, 'ArrowUp'), walk(layout, 'B', 'ArrowRight'), walk(layout, 'C', 'ArrowLeft')],
      ['B', 'A', 'D', 'A'],
    );
  });

  it('stays where it is when nothing lies in that direction', () => {
    assert.deepEqual([walk(layout, 'A', 'ArrowLeft'), walk(layout, 'D', 'ArrowRight')], ['A', 'D']);
    assert.deepEqual([walk(layout, 'A', 'ArrowUp'), walk(layout, 'A', 'x')], ['A', 'A']);
  });
});

function spec(id: string, ...dependsOn: string[]): LayoutInput {
  return { id, dependsOn };
}

function randomGraph(count: number, needs: number): readonly LayoutInput[] {
  let seed = 7;
  const next = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  return Array.from({ length: count }, (_, index) => {
    const from = Math.max(0, index - 60);
    const dependsOn = index < 20 ? [] : Array.from({ length: needs }, () => `n${from + next(index - from)}`);
    return { id: `n${index}`, dependsOn: [...new Set(dependsOn)] };
  });
}
