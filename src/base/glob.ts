import { fail, ok, type Result } from './result.ts';

/** One element of a path segment's pattern. */
export type GlobToken =
  | { readonly type: 'character'; readonly character: string }
  /** `?`: one character. */
  | { readonly type: 'any' }
  /** `*`: any number of characters. */
  | { readonly type: 'star' }
  /** `[a-z]`, `[!a-z]`: one character; ranges are inclusive. */
  | { readonly type: 'class'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] };

/** What one path segment must look like; `literal` is there when it holds no wildcard. */
export interface GlobSegment {
  readonly tokens: readonly GlobToken[];
  readonly literal?: string;
}

/** One alternative of a glob: segments, and `'**'` for any number of them, none included. */
export type GlobPath = readonly (GlobSegment | '**')[];

/** A glob with its braces expanded: a path matches when one alternative does. */
export interface Glob {
  readonly text: string;
  readonly alternatives: readonly GlobPath[];
}

/** Why a text is no glob of a relative path. */
export interface GlobFailure {
  readonly reason: 'empty' | 'absolute' | 'parent' | 'negated' | 'unclosed' | 'range' | 'too-many-alternatives';
}

/** Nested braces multiply; more than this is a mistake. */
const maxAlternatives = 256;

/**
 * Reads a glob: `*` and `?` stay within a segment, a segment `**` spans any number, `[..]` and `{a,b}` as in a shell, `\` takes
 * the next character literally. `./` in front and empty segments are ignored; a closing `/` stands for the whole folder, and `.` alone for
 * everything.
 */
export function parseGlob(text: string): Result<Glob, GlobFailure> {
  const source = text.normalize('NFC');
  if (source.trim() === '') return fail({ reason: 'empty' });
  if (source.startsWith('!')) return fail({ reason: 'negated' });
  const expanded = expandBraces(source);
  if (!expanded.ok) return expanded;
  const alternatives: GlobPath[] = [];
  for (const alternative of expanded.value) {
    const path = parsePath(alternative);
    if (!path.ok) return path;
    alternatives.push(path.value);
  }
  return ok({ text, alternatives });
}

/** A path as the glob that matches it alone. */
export function literalGlobPath(path: string): GlobPath {
  return path
    .normalize('NFC')
    .split('/')
    .filter((segment) => segment !== '')
    .map((literal) => ({ literal, tokens: Array.from(literal, (character) => ({ type: 'character', character })) }));
}

function expandBraces(source: string): Result<readonly string[], GlobFailure> {
  const done: string[] = [];
  const open = [source];
  while (open.length > 0) {
    const text = open.pop() ?? '';
    const braces = findBraces(text);
    if (braces === 'unclosed') return fail({ reason: 'unclosed' });
    if (braces === undefined) done.push(text);
    else {
      if (braces.parts.length === 1 && braces.parts[0]?.includes('..') === true) return fail({ reason: 'range' });
      const [before, after] = [text.slice(0, braces.start), text.slice(braces.end + 1)];
      open.push(...braces.parts.map((part) => before + part + after).reverse());
    }
    if (done.length + open.length > maxAlternatives) return fail({ reason: 'too-many-alternatives' });
  }
  return ok(done);
}

/** The first outermost pair of braces and what stands between its commas. */
function findBraces(text: string): { start: number; end: number; parts: string[] } | 'unclosed' | undefined {
  const start = skipTo(text, 0, '{');
  if (start === -1) return undefined;
  const parts: string[] = [];
  let depth = 0;
  let partStart = start + 1;
  for (let at = skipTo(text, start, '{,}'); at !== -1; at = skipTo(text, at + 1, '{,}')) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return { start, end: at, parts: [...parts, text.slice(partStart, at)] };
    else if (text[at] === ',' && depth === 1) {
      parts.push(text.slice(partStart, at));
      partStart = at + 1;
    }
  }
  return 'unclosed';
}

/** The next of `characters` that is neither escaped nor inside a class, or -1. */
function skipTo(text: string, from: number, characters: string): number {
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') at++;
    else if (characters.includes(character)) return at;
    else if (character === '[') at = classEnd(text, at) ?? at;
  }
  return -1;
}

/** Where the class that opens at `start` is closed; a `]` in first place belongs to the class. */
function classEnd(text: string, start: number): number | undefined {
  const first = /[!^]/.test(text.charAt(start + 1)) ? start + 2 : start + 1;
  for (let at = first; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === ']' && at > first) return at;
    else if (text[at] === '/') return undefined;
  }
  return undefined;
}

function parsePath(text: string): Result<GlobPath, GlobFailure> {
  if (/^(?:[/\\~]|[A-Za-z]:)/.test(text) && !/^\\[[\]{}*?!,]/.test(text)) return fail({ reason: 'absolute' });
  const path: (GlobSegment | '**')[] = [];
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') return fail({ reason: 'parent' });
    const segment = part === '**' ? '**' : parseSegment(part);
    if (segment === undefined) return fail({ reason: 'unclosed' });
    path.push(segment);
  }
  if (text === '') return fail({ reason: 'empty' });
  if (text.endsWith('/') || path.length === 0) path.push('**');
  return ok(path);
}

function parseSegment(text: string): GlobSegment | undefined {
  const tokens: GlobToken[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (character === '*') {
      if (tokens.at(-1)?.type !== 'star') tokens.push({ type: 'star' });
    } else if (character === '?') tokens.push({ type: 'any' });
    else if (character === '[') {
      const end = classEnd(text, at);
      if (end === undefined) return undefined;
      tokens.push(parseClass(text.slice(at + 1, end)));
      at = end;
    } else if (character === '\\' && at + 1 < text.length) {
      const escaped = String.fromCodePoint(text.codePointAt(at + 1) ?? 0);
      tokens.push({ type: 'character', character: escaped });
      at += escaped.length;
    } else {
      tokens.push({ type: 'character', character });
      at += character.length - 1;
    }
  }
  const literal = tokens.map((token) => (token.type === 'character' ? token.character : undefined));
  return literal.includes(undefined) ? { tokens } : { tokens, literal: literal.join('') };
}

function parseClass(inner: string): GlobToken {
  const negated = /^[!^]/.test(inner);
  const characters = Array.from(negated ? inner.slice(1) : inner);
  const ranges: [string, string][] = [];
  for (let at = 0; at < characters.length; at++) {
    if (characters[at] === '\\' && at + 1 < characters.length) at++;
    const from = characters[at] ?? '';
    const isRange = characters[at + 1] === '-' && at + 2 < characters.length;
    ranges.push([from, isRange ? (characters[at + 2] ?? from) : from]);
    if (isRange) at += 2;
  }
  return { type: 'class', negated, ranges };
}
