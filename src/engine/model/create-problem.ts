import type { Problem, RelatedPlace, SourcePlace } from './problem.ts';
import { englishProblem } from './text/format-problem.ts';
import type { ProblemCode } from './text/problems-en.ts';

/** An error at `place`; its English message comes from the table of texts. */
export function createProblem(
  code: ProblemCode,
  place: SourcePlace,
  parameters: Readonly<Record<string, string>> = {},
  related: readonly RelatedPlace[] = [],
): Problem {
  const message = englishProblem(code, parameters);
  const problem: Problem = { ...place, severity: 'error', code, message, parameters };
  return related.length === 0 ? problem : { ...problem, related };
}

/** As {@link createProblem}, for what does not stop a run. */
export function createWarning(
  code: ProblemCode,
  place: SourcePlace,
  parameters: Readonly<Record<string, string>> = {},
): Problem {
  return { ...createProblem(code, place, parameters), severity: 'warning' };
}

/** A related place with its text from the same table. */
export function createRelated(
  code: ProblemCode,
  place: SourcePlace,
  parameters: Readonly<Record<string, string>> = {},
): RelatedPlace {
  return { ...place, code, message: englishProblem(code, parameters), parameters };
}

/** Orders problems as a person reads them: by file, line, column, then errors first. */
export function compareProblems(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  if (a.line !== b.line) return a.line - b.line;
  if (a.column !== b.column) return a.column - b.column;
  if (a.severity !== b.severity) return a.severity === 'error' ? -1 : 1;
  return a.code < b.code ? -1 : Number(a.code > b.code);
}
