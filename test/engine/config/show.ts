import { basename } from 'node:path';
import type { Problem } from '../../../src/engine/model/problem.ts';

/** A problem in one line, `SPEC-001.md:2:3-2:8 error unknown-key`, for comparisons of whole lists. */
export function showProblem(problem: Problem): string {
  const end = problem.endLine === undefined ? '' : `-${problem.endLine}:${problem.endColumn ?? 0}`;
  return `${basename(problem.file)}:${problem.line}:${problem.column}${end} ${problem.severity} ${problem.code}`;
}
