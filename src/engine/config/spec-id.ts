import type { SpecId } from '../model/ids.ts';

/**
 * The id that `text` is, or undefined when it is none: 1-64 of letters, digits, `-`, `_`, `.`, beginning with a letter or digit,
 * without `..` and not ending in `.` or `.lock` (it names a git branch and files).
 */
export function toSpecId(text: string): SpecId | undefined {
  return isName(text) ? (text as SpecId) : undefined;
}

/** Whether `text` can name a branch, a file and an agent: the rule of {@link toSpecId}. */
export function isName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text) && !text.includes('..') && !/\.(?:lock)?$/i.test(text);
}

/** The form of an id in which two that differ in case alone are equal. */
export function foldId(id: string): string {
  return id.toLowerCase();
}
