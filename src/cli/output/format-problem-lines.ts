import { relative, sep } from 'node:path';
import type { Locale } from '../../engine/model/describe-failure.ts';
import type { Problem, SourcePlace } from '../../engine/model/problem.ts';
import { formatProblem } from '../../engine/model/text/format-problem.ts';
import { textsOf } from '../texts/choose-texts.ts';

/** One problem as lines that editors and terminals make clickable: `file:line:column: error: …`, then the places that belong to it. */
export function formatProblemLines(problem: Problem, root: string, locale: Locale): readonly string[] {
  const { problem: words } = textsOf(locale);
  const place = (at: SourcePlace): string => `${relativePath(root, at.file)}:${at.line}:${at.column}`;
  const message = formatProblem(problem, locale);
  return [
    words.line(place(problem), words[problem.severity], message, problem.code),
    ...(problem.related ?? []).map((each) => words.related(place(each), formatProblem(each, locale))),
  ];
}

/** A path as it is shown: relative to the workspace, with `/`; the root itself is `.`. */
export function relativePath(root: string, file: string): string {
  return relative(root, file).split(sep).join('/') || '.';
}
