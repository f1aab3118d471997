import assert from 'node:assert/strict';
import { matchGlob } from '../../../src/base/glob-intersection.ts';
import { parseGlob } from '../../../src/base/glob.ts';
import { touchesOverlap } from '../../../src/engine/graph/touches-overlap.ts';
import { randomNumbers } from './random-graph.ts';

describe('touchesOverlap', () => {
  it('tells whether two specs could change one file', () => {
    const cases: readonly (readonly [readonly string[], readonly string[], boolean])[] = [
      [['src/a/**'], ['src/b/**'], false],
      [['src/a/**'], ['src/**/x.ts'], true],
      [['src/a/**'], ['test/**', 'src/a/x.ts'], true],
      [['src/a'], ['src/a/deep/x.ts'], true],
      [['src/a.ts'], ['src/a.tsx'], false],
      [['SRC/Main.ts'], ['src/main.ts'], true],
      [['src/*.{ts,js}'], ['src/*.{css,js}'], true],
      [['src/*.ts'], ['src/*.css'], false],
      [['docs/[a-m]*'], ['docs/z*'], false],
      [['src/*'], ['src/a/b'], false],
      [['caf\u{e9}'], ['cafe\u{301}'], true],
      [['{broken'], ['anything'], true],
      [[], ['**'], false],
      [[], [], false],
    ];
    assert.deepEqual(
      cases.map(([a, b]) => [a, b, touchesOverlap(a, b)]),
      cases,
    );
    assert.deepEqual(
      cases.map(([a, b]) => [a, b, touchesOverlap(b, a)]),
      cases,
    );
  });

  it('never says no when some path matches both', () => {
    const parts = ['a', 'b', '*', '?', '**', 'a*', '*b', '[ab]', '[!a]', '{a,b}', 'ab'];
    const names = ['a', 'b', 'ab', 'c'];
    const pairs = names.flatMap((x) => names.map((y) => `${x}/${y}`));
    const paths = [...names, ...pairs, ...names.flatMap((x) => pairs.map((pair) => `${x}/${pair}`))];
    for (let seed = 0; seed < 600; seed++) {
      const random = randomNumbers(seed);
      const pattern = (): string => Array.from({ length: 1 + random(3) }, () => parts[random(parts.length)]).join('/');
      const [a, b] = [pattern(), pattern()];
      const [first, second] = [parseGlob(a), parseGlob(b)];
      assert.ok(first.ok && second.ok);
      const common = paths.find((path) => matchGlob(first.value, path) && matchGlob(second.value, path));
      if (common !== undefined) assert.ok(touchesOverlap([a], [b]), `${a} and ${b} both match ${common}`);
    }
  });
});
