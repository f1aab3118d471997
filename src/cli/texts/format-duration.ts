import type { Texts } from './en.ts';

/** Milliseconds to the second: `12s`, `5m 12s`, `1h 2m 3s`; `5分12秒` in Japanese. */
export function formatDuration(ms: number, { unit }: Texts): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const rest = String(seconds % 60);
  if (seconds < 60) return unit.seconds(rest);
  const minutes = String(Math.floor(seconds / 60) % 60);
  if (seconds < 3600) return unit.minutes(minutes, rest);
  return unit.hours(String(Math.floor(seconds / 3600)), minutes, rest);
}

/** An estimate: whole minutes from one minute on, never less than a second. */
export function formatEstimate(ms: number, { unit }: Texts): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return unit.seconds(String(ms > 0 ? Math.max(1, seconds) : 0));
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return unit.wholeMinutes(String(minutes));
  return unit.wholeHours(String(Math.floor(minutes / 60)), String(minutes % 60));
}
