import assert from 'node:assert/strict';
import { lostLines } from '../../../src/engine/workspace/merge/lost-lines.ts';

describe('lost lines', () => {
  const cases: readonly [name: string, base: string, ours: string, theirs: string, result: string, lost: string[]][] = [
    ['are none when both sides stand there', '', 'a', 'b', 'b a|', []],
    ['are the other side wholly', 'x', 'a', 'b|c', 'a', ['b', 'c']],
    ['do not count changed indentation', '', 'a', '  b', 'a|b', []],
    ['do not count what was there before', 'x', 'a', 'x', 'a', []],
    ['are not found in lines that were ours already', 'n = 1', 'n = 2', 'n = 3', 'n = 2', ['n = 3']],
    ['are kept as words of a line written anew', 'f(a)', 'f(a, b)', 'f(a, c)', 'f(a, b, c)', []],
    ['need whole words', 'f(a)', 'f(a, b)', 'f(a, c)', 'f(a, b, cc)', ['f(a, c)']],
    ['know Japanese', '', '青', '赤、緑', '青|緑、赤', []],
    ['are found though they bring no new word', 'a - b', 'a + b', 'b - a', 'a + b', ['b - a']],
    ['are not signs alone', '', 'a', '}', 'a', []],
  ];
  for (const [name, base, ours, theirs, result, lost] of cases) {
    it(name, () => {
      const lines = (text: string): string[] => text.split('|');
      assert.deepEqual(
        lostLines({ base: lines(base), ours: lines(ours), theirs: lines(theirs), result: lines(result) }),
        lost,
      );
    });
  }
});
