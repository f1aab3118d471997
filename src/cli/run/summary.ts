import type { RunView, SessionView } from '../../engine/model/run-view.ts';
import type { SessionStatus } from '../../engine/model/status.ts';
import type { Paint } from '../screen/paint.ts';
import type { Texts } from '../texts/en.ts';
import { formatDuration } from '../texts/format-duration.ts';

/** The result of a run: how many ended how, which, and the wall clock. Successes and failures are always told, the rest where there is any. */
export function formatSummary(view: RunView, texts: Texts, paint: Paint): readonly string[] {
  const { summary } = texts;
  const line = (status: SessionStatus, label: string, always: boolean): readonly string[] => {
    const sessions = view.sessions.filter((session) => session.status === status);
    if (sessions.length === 0) return always ? [summary.line(label, texts.unit.count('0'))] : [];
    const names = sessions.map((session) => nameIn(session, texts)).join(', ');
    return [summary.lineWith(label, texts.unit.count(String(sessions.length)), names)];
  };
  return [
    paint.strong(summary.title),
    ...line('completed', summary.completed, true),
    ...line('failed', summary.failed, true),
    ...line('timed_out', summary.timedOut, false),
    ...line('cancelled', summary.cancelled, false),
    ...line('skipped', summary.skipped, false),
    summary.total(formatDuration(view.durationMs, texts)),
  ];
}

function nameIn({ spec, status, failure }: SessionView, { summary }: Texts): string {
  const isFollower = status === 'skipped' && failure?.reason === 'dependency';
  return isFollower ? summary.skippedFor(spec.id, failure.specId) : spec.id;
}
