import type { Disposable } from './disposable.ts';

/** The outside world's time. Tests and the simulation bring their own. */
export interface Clock {
  /** Wall-clock milliseconds since the epoch; may jump, so it is shown and never compared. */
  wallMs(): number;
  /** Milliseconds that only grow, for durations and deadlines. */
  monotonicMs(): number;
  /** Calls back once after `delayMs`. */
  after(delayMs: number, run: () => void): Disposable;
}

/** The machine's own clock. Its timers keep the process alive until disposed. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return { dispose: () => clearTimeout(timer) };
  },
};
