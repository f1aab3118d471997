import { parse } from 'smol-toml';

/** Where a key and its value stand, as offsets; what is inside by key, or by index as text. */
export interface TomlNode {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly start: number;
  readonly end: number;
  readonly children: Map<string, TomlNode>;
}

/** The node at `path`, or the deepest one on the way there. */
export function tomlNodeAt(root: TomlNode, path: readonly PropertyKey[]): TomlNode {
  let node = root;
  for (const key of path) {
    const child = node.children.get(String(key));
    if (child === undefined) return node;
    node = child;
  }
  return node;
}

/**
 * The places of all keys and values in `text` from `start` to `end`, which must be valid TOML: the parser tells no positions.
 * Of a table that is written in several pieces, the first counts.
 */
export function tomlPositions(text: string, start: number, end: number): TomlNode {
  return new Scanner(text, start, end).document();
}

interface KeySegment {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

class Scanner {
  readonly #text: string;
  readonly #end: number;
  #at: number;

  constructor(text: string, start: number, end: number) {
    this.#text = text;
    this.#at = start;
    this.#end = end;
  }

  document(): TomlNode {
    const root = makeNode(this.#at, this.#at, this.#at, this.#at);
    let table = root;
    while (this.#skipBlank() < this.#end) {
      const before = this.#at;
      if (this.#peek() === '[') table = this.#header(root);
      else this.#pair(table);
      if (this.#at === before) this.#at++;
    }
    return root;
  }

  /** `[a.b]` or `[[a.b]]`: the table that the following pairs belong to. */
  #header(root: TomlNode): TomlNode {
    const start = this.#at;
    const isArray = this.#text.startsWith('[[', this.#at);
    this.#at += isArray ? 2 : 1;
    const keys = this.#key();
    this.#at = Math.min(this.#end, this.#at + (isArray ? 2 : 1));
    const end = this.#at;
    let table = root;
    for (const [index, key] of keys.entries()) {
      const child = enter(table, key, start, end);
      if (isArray && index === keys.length - 1) {
        const element = makeNode(key.start, key.end, start, end);
        child.children.set(String(child.children.size), element);
        return element;
      }
      // A path through an array of tables means its last element.
      const last = child.children.get(String(child.children.size - 1));
      table = last ?? child;
    }
    return table;
  }

  /** `a.b = value` in a table or an inline table. */
  #pair(table: TomlNode): void {
    const keys = this.#key();
    this.#skipBlank();
    if (this.#peek() === '=') this.#at++;
    this.#skipBlank();
    const last = keys.at(-1);
    if (last === undefined) return;
    let parent = table;
    for (const key of keys.slice(0, -1)) parent = enter(parent, key, key.start, key.end);
    parent.children.set(last.name, this.#value(last.start, last.end));
  }

  #value(keyStart: number, keyEnd: number): TomlNode {
    const start = this.#at;
    const children = new Map<string, TomlNode>();
    const character = this.#peek();
    if (character === '[') {
      this.#list(']', () => {
        const at = this.#at;
        const element = this.#value(at, at);
        children.set(String(children.size), { ...element, keyEnd: element.end });
      });
    } else if (character === '{') {
      const table = { keyStart, keyEnd, start, end: start, children };
      this.#list('}', () => this.#pair(table));
    } else if (character === '"' || character === "'") this.#string(character);
    else this.#skip(/[^,\]}#\s]*(?: \d[^,\]}#\s]*)?/y);
    return { keyStart, keyEnd, start, end: this.#at, children };
  }

  #list(close: string, readItem: () => void): void {
    this.#at++;
    while (this.#skipBlank() < this.#end && this.#peek() !== close) {
      const before = this.#at;
      if (this.#peek() === ',') this.#at++;
      else readItem();
      if (this.#at === before) this.#at++;
    }
    this.#at = Math.min(this.#end, this.#at + 1);
  }

  #string(quote: string): void {
    if (this.#text.startsWith(quote.repeat(3), this.#at)) {
      // Up to two quotes may stand right before the closing three.
      this.#skip(quote === '"' ? /"""(?:\\[^]|[^\\])*?"{3,5}(?!")/y : /'''[^]*?'{3,5}(?!')/y);
    } else this.#skip(quote === '"' ? /"(?:\\.|[^"\\\n])*"?/y : /'[^'\n]*'?/y);
  }

  #key(): readonly KeySegment[] {
    const keys: KeySegment[] = [];
    for (;;) {
      this.#skip(/[ \t]*/y);
      const start = this.#at;
      const quote = this.#peek();
      if (quote === '"' || quote === "'") this.#string(quote);
      else this.#skip(/[^\s=.\]}#"',]*/y);
      const raw = this.#text.slice(start, this.#at);
      if (raw !== '') keys.push({ name: keyName(raw), start, end: this.#at });
      this.#skip(/[ \t]*/y);
      if (this.#peek() !== '.') return keys;
      this.#at++;
    }
  }

  /** Over white space, line ends and comments; tells where it stopped. */
  #skipBlank(): number {
    this.#skip(/(?:\s|#[^\n]*)*/y);
    return this.#at;
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    const length = pattern.exec(this.#text)?.[0].length ?? 0;
    this.#at = Math.min(this.#end, this.#at + length);
  }

  #peek(): string {
    return this.#at < this.#end ? this.#text.charAt(this.#at) : '';
  }
}

/** A quoted key is decoded by the parser itself, escapes and all. */
function keyName(raw: string): string {
  if (!/^["']/.test(raw)) return raw;
  try {
    return Object.keys(parse(`${raw} = 0`))[0] ?? raw;
  } catch {
    return raw;
  }
}

function enter(table: TomlNode, key: KeySegment, start: number, end: number): TomlNode {
  const known = table.children.get(key.name);
  if (known !== undefined) return known;
  const child = makeNode(key.start, key.end, start, end);
  table.children.set(key.name, child);
  return child;
}

function makeNode(keyStart: number, keyEnd: number, start: number, end: number): TomlNode {
  return { keyStart, keyEnd, start, end, children: new Map() };
}
