/** What a duration looks like; its parts are optional, but not all of them. */
export const durationPattern = /^(\d{1,6}h)?(\d{1,8}m)?(\d{1,9}s)?(\d{1,12}ms)?$/;

/** The milliseconds of a duration such as `"1h30m"`, `"5s"` or `"500ms"`; undefined for any other text. */
export function parseDuration(text: string): number | undefined {
  const parts = durationPattern.exec(text);
  if (parts === null || text === '') return undefined;
  return partMs(parts[1], 3_600_000) + partMs(parts[2], 60_000) + partMs(parts[3], 1000) + partMs(parts[4], 1);
}

function partMs(part: string | undefined, unitMs: number): number {
  return part === undefined ? 0 : Number.parseInt(part, 10) * unitMs;
}

/** As {@link parseDuration} for a text that was checked before; throws otherwise. */
export function durationMs(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new Error(`Not a duration: ${text}`);
  return milliseconds;
}
