import { fail, ok, type Result } from '../../base/result.ts';
import type { SpecId } from '../model/ids.ts';
import type { EstimateSource, Plan, PlannedSpec } from '../model/plan.ts';
import type { Spec } from '../model/spec.ts';
import { compileGraph, idAt, type CompiledGraph } from './compile-graph.ts';
import { criticalPath } from './critical-path.ts';
import { findCycle } from './find-cycle.ts';
import { scheduleEstimate } from './schedule-estimate.ts';
import { topologicalOrder } from './topological-order.ts';
import { compileTouches, touchesMeet } from './touches-overlap.ts';
import { waves } from './waves.ts';

/** Beyond this many specs with `touches` the estimate ignores them: comparing them all would take longer than it is worth. */
const maxCompared = 1000;

/** No order exists; `path` goes along `depends on`, first and last are the same. */
export interface CycleFailure {
  readonly reason: 'cycle';
  readonly path: readonly SpecId[];
}

/** Where estimates come from. */
export interface Estimates {
  /** Median milliseconds of recorded runs. */
  readonly historyMs: ReadonlyMap<SpecId, number>;
  /** For specs without record and without a guess of their author. */
  readonly defaultMs: number;
}

/** What a run of `specs` would do. `specs` holds all that its members depend on; `selected` are those asked for. */
export function createPlan(
  specs: readonly Spec[],
  selected: ReadonlySet<SpecId>,
  estimates: Estimates,
  maxParallel: number,
): Result<Plan, CycleFailure> {
  const graph = compileGraph(specs);
  const sorted = topologicalOrder(graph);
  const cycle = findCycle(graph, sorted);
  if (cycle !== undefined) return fail({ reason: 'cycle', path: toIds(graph, cycle) });
  const estimated = specs.map((spec) => estimate(spec, estimates));
  const estimatesMs = Float64Array.from(estimated, ([milliseconds]) => milliseconds);
  const { criticalMs, path } = criticalPath(graph, sorted.order, estimatesMs);
  const conflict = touchesConflict(specs);
  const estimateMs = scheduleEstimate(graph, {
    estimatesMs,
    criticalMs,
    maxParallel,
    ...(conflict === undefined ? {} : { conflict }),
  });
  const planned = Array.from(sorted.order).flatMap((node): PlannedSpec[] => {
    const spec = specs[node];
    const [ownMs, estimateSource] = estimated[node] ?? [0, 'default'];
    if (spec === undefined) return [];
    const isSelected = selected.has(spec.id);
    return [{ spec, selected: isSelected, estimateMs: ownMs, estimateSource, criticalMs: criticalMs[node] ?? 0 }];
  });
  return ok({
    specs: planned,
    order: toIds(graph, sorted.order),
    waves: waves(graph, sorted.order).map((wave) => toIds(graph, wave)),
    criticalPath: toIds(graph, path),
    estimateMs,
    maxParallel,
  });
}

function toIds(graph: CompiledGraph, nodes: Iterable<number>): readonly SpecId[] {
  return Array.from(nodes, (node) => idAt(graph, node));
}

function estimate(spec: Spec, { historyMs, defaultMs }: Estimates): readonly [number, EstimateSource] {
  const recorded = historyMs.get(spec.id);
  if (recorded !== undefined) return [recorded, 'history'];
  return spec.estimateMs === undefined ? [defaultMs, 'default'] : [spec.estimateMs, 'spec'];
}

function touchesConflict(specs: readonly Spec[]): ((a: number, b: number) => boolean) | undefined {
  const compared = specs.filter((spec) => spec.touches.length > 0).length;
  if (compared < 2 || compared > maxCompared) return undefined;
  const compiled = specs.map((spec) => compileTouches(spec.touches));
  const known = new Map<number, boolean>();
  return (a, b) => {
    const [x, y] = [compiled[a] ?? [], compiled[b] ?? []];
    if (x.length === 0 || y.length === 0) return false;
    const pair = Math.min(a, b) * specs.length + Math.max(a, b);
    const overlap = known.get(pair) ?? touchesMeet(x, y);
    known.set(pair, overlap);
    return overlap;
  };
}
