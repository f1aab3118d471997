import type { Locale } from '../../engine/model/describe-failure.ts';

/** Says an English sentence in the person's language; `{0}`, `{1}` … stand for the values. The shape of `vscode.l10n.t`. */
export type Translate = (message: string, ...values: readonly (string | number)[]) => string;

/** The person's language, as the pure parts need it. They call `t` with literals alone, so that every sentence can be collected. */
export interface Language {
  readonly locale: Locale;
  readonly t: Translate;
}

/** English as it stands in the sources. */
export const english: Language = {
  locale: 'en',
  t: (message, ...values) =>
    message.replaceAll(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole)),
};
