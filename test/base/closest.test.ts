import assert from 'node:assert/strict';
import { closest } from '../../src/base/closest.ts';

describe('closest', () => {
  it('finds the word that was meant, and none when nothing is near', () => {
    const words = ['max_parallel', 'mode', 'specs', 'SPEC-001', 'SPEC-010'];
    const cases = {
      max_paralel: 'max_parallel',
      maxparallel: 'max_parallel',
      mdoe: 'mode',
      spec: 'specs',
      'spec-001': 'SPEC-001',
      'SPEC-01': 'SPEC-001',
      base: '',
      zz: '',
    };
    assert.deepEqual(Object.fromEntries(Object.keys(cases).map((text) => [text, closest(text, words)])), cases);
  });
});
