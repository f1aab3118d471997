/** A piece of source text: a word (name, keyword, number), a quoted string's content, or one sign. Comments are gone. */
export interface Token {
  readonly kind: 'word' | 'string' | 'sign';
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/**
 * Cuts TypeScript into tokens, as far as finding imports and names needs it: comments, strings, templates and regular
 * expressions are told apart; JSX text comes out as words and signs. Unfinished strings end with their line.
 */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let offset = 0;
  const templateDepths: number[] = [];
  let depth = 0;
  while (offset < source.length) {
    const rest = source.slice(offset, offset + 2);
    const character = rest.charAt(0);
    let text = character;
    let kind: Token['kind'] | undefined;
    if (/\s/.test(character)) text = match(/\s+/y, source, offset);
    else if (rest === '//') text = match(/.*/y, source, offset);
    else if (rest === '/*') text = match(/\/\*[^]*?(?:\*\/|$)/y, source, offset);
    else if (character === "'" || character === '"') {
      text = match(character === "'" ? /'(?:\\[^]|[^'\\\n])*'?/y : /"(?:\\[^]|[^"\\\n])*"?/y, source, offset);
      kind = 'string';
    } else if (character === '`' || (character === '}' && templateDepths.at(-1) === depth)) {
      if (character === '}') templateDepths.pop();
      text = match(/[`}](?:\\[^]|\$(?!\{)|[^`\\$])*(?:`|\$\{|$)/y, source, offset);
      if (text.endsWith('${')) templateDepths.push(depth);
      kind = 'string';
    } else if (character === '/' && mayStartRegex(tokens.at(-1))) {
      text = match(/\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*|\//y, source, offset);
      kind = 'string';
    } else if (/[\p{L}\p{N}_$#]/u.test(character)) {
      text = match(/[\p{L}\p{N}_$#]+/uy, source, offset);
      kind = 'word';
    } else {
      if (character === '{') depth += 1;
      if (character === '}') depth -= 1;
      kind = 'sign';
    }
    if (kind) tokens.push({ kind, text: kind === 'string' ? unquote(text) : text, line });
    line += text.split('\n').length - 1;
    offset += Math.max(text.length, 1);
  }
  return tokens;
}

function match(pattern: RegExp, source: string, offset: number): string {
  const sticky = new RegExp(pattern);
  sticky.lastIndex = offset;
  return sticky.exec(source)?.[0] ?? '';
}

const beforeRegex = new Set(['return', 'typeof', 'case', 'in', 'of', 'do', 'else', 'void', 'await', 'yield', 'delete']);

function mayStartRegex(previous: Token | undefined): boolean {
  if (!previous) return true;
  if (previous.kind === 'word') return beforeRegex.has(previous.text);
  return previous.kind === 'sign' && !')]}<'.includes(previous.text);
}

function unquote(text: string): string {
  return text.replace(/^['"`}/]|['"`/]$|\$\{$/g, '');
}
