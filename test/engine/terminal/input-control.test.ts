import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Clock } from '../../../src/base/clock.ts';
import { toDisposable } from '../../../src/base/disposable.ts';
import { InputControl, personSilenceMs } from '../../../src/engine/terminal/host/input-control.ts';

/** Time that passes when it is told to. */
class HandClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

  wallMs(): number {
    return this.#now;
  }

  monotonicMs(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): ReturnType<Clock['after']> {
    const timer = { at: this.#now + delayMs, run };
    this.#timers.add(timer);
    return toDisposable(() => this.#timers.delete(timer));
  }

  pass(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#timers]) {
      if (timer.at > this.#now) continue;
      this.#timers.delete(timer);
      timer.run();
    }
  }
}

describe('who may type', () => {
  it('is the person until ten silent seconds have passed, then the orchestrator in its order', async () => {
    const clock = new HandClock();
    const log: string[] = [];
    const control = new InputControl({
      clock,
      write: (data) => log.push(data),
      handleChange: (owner) => log.push(`<${owner}>`),
    });
    assert.equal(await control.writeOrchestrator('a'), true);
    control.writePerson('b');
    const held = [control.writeOrchestrator('c'), control.writeOrchestrator('d')];
    clock.pass(personSilenceMs - 1);
    control.writePerson('e');
    clock.pass(personSilenceMs - 1);
    assert.deepEqual(log, ['a', '<person>', 'b', 'e']);
    clock.pass(1);
    assert.deepEqual(await Promise.all(held), [true, true]);
    assert.deepEqual(log, ['a', '<person>', 'b', 'e', '<orchestrator>', 'c', 'd']);
  });

  it('is nobody after the end: held input is reported as not written', async () => {
    const control = new InputControl({ clock: new HandClock(), write: () => undefined, handleChange: () => undefined });
    control.writePerson('x');
    const held = control.writeOrchestrator('y');
    control.dispose();
    assert.equal(await held, false);
  });
});
