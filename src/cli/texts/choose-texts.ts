import type { Locale } from '../../engine/model/describe-failure.ts';
import { english, type Texts } from './en.ts';
import { japanese } from './ja.ts';

/** The sentences of `locale`. */
export function textsOf(locale: Locale): Texts {
  return locale === 'ja' ? japanese : english;
}

/** The person's language by the variables that programs go by; the first that is set decides, and what is unknown is English. */
export function localeOf(environment: Readonly<Record<string, string | undefined>>): Locale {
  const names = ['ORCHESTRA_LOCALE', 'LC_ALL', 'LC_MESSAGES', 'LANG'];
  const value = names.map((name) => environment[name]).find((text) => text !== undefined && text !== '');
  return /^ja(?:$|[_.@-])/i.test(value ?? '') ? 'ja' : 'en';
}
