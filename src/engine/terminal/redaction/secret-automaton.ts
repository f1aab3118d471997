import { literalForms, pemPrefix, tokenRules, urlPrefix, type TokenRule } from './secret-rules.ts';

/** What the automaton found: a whole literal, or the prefix that opens a closer look. */
export type Pattern =
  | { readonly kind: 'literal'; readonly length: number }
  | { readonly kind: 'token'; readonly length: number; readonly rule: TokenRule; readonly body: Uint8Array }
  | { readonly kind: 'pem' | 'url'; readonly length: number };

/** An Aho-Corasick automaton over bytes, as flat tables: one look-up for each byte, whatever the number of secrets. State 0 is the root. */
export interface SecretAutomaton {
  /** `next[state * 256 + byte]` */
  readonly next: Uint16Array | Int32Array;
  /** How many of the bytes last read may be the beginning of something to hide. */
  readonly hold: Uint8Array;
  /** 1 where `hits` has an entry. */
  readonly hit: Uint8Array;
  readonly hits: ReadonlyMap<number, readonly Pattern[]>;
}

/** Builds the tables for the known shapes and the given values; a few tenths of a millisecond, so keep the answer. */
export function compileSecrets(secrets: readonly string[]): SecretAutomaton {
  const trie = new Trie();
  for (const rule of tokenRules) {
    const body = byteClass(rule.body);
    for (const prefix of rule.prefixes) {
      trie.add(prefix, { kind: 'token', length: prefix.length, rule, body }, rule.shownPrefix !== true);
    }
  }
  trie.add(pemPrefix, { kind: 'pem', length: pemPrefix.length }, false);
  trie.add(urlPrefix, { kind: 'url', length: urlPrefix.length }, false);
  const literals = new Set(secrets.flatMap(literalForms));
  for (const literal of literals) trie.add(literal, { kind: 'literal', length: literal.length }, true);
  return trie.toAutomaton();
}

/** A table of 256 entries, 1 where the one-character expression matches. */
export function byteClass(expression: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (expression.test(String.fromCharCode(byte)) ? 1 : 0));
}

interface Node {
  readonly children: Map<number, number>;
  readonly depth: number;
  readonly patterns: Pattern[];
  hides: boolean;
}

class Trie {
  readonly #nodes: Node[] = [{ children: new Map(), depth: 0, patterns: [], hides: false }];

  add(text: string, pattern: Pattern, hides: boolean): void {
    let at = this.#node(0);
    for (let index = 0; index < text.length; index++) {
      const byte = text.charCodeAt(index);
      let child = at.children.get(byte);
      if (child === undefined) {
        child = this.#nodes.push({ children: new Map(), depth: at.depth + 1, patterns: [], hides: false }) - 1;
        at.children.set(byte, child);
      }
      at = this.#node(child);
      if (hides) at.hides = true;
    }
    at.patterns.push(pattern);
  }

  toAutomaton(): SecretAutomaton {
    const count = this.#nodes.length;
    const next = count <= 0xffff ? new Uint16Array(count * 256) : new Int32Array(count * 256);
    const hold = new Uint8Array(count);
    const hit = new Uint8Array(count);
    const hits = new Map<number, readonly Pattern[]>();
    const fallback = new Int32Array(count);
    const queue = [0];
    // The queue grows while it is walked.
    for (const state of queue) {
      const node = this.#node(state);
      const back = fallback[state] ?? 0;
      if (state !== 0) next.copyWithin(state * 256, back * 256, back * 256 + 256);
      hold[state] = node.hides ? node.depth : (hold[back] ?? 0);
      const found = [...node.patterns, ...(state === 0 ? [] : (hits.get(back) ?? []))];
      if (found.length > 0) {
        hit[state] = 1;
        hits.set(state, found);
      }
      for (const [byte, child] of node.children) {
        // Before its own edge is set, the row still holds where the longest shorter beginning goes.
        fallback[child] = state === 0 ? 0 : (next[state * 256 + byte] ?? 0);
        next[state * 256 + byte] = child;
        queue.push(child);
      }
    }
    return { next, hold, hit, hits };
  }

  #node(index: number): Node {
    const node = this.#nodes[index];
    if (node === undefined) throw new Error(`No state ${index}`);
    return node;
  }
}
