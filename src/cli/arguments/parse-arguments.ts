import { closest } from '../../base/closest.ts';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { fail, ok, type Result } from '../../base/result.ts';
import {
  commandNames,
  commandShapes,
  commonOptions,
  options,
  unavailableCommands,
  type CommandName,
  type OptionName,
} from './command-table.ts';
import { checkOptions, type CommandOptions, type RawValues } from './check-options.ts';
import type { UsageFailure } from './usage-failure.ts';

/** What was asked for. */
export type Invocation =
  | { readonly kind: 'help'; readonly topic?: CommandName }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'command';
      readonly name: CommandName;
      readonly options: CommandOptions;
      readonly words: readonly string[];
    };

/** Reads the words after `orchestra`. Options may stand before and after the command. */
export function parseArguments(argv: readonly string[]): Result<Invocation, UsageFailure> {
  const split = findCommand(argv);
  const { word, rest } = split;
  if (word === undefined) return parseWithoutCommand(rest);
  if (word === 'help') return parseHelp(rest);
  if (!isCommand(word)) return fail(unknownCommand(word));
  return parseCommand(word, rest);
}

function findCommand(argv: readonly string[]): { readonly word?: string; readonly rest: readonly string[] } {
  const { tokens } = parseArgs({
    args: [...argv],
    options: parserOptions(commonOptions),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const first = tokens.find((token) => token.kind === 'positional');
  if (first?.kind !== 'positional') return { rest: argv };
  return { word: first.value, rest: [...argv.slice(0, first.index), ...argv.slice(first.index + 1)] };
}

function parseWithoutCommand(argv: readonly string[]): Result<Invocation, UsageFailure> {
  const parsed = parseOptions('orchestra', [...commonOptions, 'version'], argv);
  if (!parsed.ok) return parsed;
  return ok(parsed.value.values.version === true ? { kind: 'version' } : { kind: 'help' });
}

function parseHelp(rest: readonly string[]): Result<Invocation, UsageFailure> {
  const parsed = parseOptions('orchestra', commonOptions, rest);
  if (!parsed.ok) return parsed;
  const [topic, more] = parsed.value.words;
  if (topic === undefined) return ok({ kind: 'help' });
  if (more !== undefined) return fail({ reason: 'superfluous_argument', command: 'orchestra', word: more });
  return isCommand(topic) ? ok({ kind: 'help', topic }) : fail(unknownCommand(topic));
}

function parseCommand(name: CommandName, rest: readonly string[]): Result<Invocation, UsageFailure> {
  const shape = commandShapes[name];
  const parsed = parseOptions(name, [...commonOptions, ...shape.options], rest);
  if (!parsed.ok) return parsed;
  const { values, words } = parsed.value;
  if (values.help === true) return ok({ kind: 'help', topic: name });
  const missing = shape.required[words.length];
  if (missing !== undefined) return fail({ reason: 'missing_argument', command: name, name: missing });
  const most = shape.required.length + shape.optional.length;
  const superfluous = words[most];
  if (superfluous !== undefined && shape.takesRest !== true) {
    return fail({ reason: 'superfluous_argument', command: name, word: superfluous });
  }
  const joined = shape.takesRest === true ? [...words.slice(0, most - 1), words.slice(most - 1).join(' ')] : words;
  const checked = checkOptions(values);
  return checked.ok ? ok({ kind: 'command', name, options: checked.value, words: joined }) : checked;
}

function parseOptions(
  command: string,
  names: readonly OptionName[],
  argv: readonly string[],
): Result<{ readonly values: RawValues; readonly words: readonly string[] }, UsageFailure> {
  const config = { args: withOptionalValues(names, argv), options: parserOptions(names), allowPositionals: true };
  const unknown = parseArgs({ ...config, strict: false, tokens: true }).tokens.find(
    (token) => token.kind === 'option' && !Object.hasOwn(config.options, token.name),
  );
  if (unknown?.kind === 'option') {
    const suggestion = closest(unknown.name, Object.keys(config.options));
    const hint = suggestion === '' ? {} : { suggestion: `--${suggestion}` };
    return fail({ reason: 'unknown_option', option: unknown.rawName, command, ...hint });
  }
  try {
    const { values, positionals } = parseArgs({ ...config, strict: true });
    return ok({ values, words: positionals });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return fail({ reason: 'invalid_option', command, message: error.message });
  }
}

/** The parser knows no option whose value may be missing: an empty one is written in its place. */
function withOptionalValues(names: readonly OptionName[], argv: readonly string[]): string[] {
  const written = new Set(names.filter((name) => options[name].optionalValue === true).map((name) => `--${name}`));
  const end = argv.indexOf('--');
  return argv.flatMap((word, index) => {
    if (!written.has(word) || (end >= 0 && index > end)) return [word];
    const next = argv[index + 1];
    return next === undefined || next.startsWith('-') ? [`${word}=`] : [word];
  });
}

function parserOptions(names: readonly OptionName[]): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(
    names.map((name) => {
      const { type, short, multiple = false, written = name } = options[name];
      return [written, { type, multiple, ...(short === undefined ? {} : { short }) }];
    }),
  );
}

function isCommand(word: string): word is CommandName {
  return (commandNames as readonly string[]).includes(word);
}

function unknownCommand(word: string): UsageFailure {
  if (unavailableCommands.includes(word)) return { reason: 'unavailable_command', word };
  const suggestion = closest(word, [...commandNames, 'help']);
  return { reason: 'unknown_command', word, ...(suggestion === '' ? {} : { suggestion }) };
}
