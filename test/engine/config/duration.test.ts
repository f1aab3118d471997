import assert from 'node:assert/strict';
import { durationMs, parseDuration } from '../../../src/engine/config/duration.ts';

describe('duration', () => {
  it('reads hours, minutes, seconds and milliseconds, in this order', () => {
    const cases = { '30m': 1_800_000, '1h30m': 5_400_000, '500ms': 500, '5s': 5000, '1h1m1s1ms': 3_661_001, '0s': 0 };
    assert.deepEqual(Object.fromEntries(Object.keys(cases).map((text) => [text, parseDuration(text)])), cases);
  });

  it('refuses everything else', () => {
    for (const text of ['', '5', '1d', '30 m', '1m1h', '-5s', '1.5h', '5S', 'ms', '1h30m ']) {
      assert.equal(parseDuration(text), undefined, text);
    }
    assert.throws(() => durationMs('soon'), /Not a duration: soon/);
  });
});
