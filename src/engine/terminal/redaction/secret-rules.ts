/**
 * A token that betrays itself by its first characters. Hidden from the prefix on, as soon as `min` characters of `body` have followed;
 * what comes after is swallowed up to the first character outside `body` or to `max`.
 */
export interface TokenRule {
  readonly prefixes: readonly string[];
  /** One character of the rest. */
  readonly body: RegExp;
  /** Characters after the prefix before it counts as a secret. */
  readonly min: number;
  /** Characters after the prefix at most; unlimited if absent. */
  readonly max?: number;
  readonly needsDigit?: boolean;
  readonly needsDot?: boolean;
  /** The prefix must not continue a word (`task-` is no `sk-`). */
  readonly wordStart?: boolean;
  /** The prefix itself is no secret and is shown at once. */
  readonly shownPrefix?: boolean;
}

const word = /[A-Za-z0-9]/;
const wordUnderscore = /[A-Za-z0-9_]/;
const wordDash = /[A-Za-z0-9_-]/;
const bearer = /[A-Za-z0-9._~+/=-]/;

/** Shapes of the keys that vendors publish for secret scanning, one entry for each family of prefixes. */
export const tokenRules: readonly TokenRule[] = [
  { prefixes: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], body: wordUnderscore, min: 30 },
  { prefixes: ['github_pat_'], body: wordUnderscore, min: 22 },
  { prefixes: ['glpat-', 'gldt-', 'glrt-'], body: wordDash, min: 16 },
  { prefixes: ['sk-ant-', 'sk-proj-', 'sk-or-', 'sk-svcacct-'], body: wordDash, min: 16 },
  { prefixes: ['sk-'], body: wordDash, min: 20, needsDigit: true, wordStart: true },
  { prefixes: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'whsec_'], body: word, min: 16 },
  { prefixes: ['xoxa-', 'xoxb-', 'xoxe-', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xapp-'], body: wordDash, min: 10 },
  { prefixes: ['hooks.slack.com/services/'], body: /[A-Za-z0-9/]/, min: 20, shownPrefix: true },
  { prefixes: ['AKIA', 'ASIA', 'ABIA', 'ACCA'], body: /[A-Z0-9]/, min: 16, max: 16, wordStart: true },
  { prefixes: ['AIza'], body: wordDash, min: 35, max: 35 },
  { prefixes: ['ya29.', 'GOCSPX-'], body: wordDash, min: 20 },
  { prefixes: ['npm_'], body: word, min: 36, wordStart: true },
  { prefixes: ['pypi-'], body: wordDash, min: 50, wordStart: true },
  { prefixes: ['hf_'], body: word, min: 30, wordStart: true },
  {
    prefixes: ['gsk_', 'xai-', 'r8_', 'dckr_pat_', 'dckr_oat_', 'lin_api_', 'shpat_'],
    body: wordDash,
    min: 24,
    wordStart: true,
  },
  { prefixes: ['dop_v1_', 'doo_v1_', 'dor_v1_'], body: /[a-f0-9]/, min: 64, max: 64 },
  { prefixes: ['SG.'], body: /[A-Za-z0-9_.-]/, min: 60, needsDot: true, wordStart: true },
  { prefixes: ['AGE-SECRET-KEY-1'], body: /[A-Z0-9]/, min: 50 },
  { prefixes: ['eyJ'], body: /[A-Za-z0-9_.-]/, min: 30, needsDot: true, wordStart: true },
  { prefixes: ['Bearer ', 'bearer ', 'BEARER '], body: bearer, min: 16, needsDigit: true, shownPrefix: true },
  { prefixes: ['uthorization: Basic ', 'uthorization: basic '], body: bearer, min: 8, shownPrefix: true },
];

/** What opens a private key in PEM form; the label after it decides. */
export const pemPrefix = '-----BEGIN ';

/** What opens the authority of a URL, where `user:password@` may stand. */
export const urlPrefix = '://';

/** The end of a name whose assigned value is a secret, before `=` or `:`, with an optional closing quote. */
export const secretName =
  /(?:passwd|password|passphrase|secret|token|api[_-]?key|access[_-]?key(?:[_-]?id)?|secret[_-]?key|private[_-]?key|account[_-]?key|credentials?)(?:\\?["'`])?\]? {0,2}$/i;

/** Longest stretch before the `=` or `:` that {@link secretName} may need, in bytes. */
export const secretNameReach = 40;

/** Literal values shorter than this are no secrets: hiding them would hide ordinary words. */
const minLiteralLength = 6;

/** Longer values are hidden piece by piece, each as good as a secret by itself, so that tables and look-back stay small. */
const pieceLength = 48;

/** The forms in which a known value may show: as it is, JSON-escaped, URL-encoded and inside base64 at any of the three alignments. Latin-1 strings of its UTF-8 bytes. */
export function literalForms(secret: string): string[] {
  const forms = new Set<string>();
  for (const line of [secret, ...secret.split(/\r?\n/)]) {
    if (line.length < minLiteralLength || /[\r\n]/.test(line)) continue;
    forms.add(line);
    forms.add(JSON.stringify(line).slice(1, -1));
    forms.add(percentEncoded(line));
  }
  if (secret.length >= minLiteralLength) for (const form of base64Forms(Buffer.from(secret))) forms.add(form);
  return [...forms].map((form) => Buffer.from(form).toString('latin1')).flatMap(pieces);
}

function percentEncoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text; // a lone surrogate has no URL form
  }
}

/** Only the characters that the value alone determines, whatever stands before and after it. */
function base64Forms(value: Buffer): string[] {
  const forms: string[] = [];
  for (const offset of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(offset), value]).toString('base64');
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor(((offset + value.length) * 8) / 6);
    const fixed = encoded.slice(first, last);
    if (fixed.length < 8) continue;
    forms.push(fixed, fixed.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms;
}

function pieces(form: string): string[] {
  if (form.length <= pieceLength) return [form];
  const found: string[] = [];
  for (let at = 0; at + pieceLength <= form.length; at += pieceLength) found.push(form.slice(at, at + pieceLength));
  found.push(form.slice(-pieceLength));
  return found;
}
