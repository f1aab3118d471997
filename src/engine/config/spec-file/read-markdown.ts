import { dependenciesInItem, type MarkdownDependency } from './markdown-dependencies.ts';
import { proseLines, type MarkdownLine } from './markdown-lines.ts';

/** What a spec's Markdown says about itself; offsets are those of the whole text. */
export interface MarkdownFacts {
  /** The first heading; `text` is its title without a leading `SPEC-004: `, which then is in `id`. */
  readonly heading?: { readonly text: string; readonly id?: string; readonly start: number; readonly end: number };
  /** The words after `**Status**:`. */
  readonly status?: string;
  readonly dependencies: readonly MarkdownDependency[];
}

/** Reads title, status and dependencies from the Markdown of `text` that begins at offset `from`. */
export function readMarkdown(text: string, from: number): MarkdownFacts {
  const lines = proseLines(text, from);
  const heading = firstHeading(lines);
  const status = firstStatus(lines);
  return {
    ...(heading === undefined ? {} : { heading }),
    ...(status === undefined ? {} : { status }),
    dependencies: listDependencies(lines),
  };
}

const headingPattern = /^ {0,3}#{1,6}(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;

function firstHeading(lines: readonly MarkdownLine[]): MarkdownFacts['heading'] {
  for (const [index, line] of lines.entries()) {
    const next = lines[index + 1];
    const isUnderlined = next !== undefined && /^ {0,3}=+[ \t]*$/.test(next.text) && line.text.trim() !== '';
    const title = isUnderlined ? line.text.trim() : headingPattern.exec(line.text)?.[1]?.trim();
    if (title === undefined || title === '') continue;
    const parts = /^(SPEC-\d+)(?:[ \t]*[:：][ \t]*|[ \t]+[-–—][ \t]+)(\S.*)$/iu.exec(title);
    const id = parts?.[1]?.toUpperCase() ?? /^SPEC-\d+$/i.exec(title)?.[0].toUpperCase();
    const start = line.start + line.text.indexOf(title);
    return { text: parts?.[2] ?? title, ...(id === undefined ? {} : { id }), start, end: start + title.length };
  }
  return undefined;
}

function firstStatus(lines: readonly MarkdownLine[]): string | undefined {
  const pattern = /^\s*(?:[-*+]\s+)?\*\*\s*(?:ステータス|status)\s*(?:\*\*\s*[:：]|[:：]\s*\*\*)\s*(.*?)\s*$/i;
  for (const line of lines) {
    const status = pattern.exec(line.text)?.[1];
    if (status !== undefined && status !== '') return status;
  }
  return undefined;
}

/** The bullets under every heading `依存関係` or `Dependencies`, up to the next heading. */
function listDependencies(lines: readonly MarkdownLine[]): readonly MarkdownDependency[] {
  const found: MarkdownDependency[] = [];
  let isInside = false;
  for (const line of lines) {
    const heading = headingPattern.exec(line.text);
    if (heading !== null) {
      const words = (heading[1] ?? '').replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
      isInside = /^(?:依存関係|dependencies)$/i.test(words);
      continue;
    }
    const bullet = isInside ? /^\s*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?/.exec(line.text) : null;
    if (bullet === null) continue;
    found.push(...dependenciesInItem(line.text.slice(bullet[0].length), line.start + bullet[0].length));
  }
  return found;
}
