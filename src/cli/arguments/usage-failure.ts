import { assertNever } from '../../base/assert-never.ts';
import type { Texts } from '../texts/en.ts';

/** What is wrong with the words after `orchestra`; nothing was done. */
export type UsageFailure =
  | { readonly reason: 'unknown_command'; readonly word: string; readonly suggestion?: string }
  | { readonly reason: 'unavailable_command'; readonly word: string }
  | {
      readonly reason: 'unknown_option';
      readonly option: string;
      readonly command: string;
      readonly suggestion?: string;
    }
  /** `message` is the parser's own, in English. */
  | { readonly reason: 'invalid_option'; readonly command: string; readonly message: string }
  | { readonly reason: 'missing_argument'; readonly command: string; readonly name: string }
  | { readonly reason: 'superfluous_argument'; readonly command: string; readonly word: string }
  | { readonly reason: 'bad_value'; readonly option: string; readonly value: string; readonly expected: Expected }
  | { readonly reason: 'conflict'; readonly first: string; readonly second: string }
  | { readonly reason: 'needs'; readonly option: string; readonly other: string }
  | { readonly reason: 'no_folder'; readonly folder: string }
  | { readonly reason: 'no_workspace'; readonly folder: string };

/** What a value has to be. */
export type Expected =
  | { readonly kind: 'number'; readonly from: number; readonly to: number }
  | { readonly kind: 'word'; readonly words: readonly string[] }
  | { readonly kind: 'list' };

/** The failure as sentences in the person's language: what is wrong, and where to read on. */
export function describeUsage(failure: UsageFailure, texts: Texts): string {
  const { usage } = texts;
  switch (failure.reason) {
    case 'unknown_command':
      return sentences(usage.unknownCommand(failure.word), suggest(failure.suggestion, texts), usage.seeHelp(''));
    case 'unavailable_command':
      return usage.unavailable(failure.word);
    case 'unknown_option': {
      const what = usage.unknownOption(failure.option, failure.command);
      return sentences(what, suggest(failure.suggestion, texts), usage.seeHelp(helpOf(failure.command)));
    }
    case 'invalid_option':
      return sentences(usage.invalidOption(failure.message), usage.seeHelp(helpOf(failure.command)));
    case 'missing_argument':
      return sentences(usage.missing(failure.name), usage.seeHelp(helpOf(failure.command)));
    case 'superfluous_argument':
      return sentences(usage.superfluous(failure.word), usage.seeHelp(helpOf(failure.command)));
    case 'bad_value':
      return usage.badValue(failure.option, failure.value, describeExpected(failure.expected, texts));
    case 'conflict':
      return usage.conflict(failure.first, failure.second);
    case 'needs':
      return usage.needs(failure.option, failure.other);
    case 'no_folder':
      return usage.noFolder(failure.folder);
    case 'no_workspace':
      return usage.noWorkspace(failure.folder);
    default:
      return assertNever(failure);
  }
}

function describeExpected(expected: Expected, { usage }: Texts): string {
  switch (expected.kind) {
    case 'number':
      return usage.wholeNumber(String(expected.from), String(expected.to));
    case 'word':
      return usage.oneOf(expected.words.join(', '));
    case 'list':
      return usage.list;
  }
}

function suggest(word: string | undefined, { usage }: Texts): string | undefined {
  return word === undefined ? undefined : usage.suggestion(word);
}

function helpOf(command: string): string {
  return command === 'orchestra' ? '' : ` ${command}`;
}

function sentences(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' ');
}
