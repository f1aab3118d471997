import type { CompiledGraph } from './compile-graph.ts';
import { Heap } from './heap.ts';

/** What the simulated run knows of each node besides the graph. */
export interface ScheduleInput {
  readonly estimatesMs: Float64Array;
  /** Of those that could start, the one with the highest value does. */
  readonly criticalMs: Float64Array;
  readonly maxParallel: number;
  /** Whether two nodes must not run at the same time. */
  readonly conflict?: (a: number, b: number) => boolean;
}

/** Milliseconds of wall clock if every node takes its estimate and a free slot is filled at once. The graph must be acyclic. */
export function scheduleEstimate(graph: CompiledGraph, input: ScheduleInput): number {
  return new Schedule(graph, input).run();
}

class Schedule {
  readonly #graph: CompiledGraph;
  readonly #input: ScheduleInput;
  readonly #waiting: Int32Array;
  readonly #endMs: Float64Array;
  readonly #ready: Heap;
  readonly #ends: Heap;
  readonly #running = new Set<number>();
  /** Nodes that could start but for a conflict, by the running node in their way. */
  readonly #parked = new Map<number, number[]>();

  constructor(graph: CompiledGraph, input: ScheduleInput) {
    this.#graph = graph;
    this.#input = input;
    const size = graph.ids.length;
    const { criticalMs } = input;
    this.#waiting = new Int32Array(size);
    const endMs = new Float64Array(size);
    this.#endMs = endMs;
    this.#ready = new Heap((a, b) => {
      const [first, second] = [criticalMs[a] ?? 0, criticalMs[b] ?? 0];
      return first === second ? a < b : first > second;
    });
    this.#ends = new Heap((a, b) => (endMs[a] ?? 0) < (endMs[b] ?? 0));
    const { offsets } = graph.dependencies;
    for (let node = 0; node < size; node++) {
      this.#waiting[node] = (offsets[node + 1] ?? 0) - (offsets[node] ?? 0);
      if (this.#waiting[node] === 0) this.#ready.push(node);
    }
  }

  run(): number {
    let nowMs = 0;
    this.#fill(nowMs);
    for (let node = this.#ends.pop(); node !== undefined; node = this.#ends.pop()) {
      nowMs = this.#endMs[node] ?? 0;
      this.#finish(node);
      this.#fill(nowMs);
    }
    return nowMs;
  }

  #fill(nowMs: number): void {
    while (this.#running.size < this.#input.maxParallel) {
      const node = this.#ready.pop();
      if (node === undefined) return;
      const obstacle = this.#obstacle(node);
      if (obstacle === undefined) {
        this.#running.add(node);
        this.#endMs[node] = nowMs + (this.#input.estimatesMs[node] ?? 0);
        this.#ends.push(node);
      } else this.#park(node, obstacle);
    }
  }

  #obstacle(node: number): number | undefined {
    const { conflict } = this.#input;
    if (conflict === undefined) return undefined;
    for (const other of this.#running) if (conflict(node, other)) return other;
    return undefined;
  }

  #park(node: number, obstacle: number): void {
    const parked = this.#parked.get(obstacle);
    if (parked === undefined) this.#parked.set(obstacle, [node]);
    else parked.push(node);
  }

  #finish(node: number): void {
    this.#running.delete(node);
    for (const parked of this.#parked.get(node) ?? []) this.#ready.push(parked);
    this.#parked.delete(node);
    const { offsets, targets } = this.#graph.dependents;
    const end = offsets[node + 1] ?? 0;
    for (let edge = offsets[node] ?? 0; edge < end; edge++) {
      const dependent = targets[edge] ?? 0;
      const left = (this.#waiting[dependent] ?? 0) - 1;
      this.#waiting[dependent] = left;
      if (left === 0) this.#ready.push(dependent);
    }
  }
}
