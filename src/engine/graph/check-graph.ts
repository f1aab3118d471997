import { createProblem, createRelated } from '../model/create-problem.ts';
import type { SpecId } from '../model/ids.ts';
import type { Problem, SourcePlace } from '../model/problem.ts';
import type { Spec } from '../model/spec.ts';
import { compileGraph, idAt } from './compile-graph.ts';
import { findCycles } from './find-cycles.ts';

/** One error for each group of specs that wait for each other, at the first dependency of the cycle; the others are related. */
export function checkGraph(specs: readonly Spec[]): readonly Problem[] {
  const graph = compileGraph(specs);
  const byId = new Map(specs.map((spec) => [spec.id, spec]));
  return findCycles(graph).map((cycle) => {
    const path = cycle.map((node) => idAt(graph, node));
    const steps = path.slice(0, -1).map((id, index) => {
      const dependency = path[index + 1] ?? id;
      return { place: dependencyPlace(byId, id, dependency), parameters: { id, dependency } };
    });
    const related = steps.slice(1).map(({ place, parameters }) => createRelated('cycle-member', place, parameters));
    const place = steps[0]?.place ?? unknownPlace;
    return createProblem('cycle', place, { path: path.join(' -> ') }, related);
  });
}

const unknownPlace: SourcePlace = { file: '', line: 1, column: 1 };

function dependencyPlace(byId: ReadonlyMap<SpecId, Spec>, id: SpecId, dependency: SpecId): SourcePlace {
  const places = byId.get(id)?.places;
  return places?.dependsOn.get(dependency) ?? places?.heading ?? unknownPlace;
}
