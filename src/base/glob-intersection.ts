import { literalGlobPath, type Glob, type GlobPath, type GlobSegment, type GlobToken } from './glob.ts';

/** Whether `glob` matches the relative path `path`, whose separator is `/`. */
export function matchGlob(glob: Glob, path: string): boolean {
  const literal = literalGlobPath(path);
  return glob.alternatives.some((alternative) => globPathsIntersect(alternative, literal, sameCharacter));
}

/**
 * Whether some path matches both, without regard to case (two names that differ in case are one file on many disks). Exact but
 * for two classes, which always count as meeting.
 */
export function globPathsMeet(a: GlobPath, b: GlobPath): boolean {
  return globPathsIntersect(a, b, sameLetter);
}

type SameCharacter = (a: string, b: string) => boolean;

const sameCharacter: SameCharacter = (a, b) => a === b;
const sameLetter: SameCharacter = (a, b) => a === b || a.toLowerCase() === b.toLowerCase();

function globPathsIntersect(a: GlobPath, b: GlobPath, same: SameCharacter): boolean {
  return intersect(
    a,
    b,
    (element) => element === '**',
    (x, y) => x !== '**' && y !== '**' && segmentsIntersect(x, y, same),
  );
}

function segmentsIntersect(a: GlobSegment, b: GlobSegment, same: SameCharacter): boolean {
  if (a.literal !== undefined && b.literal !== undefined) return same(a.literal, b.literal);
  return intersect(
    a.tokens,
    b.tokens,
    (token) => token.type === 'star',
    (x, y) => tokensMeet(x, y, same),
  );
}

/**
 * Whether two patterns, each a list of single elements and of stars that stand for any number of them, have a common word.
 * Bottom up over the suffixes of both, so that it takes lengths multiplied and no more.
 */
function intersect<T>(
  a: readonly T[],
  b: readonly T[],
  isStar: (element: T) => boolean,
  meet: (x: T, y: T) => boolean,
): boolean {
  let below = new Uint8Array(b.length + 1);
  for (let i = a.length; i >= 0; i--) {
    const row = new Uint8Array(b.length + 1);
    for (let j = b.length; j >= 0; j--) {
      const x = a[i];
      const y = b[j];
      if (x === undefined && y === undefined) row[j] = 1;
      else if (x !== undefined && isStar(x)) row[j] = (below[j] ?? 0) | (row[j + 1] ?? 0);
      else if (y !== undefined && isStar(y)) row[j] = (row[j + 1] ?? 0) | (below[j] ?? 0);
      else row[j] = x !== undefined && y !== undefined && below[j + 1] === 1 && meet(x, y) ? 1 : 0;
    }
    below = row;
  }
  return below[0] === 1;
}

function tokensMeet(a: GlobToken, b: GlobToken, same: SameCharacter): boolean {
  if (a.type === 'character' && b.type === 'character') return same(a.character, b.character);
  if (a.type === 'class' && b.type === 'character') return classHolds(a, b.character, same);
  if (b.type === 'class' && a.type === 'character') return classHolds(b, a.character, same);
  return true;
}

function classHolds(token: GlobToken & { type: 'class' }, character: string, same: SameCharacter): boolean {
  const spellings = [character, character.toLowerCase(), character.toUpperCase()].filter((spelling) =>
    same(spelling, character),
  );
  return spellings.some(
    (spelling) => token.ranges.some(([from, to]) => from <= spelling && spelling <= to) !== token.negated,
  );
}
