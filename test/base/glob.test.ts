import assert from 'node:assert/strict';
import { globPathsMeet, matchGlob } from '../../src/base/glob-intersection.ts';
import { parseGlob, type Glob } from '../../src/base/glob.ts';

function glob(text: string): Glob {
  const parsed = parseGlob(text);
  assert.ok(parsed.ok, `${text} is a glob`);
  return parsed.value;
}

describe('glob', () => {
  it('matches paths as a shell with globstar does', () => {
    const cases: readonly (readonly [string, string, boolean])[] = [
      ['src/**', 'src', true],
      ['src/**', 'src/a/b.ts', true],
      ['src/*', 'src/a/b.ts', false],
      ['src/*', 'src/.hidden', true],
      ['**/*.ts', 'a.ts', true],
      ['**/*.ts', 'x/y/a.ts', true],
      ['**/*.ts', 'x/y/a.js', false],
      ['a/**/b', 'a/b', true],
      ['a/**/b', 'a/x/y/b', true],
      ['a/**/b', 'a/x/y/c', false],
      ['a{b,c{d,e}}f', 'acef', true],
      ['a{b,c{d,e}}f', 'acf', false],
      ['{src,test}/**', 'test/x', true],
      ['{a/b,c}/d', 'a/b/d', true],
      ['[a-c]x', 'bx', true],
      ['[!a-c]x', 'bx', false],
      ['[^a-c]x', 'dx', true],
      ['[]]', ']', true],
      ['a?', 'a😀', true],
      ['a?', 'a', false],
      ['a*b*c', 'a-b-b-c', true],
      [String.raw`\[id\]`, '[id]', true],
      [String.raw`\*`, 'x', false],
      ['src/', 'src/q/r', true],
      ['./a//b', 'a/b', true],
      ['.', 'a/b', true],
      ['./', 'a', true],
      ['SRC', 'src', false],
    ];
    assert.deepEqual(
      cases.map(([text, path]) => [text, path, matchGlob(glob(text), path)]),
      cases,
    );
  });

  it('refuses what is no glob of a relative path, with the reason', () => {
    const cases = {
      '': 'empty',
      '{,a}': 'empty',
      '/a': 'absolute',
      '~/x': 'absolute',
      'C:/x': 'absolute',
      '../x': 'parent',
      'a/../b': 'parent',
      'a/{b,..}/c': 'parent',
      '!a': 'negated',
      '{a': 'unclosed',
      'a[': 'unclosed',
      '{1..3}': 'range',
      [`{${'a,'.repeat(300)}}`]: 'too-many-alternatives',
      ['{a,b}'.repeat(40)]: 'too-many-alternatives',
    };
    const reasons = Object.fromEntries(
      Object.keys(cases).map((text) => {
        const parsed = parseGlob(text);
        return [text, parsed.ok ? 'accepted' : parsed.failure.reason];
      }),
    );
    assert.deepEqual(reasons, cases);
  });

  it('meets another glob exactly when some path matches both', () => {
    const meet = (a: string, b: string): boolean =>
      glob(a).alternatives.some((x) => glob(b).alternatives.some((y) => globPathsMeet(x, y)));
    const cases: readonly (readonly [string, string, boolean])[] = [
      ['src/a*c', 'src/*b*c', true],
      ['src/a*', 'src/*b', true],
      ['src/a*', 'src/b*', false],
      ['SRC/A', 'src/a', true],
      ['src/**/x.ts', 'src/y/**', true],
      ['src/**/x.ts', 'test/**', false],
      ['*.ts', '*.js', false],
      ['[0-9]a', 'xa', false],
      ['[0-9]a', '5A', true],
      ['[a-z]', 'X', true],
      ['**', 'anything/at/all', true],
    ];
    assert.deepEqual(
      cases.map(([a, b]) => [a, b, meet(a, b)]),
      cases,
    );
    assert.deepEqual(
      cases.map(([a, b]) => [a, b, meet(b, a)]),
      cases,
    );
  });

  it('takes time by the product of the lengths, whatever the stars', () => {
    const stars = '*a'.repeat(200);
    const start = performance.now();
    assert.equal(matchGlob(glob(stars), `${'a'.repeat(400)}b`), false);
    assert.ok(performance.now() - start < 1000);
  });
});
