/** What goes into a TOML file of a test. */
export type TomlValue = string | number | boolean | readonly TomlValue[] | { readonly [key: string]: TomlValue };

/** The text of a TOML table without its header: one line a key, tables inside written inline. */
export function writeToml(table: Readonly<Record<string, TomlValue>>): string {
  return Object.entries(table)
    .map(([key, value]) => `${key} = ${writeValue(value)}\n`)
    .join('');
}

function writeValue(value: TomlValue): string {
  if (typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(writeValue).join(', ')}]`;
  const pairs = Object.entries(value).map(([key, inner]) => `${key} = ${writeValue(inner)}`);
  return `{ ${pairs.join(', ')} }`;
}

function isList(value: TomlValue): value is readonly TomlValue[] {
  return Array.isArray(value);
}
