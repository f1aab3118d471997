import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

describe('the Japanese texts', () => {
  it('cover every sentence of the extension, and no other', () => {
    const bundle = readTable('l10n/bundle.l10n.ja.json');
    assert.deepEqual(Object.keys(bundle).sort(), [...sentences().keys()].sort());
  });

  it('keep the placeholders of each sentence', () => {
    const bundle = readTable('l10n/bundle.l10n.ja.json');
    const wrong = Object.entries(bundle).filter(([key, text]) => placeholders(key) !== placeholders(text));
    assert.deepEqual(wrong, []);
  });

  it('are given values for all placeholders', () => {
    const wrong = [...sentences()].filter(([text, argumentCount]) => placeholders(text).length !== argumentCount);
    assert.deepEqual(wrong, []);
  });

  it('cover the manifest, which uses every one of its texts', () => {
    const english = readTable('package.nls.json');
    const used = [...readFileSync(join(root, 'package.json'), 'utf8').matchAll(/"%([\w.]+)%"/g)].map(
      ([, key]) => key ?? '',
    );
    assert.deepEqual([...new Set(used)].sort(), Object.keys(english).sort());
    assert.deepEqual(Object.keys(readTable('package.nls.ja.json')).sort(), Object.keys(english).sort());
  });
});

/** Every literal that `t` is called with, and the number of values that it gets. */
function sentences(): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const folder = join(root, 'src', 'extension');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((each) =>
    each.endsWith('.ts'),
  )) {
    const source = readFileSync(join(folder, name), 'utf8');
    for (const match of source.matchAll(/\bt\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")/g)) {
      const text = (match[1] ?? match[2] ?? '').replaceAll(/\\(.)/g, '$1');
      found.set(text, countArguments(source, match.index + match[0].length));
    }
  }
  return found;
}

/** Commas of the call itself from `start`, inside the parentheses, to their end; one at the very end does not count. */
function countArguments(source: string, start: number): number {
  let depth = 0;
  let count = 0;
  for (let index = start; index < source.length; index += 1) {
    const character = source[index] ?? '';
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (depth < 0) break;
    if (character === ',' && depth === 0 && !/^,\s*\)/.test(source.slice(index, index + 40))) count += 1;
  }
  return count;
}

function placeholders(text: string): string {
  return [...new Set([...text.matchAll(/\{(\d)\}/g)].map(([, index]) => index))]
    .sort((a, b) => Number(a) - Number(b))
    .join('');
}

function readTable(path: string): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as Readonly<Record<string, string>>;
}
