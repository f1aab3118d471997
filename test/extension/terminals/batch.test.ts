import assert from 'node:assert/strict';
import { Batch } from '../../../src/extension/terminals/batch.ts';
import { FakeClock } from '../../rig/fake-clock.ts';

describe('output on its way to the screen', () => {
  it('goes in frames, in order and whole', () => {
    const clock = new FakeClock();
    const written: string[] = [];
    const batch = new Batch(clock, 16, (text) => written.push(text));
    batch.add('a');
    batch.add('b');
    clock.advance(16);
    batch.add('c');
    batch.flush();
    clock.advance(100);
    batch.add('lost');
    batch.dispose();
    clock.advance(100);
    assert.deepEqual([written, clock.pending], [['ab', 'c'], 0]);
  });
});
