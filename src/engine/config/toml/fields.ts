import * as z from 'zod';
import type { ProblemCode } from '../../model/text/problems-en.ts';
import { durationPattern, durationMs, parseDuration } from '../duration.ts';

/** The error text of every check in these fields: a code, and after a space the limits `minimum..maximum` if it has some. */
function complaint(code: ProblemCode, limits?: string): string {
  return limits === undefined ? code : `${code} ${limits}`;
}

/** What {@link complaint} has packed. */
export function readComplaint(packed: string): { code: string; minimum: string; maximum: string } {
  const [code = '', limits = ''] = packed.split(' ');
  const [minimum = '', maximum = ''] = limits.split('..');
  return { code, minimum, maximum };
}

/** What a person reads about a key in their editor, and what holds when the key is absent. */
export type FieldText = Readonly<{
  description: string;
  default?: string | number | boolean | readonly string[];
}>;

/** A text that is not blank. */
export function text(meta: FieldText): z.ZodOptional<z.ZodString> {
  return z.string().regex(/\S/, complaint('empty-text')).meta(meta).optional();
}

/** A list of texts that pass `check`; the code says what is wrong with those that do not. */
export function texts(
  meta: FieldText,
  code: ProblemCode = 'empty-text',
  check: (value: string) => boolean = (value) => value.trim() !== '',
): z.ZodOptional<z.ZodArray<z.ZodString>> {
  return z
    .array(z.string().refine(check, complaint(code)))
    .meta(meta)
    .optional();
}

/** A whole number from `minimum` to `maximum`, both included. */
export function wholeNumber(minimum: number, maximum: number, meta: FieldText): z.ZodOptional<z.ZodInt> {
  const message = complaint('out-of-range', `${minimum}..${maximum}`);
  return z.int().min(minimum, message).max(maximum, message).meta(meta).optional();
}

/** A duration from `minimum` to `maximum`, both durations themselves. */
export function duration(minimum: string, maximum: string, meta: FieldText): z.ZodOptional<z.ZodString> {
  const inRange = (value: string): boolean => {
    const milliseconds = parseDuration(value);
    return milliseconds === undefined || (milliseconds >= durationMs(minimum) && milliseconds <= durationMs(maximum));
  };
  return z
    .string()
    .refine((value) => parseDuration(value) !== undefined, complaint('invalid-duration'))
    .refine(inRange, complaint('out-of-range', `${minimum}..${maximum}`))
    .meta({ ...meta, minLength: 2, pattern: durationPattern.source, examples: ['500ms', '5s', '30m', '1h30m'] })
    .optional();
}

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(
  words: Words,
  meta: FieldText,
): z.ZodOptional<z.ZodEnum<{ [Word in Words[number]]: Word }>> {
  return z.enum(words).meta(meta).optional();
}

/** Names of environment variables. What looks like a value is refused and never repeated. */
export function variableNames(meta: FieldText): z.ZodOptional<z.ZodArray<z.ZodString>> {
  const name = z
    .string()
    .refine((value) => !value.includes('='), complaint('environment-value'))
    .refine(isVariableName, complaint('invalid-variable-name'));
  return z.array(name).meta(meta).optional();
}

/** True also for what is refused already as a value; parentheses occur on Windows. */
function isVariableName(value: string): boolean {
  return value.includes('=') || /^[A-Za-z_][A-Za-z0-9_()]*$/.test(value);
}
