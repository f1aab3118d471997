import assert from 'node:assert/strict';
import { closeSelection, withDependencies } from '../../../src/extension/commands/close-selection.ts';

describe('picking specs', () => {
  // D needs B and C, both need A; E stands alone.
  const needs = new Map([
    ['A', []],
    ['B', ['A']],
    ['C', ['A']],
    ['D', ['B', 'C']],
    ['E', []],
  ]);
  const pick = (before: string, after: string): string =>
    [...closeSelection(needs, new Set(before), new Set(after))].sort().join('');

  it('brings along everything that a picked spec needs', () => {
    assert.deepEqual(
      [pick('', 'D'), pick('E', 'BE'), [...withDependencies(needs, ['C'])].sort()],
      ['ABCD', 'ABE', ['A', 'C']],
    );
  });

  it('takes along everything that needs a spec which is taken away', () => {
    assert.deepEqual([pick('ABCDE', 'BCDE'), pick('ABCD', 'ABD'), pick('ABCD', 'ABC')], ['E', 'AB', 'ABC']);
  });

  it('follows when all are picked or given up at once', () => {
    assert.deepEqual([pick('', 'ABCDE'), pick('ABCDE', '')], ['ABCDE', '']);
  });
});
