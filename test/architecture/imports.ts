import { tokenize, type Token } from './tokens.ts';

/** One statement or call that names another module. */
export interface Import {
  readonly specifier: string;
  /** `export … from` is a re-export; `import(…)` is dynamic. */
  readonly form: 'import' | 'export' | 'dynamic';
  /** Whether nothing of it is left at run time. */
  readonly typeOnly: boolean;
  /** The names between the braces, `*` for a namespace, `default` for a default import; empty for a bare import. */
  readonly names: readonly string[];
  /** From 1. */
  readonly line: number;
}

/** Every import, re-export and dynamic import with a literal specifier in the source text of one TypeScript file. */
export function findImports(source: string): readonly Import[] {
  const tokens = tokenize(source);
  const found: Import[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word' || (token.text !== 'import' && token.text !== 'export')) continue;
    if (isSign(tokens[index - 1], '.')) continue;
    const one = token.text === 'import' ? readImport(tokens, index) : readExport(tokens, index);
    if (one) found.push(one);
  }
  return found;
}

function readImport(tokens: readonly Token[], index: number): Import | undefined {
  const next = tokens[index + 1];
  const line = tokens[index]?.line ?? 0;
  if (isSign(next, '(')) {
    const argument = tokens[index + 2];
    if (argument?.kind !== 'string') return undefined;
    const typeOnly = tokens[index - 1]?.text === 'typeof';
    return { specifier: argument.text, form: 'dynamic', typeOnly, names: [], line };
  }
  if (next?.kind === 'string') return { specifier: next.text, form: 'import', typeOnly: false, names: [], line };
  return readClause(tokens, index, 'import');
}

function readExport(tokens: readonly Token[], index: number): Import | undefined {
  const start = tokens[index + 1]?.text === 'type' ? index + 2 : index + 1;
  return isSign(tokens[start], '*') || isSign(tokens[start], '{') ? readClause(tokens, index, 'export') : undefined;
}

/** Reads from `import` or `export` to the specifier after `from`; undefined where the clause ends without one. */
function readClause(tokens: readonly Token[], index: number, form: 'import' | 'export'): Import | undefined {
  const names: string[] = [];
  const typeOnly = tokens[index + 1]?.text === 'type' && tokens[index + 2]?.text !== 'from';
  let inBraces = false;
  for (let at = index + (typeOnly ? 2 : 1); at < tokens.length; at += 1) {
    const token = tokens[at];
    const next = tokens[at + 1];
    if (!token || isSign(token, ';') || isSign(token, '=') || isSign(token, '(')) return undefined;
    if (!inBraces && token.text === 'from' && next?.kind === 'string') {
      return { specifier: next.text, form, typeOnly, names, line: tokens[index]?.line ?? 0 };
    }
    if (isSign(token, '{')) inBraces = true;
    else if (isSign(token, '}')) {
      inBraces = false;
      if (form === 'export' && next?.text !== 'from') return undefined;
    } else if (isSign(token, '*')) names.push('*');
    else if (token.kind === 'word' && tokens[at - 1]?.text !== 'as' && token.text !== 'as') {
      if (!inBraces) names.push('default');
      else if (token.text !== 'type' || isSign(next, ',') || isSign(next, '}')) names.push(token.text);
    }
  }
  return undefined;
}

function isSign(token: Token | undefined, text: string): boolean {
  return token?.kind === 'sign' && token.text === text;
}
