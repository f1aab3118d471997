import type { RunView, SessionView } from '../../engine/model/run-view.ts';
import { isFinal } from '../../engine/model/status.ts';
import { displayWidth, padToWidth } from '../screen/display-width.ts';
import type { Paint } from '../screen/paint.ts';
import type { Texts } from '../texts/en.ts';
import { formatDuration } from '../texts/format-duration.ts';

/** What the live lines are drawn with. */
export interface LiveLook {
  readonly texts: Texts;
  readonly paint: Paint;
  /** Counts up with every drawing; turns the spinner. */
  readonly frame: number;
  /** The most lines there may be. */
  readonly height: number;
}

/** The run at this moment: one line for each active session, then the counts. */
export function liveLines(view: RunView, look: LiveLook): readonly string[] {
  const active = view.sessions.filter(({ status }) => status === 'running' || status === 'blocked');
  const room = Math.max(0, look.height - 2);
  const shown = active.length <= room + 1 ? active : active.slice(0, room);
  const { texts } = look;
  const idWidth = Math.max(0, ...shown.map(({ spec }) => displayWidth(spec.id)));
  const stepWidth = Math.max(0, ...shown.map((session) => displayWidth(texts.step[session.step])));
  const rest = active.length - shown.length;
  return [
    ...shown.map((session) => sessionLine(session, idWidth, stepWidth, look)),
    ...(rest > 0 ? [texts.status.more(String(rest))] : []),
    countsLine(view, look),
  ];
}

const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const barWidth = 20;

function sessionLine(session: SessionView, idWidth: number, stepWidth: number, look: LiveLook): string {
  const { texts, paint, frame } = look;
  const blocked = session.status === 'blocked';
  const mark = blocked ? paint.warn('!') : paint.good(spinner[frame % spinner.length] ?? '');
  const step = padToWidth(texts.step[session.step], stepWidth);
  const done = Math.round((session.progress / 100) * barWidth);
  const bar = `${'█'.repeat(done)}${paint.dim('░'.repeat(barWidth - done))}`;
  const percent = `${session.progress}%`.padStart(4);
  const time = formatDuration(session.durationMs ?? 0, texts);
  return `${mark} ${padToWidth(session.spec.id, idWidth)}  ${blocked ? paint.warn(step) : step}  ${bar} ${percent}  ${time}`;
}

function countsLine({ sessions, durationMs }: RunView, { texts, paint }: LiveLook): string {
  const count = (test: (session: SessionView) => boolean): string => String(sessions.filter(test).length);
  const counts = texts.status.counts(
    count(({ status }) => status === 'running' || status === 'blocked'),
    count(({ status }) => status === 'pending'),
    count(({ status }) => status === 'completed'),
    count(({ status }) => isFinal(status) && status !== 'completed'),
  );
  return paint.dim(`${formatDuration(durationMs, texts)} · ${counts}`);
}
