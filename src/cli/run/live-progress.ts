import type { Clock } from '../../base/clock.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { RunFeed } from '../../engine/model/engine-api.ts';
import type { Output } from '../output/output.ts';
import { LiveDisplay } from '../screen/live-display.ts';
import type { Paint } from '../screen/paint.ts';
import type { Texts } from '../texts/en.ts';
import type { ProcessSignals, TerminalOutput } from '../world.ts';
import { liveLines } from './live-lines.ts';

/** What live progress is drawn with. */
export interface LiveProgressParts {
  readonly terminal: TerminalOutput;
  readonly output: Output;
  readonly signals: ProcessSignals;
  readonly clock: Clock;
  readonly texts: Texts;
  readonly paint: Paint;
}

const frameMs = 120;
/** More would push the log out of sight. */
const mostLines = 12;

/** Draws a run's sessions in place, several times a second, until disposed. */
export function showProgress(feed: RunFeed, parts: LiveProgressParts): Disposable {
  const { terminal, output, signals, clock, texts, paint } = parts;
  const owned = new DisposableStore();
  const display = owned.add(new LiveDisplay(terminal, signals));
  let frame = 0;
  let timer: Disposable | undefined;
  const draw = (): void => {
    const height = Math.min(mostLines, display.rows - 1);
    display.draw(liveLines(feed.view(), { texts, paint, frame, height }));
  };
  const tick = (): void => {
    draw();
    frame += 1;
    timer = clock.after(frameMs, tick);
  };
  output.display = display;
  owned.add(feed.onChange(draw));
  owned.add({
    dispose() {
      timer?.dispose();
      output.display = undefined;
    },
  });
  tick();
  return owned;
}
