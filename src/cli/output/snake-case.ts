/** Fields whose keys are names that people gave, not words of ours. */
const namedByPeople: ReadonlySet<string> = new Set(['agents']);

/** A JSON value with every field name in snake case, all the way down; names that people gave stay as they are. */
export function toSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSnakeCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([key, field]) => [snake(key), namedByPeople.has(key) ? convertValues(field) : toSnakeCase(field)]),
  );
}

function convertValues(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return toSnakeCase(value);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, toSnakeCase(field)]));
}

function snake(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
