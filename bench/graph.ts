import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeWorkspaceFiles } from '../src/engine/config/files/node-workspace-files.ts';
import { loadWorkspace } from '../src/engine/config/load-workspace.ts';
import { checkGraph } from '../src/engine/graph/check-graph.ts';
import { compileGraph, type GraphNode } from '../src/engine/graph/compile-graph.ts';
import { criticalPath } from '../src/engine/graph/critical-path.ts';
import { findCycle } from '../src/engine/graph/find-cycle.ts';
import { createPlan } from '../src/engine/graph/plan.ts';
import { topologicalOrder } from '../src/engine/graph/topological-order.ts';
import { waves } from '../src/engine/graph/waves.ts';
import type { SpecId } from '../src/engine/model/ids.ts';
import { makeRow, median, type BenchRow } from './row.ts';

/** The graph alone against a bare Kahn, and a whole plan from files against its limit of one second. */
export async function run(): Promise<readonly BenchRow[]> {
  return [benchOrder(10_000, 50_000, 15), await benchPlan(1000, 7)];
}

function benchOrder(size: number, edges: number, rounds: number): BenchRow {
  const nodes = randomGraph(size, edges);
  const estimates = new Float64Array(size).fill(1);
  const ours: number[] = [];
  const anchor: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    analyse(nodes, estimates);
    const middle = performance.now();
    bareKahn(nodes);
    anchor.push(performance.now() - middle);
    ours.push(middle - start);
  }
  const figures = { ours: median(ours), anchor: median(anchor), goal: 3 };
  return makeRow(`order, cycles, waves, critical path of ${size} specs / ${edges} edges vs. bare Kahn`, 'ms', figures);
}

function analyse(nodes: readonly GraphNode[], estimates: Float64Array): number {
  const graph = compileGraph(nodes);
  const sorted = topologicalOrder(graph);
  if (findCycle(graph, sorted) !== undefined) throw new Error('The graph has a cycle');
  return waves(graph, sorted.order).length + criticalPath(graph, sorted.order, estimates).path.length;
}

/** The least that must be done: string ids to indices, edges into one typed array, and the queue. */
function bareKahn(nodes: readonly GraphNode[]): number {
  const size = nodes.length;
  const indexOf = new Map<string, number>();
  for (let node = 0; node < size; node++) indexOf.set(nodes[node]?.id ?? '', node);
  const waiting = new Int32Array(size);
  const offsets = new Int32Array(size + 1);
  let edges = 0;
  for (const [index, node] of nodes.entries()) {
    waiting[index] = node.dependsOn.length;
    edges += node.dependsOn.length;
  }
  const sources = new Int32Array(edges);
  let edge = 0;
  for (const node of nodes) {
    for (const id of node.dependsOn) {
      const source = indexOf.get(id) ?? 0;
      sources[edge++] = source;
      offsets[source + 1] = (offsets[source + 1] ?? 0) + 1;
    }
  }
  for (let node = 0; node < size; node++) offsets[node + 1] = (offsets[node + 1] ?? 0) + (offsets[node] ?? 0);
  const next = offsets.slice();
  const targets = new Int32Array(edges);
  edge = 0;
  for (let node = 0; node < size; node++) {
    for (let left = waiting[node] ?? 0; left > 0; left--) {
      const source = sources[edge++] ?? 0;
      const slot = next[source] ?? 0;
      targets[slot] = node;
      next[source] = slot + 1;
    }
  }
  return drain(waiting, offsets, targets);
}

function drain(waiting: Int32Array, offsets: Int32Array, targets: Int32Array): number {
  const queue = new Int32Array(waiting.length);
  let end = 0;
  for (let node = 0; node < waiting.length; node++) if (waiting[node] === 0) queue[end++] = node;
  for (let at = 0; at < end; at++) {
    const node = queue[at] ?? 0;
    for (let edge = offsets[node] ?? 0; edge < (offsets[node + 1] ?? 0); edge++) {
      const target = targets[edge] ?? 0;
      const left = (waiting[target] ?? 0) - 1;
      waiting[target] = left;
      if (left === 0) queue[end++] = target;
    }
  }
  return end;
}

async function benchPlan(size: number, rounds: number): Promise<BenchRow> {
  const root = await mkdtemp(join(tmpdir(), 'orchestra-bench-'));
  try {
    await mkdir(join(root, 'specs'));
    const nodes = randomGraph(size, size * 5);
    await Promise.all(
      nodes.map(({ id, dependsOn }) => {
        const list = dependsOn.map((dependency) => `"${dependency}"`).join(', ');
        const text = `+++\ndepends_on = [${list}]\ntouches = ["src/${id}/**"]\n+++\n# ${id}\n\n${'Some words to do. '.repeat(200)}\n`;
        return writeFile(join(root, 'specs', `${id}.md`), text);
      }),
    );
    const ours: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const start = performance.now();
      await planFiles(root);
      ours.push(performance.now() - start);
    }
    const figures = { ours: median(ours), anchor: 1000, goal: 1 };
    return makeRow(`plan of ${size} spec files vs. the limit of one second`, 'ms', figures);
  } finally {
    await rm(root, { recursive: true });
  }
}

async function planFiles(root: string): Promise<void> {
  const drivers = [{ name: 'blocks', needsCommand: false }];
  const loaded = await loadWorkspace({ root, files: nodeWorkspaceFiles, cpuCount: 8, drivers, checkGraph });
  const selected = new Set(loaded.specs.map((spec) => spec.id));
  const plan = createPlan(loaded.specs, selected, { historyMs: new Map(), defaultMs: 60_000 }, 8);
  if (!plan.ok || loaded.problems.length > 0) throw new Error('The workspace has problems');
}

/** Edges lead to earlier nodes, at distances that a fixed sequence gives. */
function randomGraph(size: number, edges: number): readonly GraphNode[] {
  const idOf = (index: number): SpecId => `SPEC-${String(index).padStart(5, '0')}` as SpecId;
  const dependencies = Array.from({ length: size }, () => new Set<SpecId>());
  let state = 1;
  for (let edge = 0; edge < edges; edge++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const node = 1 + (edge % (size - 1));
    dependencies[node]?.add(idOf(state % node));
  }
  return dependencies.map((dependsOn, index) => ({ id: idOf(index), dependsOn: [...dependsOn] }));
}
