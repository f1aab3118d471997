import type { Locale } from '../describe-failure.ts';
import type { Problem } from '../problem.ts';
import { englishProblems, type ProblemCode } from './problems-en.ts';
import { japaneseProblems } from './problems-ja.ts';

/** A problem, or one of its related places, as a sentence in the person's language; English where a code has no text. */
export function formatProblem(problem: Pick<Problem, 'code' | 'message' | 'parameters'>, locale: Locale): string {
  if (locale === 'en' || !isProblemCode(problem.code)) return problem.message;
  return fillTemplate(japaneseProblems[problem.code], problem.parameters);
}

/** The English sentence of `code`. */
export function englishProblem(code: ProblemCode, parameters: Readonly<Record<string, string>>): string {
  return fillTemplate(englishProblems[code], parameters);
}

/** Whether the tables of texts know `code`. */
export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(englishProblems, code);
}

/** One pass, so that a value that looks like a placeholder or holds brackets stays as it is. */
function fillTemplate(template: string, parameters: Readonly<Record<string, string>>): string {
  const fill = (part: string): string => part.replaceAll(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? '');
  return template
    .split(/(\[\[.*?\]\])/)
    .map((part) => {
      if (!part.startsWith('[[')) return fill(part);
      const names = [...part.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
      return names.some((name) => (parameters[name] ?? '') === '') ? '' : fill(part.slice(2, -2));
    })
    .join('');
}
