/** A dependency that a bullet names; offsets are those of the whole text. */
export interface MarkdownDependency {
  readonly id: string;
  /** False for a word that is a dependency only if a spec has that id: prose may stand there as well. */
  readonly isCertain: boolean;
  /** The whole bullet, for a complaint. */
  readonly item: string;
  readonly start: number;
  readonly end: number;
}

const none = /^[（(]?(?:特に)?(?:なし|無し|無|none|nothing|n\/a|na|-|–|—)[)）]?[。.]?$/i;
const specIds = /SPEC-\d+/giu;
const leadingSpecIds = /^SPEC-\d+(?:\s*(?:,|、|，|と|&|\+|\/|and|および|及び)\s*SPEC-\d+)*/iu;

/**
 * The dependencies that one bullet names: the `SPEC-nnn` it begins with, one or several; else those anywhere in it outside
 * parentheses; else its first word. `start` is the offset of `item`.
 */
export function dependenciesInItem(item: string, start: number): readonly MarkdownDependency[] {
  const words = item.trim();
  if (words === '' || none.test(words.replaceAll(/[`*_]/g, ''))) return [];
  // Marks and what stands in parentheses (a link's target among them) become spaces: offsets stay right.
  const plain = item.replaceAll(/[（(][^（()）]*[)）]/g, (part) => ' '.repeat(part.length)).replaceAll(/[`*[\]]/g, ' ');
  const lead = plain.length - plain.trimStart().length;
  const leading = leadingSpecIds.exec(plain.slice(lead));
  const searched = leading === null ? plain : plain.slice(0, lead + leading[0].length);
  const found = [...searched.matchAll(specIds)].map((match) => ({
    id: match[0].toUpperCase(),
    isCertain: true,
    item: words,
    start: start + match.index,
    end: start + match.index + match[0].length,
  }));
  if (found.length > 0) return found;
  const word = /^[A-Za-z0-9][\w.-]*/.exec(plain.slice(lead))?.[0].replace(/[.]+$/, '') ?? '';
  const end = word === '' ? item.trimEnd().length : lead + word.length;
  return [{ id: word, isCertain: false, item: words, start: start + lead, end: start + end }];
}
