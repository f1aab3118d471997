import type { Locale } from '../../engine/model/describe-failure.ts';
import {
  commandNames,
  commandShapes,
  commonOptions,
  options,
  type CommandName,
  type OptionName,
} from '../arguments/command-table.ts';
import { formatTable } from '../screen/table.ts';
import { englishHelp, type HelpTexts } from './help-en.ts';
import { japaneseHelp } from './help-ja.ts';

/** The help of one command, or of all. */
export function formatHelp(topic: CommandName | undefined, locale: Locale): string {
  const help = locale === 'ja' ? japaneseHelp : englishHelp;
  return (topic === undefined ? overview(help) : commandHelp(topic, help)).join('\n');
}

function overview(help: HelpTexts): readonly string[] {
  return [
    help.title,
    '',
    `${help.usage} orchestra COMMAND`,
    '',
    ...formatTable(commandNames.map((name) => [`  ${callOf(name)}`, help.commands[name]])),
    '',
    help.options,
    ...optionLines([...commonOptions, 'version'], help),
    '',
    help.more,
  ];
}

function commandHelp(name: CommandName, help: HelpTexts): readonly string[] {
  return [
    help.commands[name],
    '',
    `${help.usage} orchestra ${callOf(name)} [OPTIONS]`,
    ...help.details[name].flatMap((line) => ['', line]),
    '',
    help.options,
    ...optionLines([...commandShapes[name].options, ...commonOptions], help),
  ];
}

function callOf(name: CommandName): string {
  const { required, optional } = commandShapes[name];
  return [name, ...required, ...optional.map((word) => `[${word}]`)].join(' ');
}

function optionLines(names: readonly OptionName[], help: HelpTexts): readonly string[] {
  return formatTable(names.map((name) => [`  ${spelling(name)}`, help.optionTexts[name]]));
}

function spelling(name: OptionName): string {
  const { short, value, optionalValue, written = name } = options[name];
  const argument = value === undefined ? '' : optionalValue === true ? ` [${value}]` : ` ${value}`;
  return `${short === undefined ? '' : `-${short}, `}--${written}${argument}`;
}
