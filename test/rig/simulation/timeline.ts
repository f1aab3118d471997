interface Happening {
  readonly atMs: number;
  /** Breaks ties in the order of scheduling. */
  readonly order: number;
  readonly run: () => void;
}

/** Virtual time: what is to happen, in order. Nothing waits; `step` jumps to the next happening. */
export class Timeline {
  #nowMs = 0;
  #scheduled = 0;
  readonly #heap: Happening[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): void {
    this.#scheduled += 1;
    this.#push({ atMs: this.#nowMs + Math.max(0, delayMs), order: this.#scheduled, run });
  }

  /** Runs the next happening; false when nothing is left. */
  step(): boolean {
    const next = this.#pop();
    if (!next) return false;
    this.#nowMs = next.atMs;
    next.run();
    return true;
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    let hole = heap.push(happening) - 1;
    while (hole > 0) {
      const parentIndex = (hole - 1) >>> 1;
      const parent = heap[parentIndex];
      if (!parent || isBefore(parent, happening)) break;
      heap[hole] = parent;
      hole = parentIndex;
    }
    heap[hole] = happening;
  }

  #pop(): Happening | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last || top === last) return top;
    let hole = 0;
    for (;;) {
      const left = heap[hole * 2 + 1];
      const right = heap[hole * 2 + 2];
      const takeRight = left && right && isBefore(right, left);
      const child = takeRight ? right : left;
      if (!child || isBefore(last, child)) break;
      heap[hole] = child;
      hole = hole * 2 + (takeRight ? 2 : 1);
    }
    heap[hole] = last;
    return top;
  }
}

function isBefore(left: Happening, right: Happening): boolean {
  return left.atMs === right.atMs ? left.order < right.order : left.atMs < right.atMs;
}
