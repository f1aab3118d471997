/** Where the front matter of a spec stands, as offsets: `start` and `end` enclose the TOML, the body begins at `body`. */
export type FrontMatter =
  | { readonly kind: 'none'; readonly body: number }
  | { readonly kind: 'toml'; readonly start: number; readonly end: number; readonly body: number }
  /** `+++` in the first line and never again; everything below counts as body. */
  | { readonly kind: 'unclosed'; readonly body: number }
  /** Between two lines `---` with a key in the first line between them. */
  | { readonly kind: 'yaml'; readonly body: number };

/** Finds the front matter of `text`, which carries no byte order mark. */
export function findFrontMatter(text: string): FrontMatter {
  const opening = /^\+\+\+[ \t]*(?:\r?\n|$)/.exec(text);
  if (opening === null) {
    return { kind: /^---[ \t]*\r?\n[A-Za-z_][\w-]*:[^]*?\n---[ \t]*(?:\r?\n|$)/.test(text) ? 'yaml' : 'none', body: 0 };
  }
  const start = opening[0].length;
  const closing = /^\+\+\+[ \t]*(?:\r?\n|$)/m;
  const closed = closing.exec(text.slice(start));
  if (closed === null) return { kind: 'unclosed', body: start };
  const end = start + closed.index;
  return { kind: 'toml', start, end, body: end + closed[0].length };
}
