import { globPathsMeet } from '../../base/glob-intersection.ts';
import { parseGlob, type GlobPath } from '../../base/glob.ts';

/**
 * Whether two specs could change the same file. May say yes where no such file exists, never no where one could: case is ignored,
 * and what cannot be read counts as everything. Without globs nothing overlaps.
 */
export function touchesOverlap(a: readonly string[], b: readonly string[]): boolean {
  return a.length > 0 && b.length > 0 && touchesMeet(compileTouches(a), compileTouches(b));
}

/** As {@link touchesOverlap}, for globs that are compared often. */
export function touchesMeet(a: Touches, b: Touches): boolean {
  return a.some((x) => b.some((y) => x === undefined || y === undefined || globPathsMeet(x, y)));
}

/** The globs of one spec, ready to be compared; undefined as an entry: a glob that cannot be read, which meets everything. */
export type Touches = readonly (GlobPath | undefined)[];

/** Reads the globs of a spec. A path without wildcards in its last part may be a folder, and then means all below it as well. */
export function compileTouches(globs: readonly string[]): Touches {
  return globs.flatMap((text): Touches => {
    const glob = parseGlob(text);
    if (!glob.ok) return [undefined];
    return glob.value.alternatives.map(withContents);
  });
}

function withContents(path: GlobPath): GlobPath {
  const last = path.at(-1);
  return last !== '**' && last?.literal !== undefined ? [...path, '**'] : path;
}
