import { createProblem } from '../model/create-problem.ts';
import type { Problem, SourcePlace } from '../model/problem.ts';

/** The problem of a strategy that this version does not have, if `strategy` is one. */
export function strategyProblem(strategy: string | undefined, place: () => SourcePlace): readonly Problem[] {
  if (strategy === undefined || strategy === 'solo') return [];
  return [createProblem('strategy-unavailable', place(), { value: strategy })];
}
