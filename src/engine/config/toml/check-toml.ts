import * as z from 'zod';
import { createProblem } from '../../model/create-problem.ts';
import type { Problem } from '../../model/problem.ts';
import { isProblemCode } from '../../model/text/format-problem.ts';
import { englishProblems } from '../../model/text/problems-en.ts';
import { closest } from '../../../base/closest.ts';
import { readComplaint } from './fields.ts';
import type { TomlDocument } from './read-toml.ts';

/** A checked document: its value without what was wrong, and a problem for each thing that was. */
export interface CheckedToml<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}

/** Checks `document` against `schema`, whose keys are all optional; `unavailable` are dotted keys of later versions. */
export function checkToml<T>(
  schema: z.ZodType<T>,
  document: TomlDocument,
  unavailable: ReadonlySet<string>,
): CheckedToml<T> {
  const first = schema.safeParse(document.data);
  if (first.success) return { value: first.data, problems: [] };
  const problems = first.error.issues.flatMap((issue) => issueProblems(issue, schema, document, unavailable));
  const rest = structuredClone(document.data);
  for (const issue of first.error.issues) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
    for (const key of keys) remove(rest, key === undefined ? issue.path : [...issue.path, key]);
  }
  const second = schema.safeParse(rest);
  return { value: second.success ? second.data : schema.parse({}), problems };
}

/** `a.b[2]`, as a person would say it. */
export function keyName(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function issueProblems(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  document: TomlDocument,
  unavailable: ReadonlySet<string>,
): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path);
    return issue.keys.map((name) => {
      const path = [...issue.path, name];
      const key = keyName(path);
      const place = document.keyPlace(path);
      if (unavailable.has(key)) return createProblem('section-unavailable', place, { key });
      const suggestion = closest(name, known);
      return createProblem('unknown-key', place, { key, suggestion, known: suggestion === '' ? known.join(', ') : '' });
    });
  }
  const place = document.valuePlace(issue.path);
  const key = keyName(issue.path);
  const value = valueAt(document.data, issue.path);
  if (issue.code === 'invalid_type') {
    return [createProblem('wrong-type', place, { key, expected: tomlName(issue.expected), found: tomlType(value) })];
  }
  if (issue.code === 'invalid_value') {
    // A value of another type than text is of the wrong type; zod reports both alike.
    if (typeof value !== 'string') {
      return [createProblem('wrong-type', place, { key, expected: 'string', found: tomlType(value) })];
    }
    const allowed = issue.values.map((word) => `"${String(word)}"`).join(', ');
    return [createProblem('invalid-value', place, { key, allowed, value })];
  }
  const { code, minimum, maximum } = readComplaint(issue.message);
  if (!isProblemCode(code)) throw new Error(`A check without a code at ${key}: ${issue.message}`);
  const range = minimum === '' ? {} : { minimum, maximum };
  // Only where the text says the value: what might be a secret is never carried along.
  const shown = englishProblems[code].includes('{value}') ? { value: String(value) } : {};
  return [createProblem(code, place, { key, ...range, ...shown })];
}

function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at = unwrap(schema);
  for (const key of path) at = inside(at, String(key));
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function inside(schema: z.core.$ZodType, key: string): z.core.$ZodType {
  if (schema instanceof z.ZodRecord) return unwrap(schema.valueType);
  if (schema instanceof z.ZodArray) return unwrap(schema.element);
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema instanceof z.ZodObject ? schema.shape : {};
  return unwrap(shape[key] ?? z.never());
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap()) : schema;
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const key of path) value = isTable(value) ? value[String(key)] : undefined;
  return value;
}

/** Takes out what stands at `path`; of a list with a bad element, the whole list. */
function remove(data: unknown, path: readonly PropertyKey[]): void {
  const index = path.findIndex((key) => typeof key === 'number');
  const keys = index === -1 ? path : path.slice(0, index);
  const table = valueAt(data, keys.slice(0, -1));
  if (isTable(table)) Reflect.deleteProperty(table, keys.at(-1) ?? '');
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The names of the types in the TOML specification. */
function tomlType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date-time';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'float';
  return typeof value === 'object' ? 'table' : typeof value;
}

function tomlName(expected: string): string {
  if (expected === 'int' || expected === 'number') return 'integer';
  return expected === 'object' || expected === 'record' ? 'table' : expected;
}
