import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locale } from '../engine/model/describe-failure.ts';
import type { Engine } from '../engine/model/engine-api.ts';
import { commandShapes } from './arguments/command-table.ts';
import { findWorkspace } from './arguments/find-workspace.ts';
import { parseArguments, type Invocation } from './arguments/parse-arguments.ts';
import { describeUsage, type UsageFailure } from './arguments/usage-failure.ts';
import { commands } from './commands/commands.ts';
import { exitCode } from './exit-code.ts';
import { formatHelp } from './help/format-help.ts';
import { Output } from './output/output.ts';
import { createPaint } from './screen/paint.ts';
import { localeOf, textsOf } from './texts/choose-texts.ts';
import type { CliWorld } from './world.ts';

/** The `orchestra` command: does what `argv` asks for and answers the exit code. Everything outside comes in with `world`. */
export async function runCli(world: CliWorld): Promise<number> {
  const output = new Output(world.stdout, world.stderr);
  const asked = parseArguments(world.argv);
  const locale = localeFor(world, asked.ok ? asked.value : undefined);
  const refuse = (failure: UsageFailure): number => {
    const texts = textsOf(locale);
    output.error(texts.failure.error(describeUsage(failure, texts)));
    return exitCode.usage;
  };
  if (!asked.ok) return refuse(asked.failure);
  const invocation = asked.value;
  switch (invocation.kind) {
    case 'help':
      output.line(formatHelp(invocation.topic, locale));
      return exitCode.success;
    case 'version':
      output.line(await readVersion(world.distFolder));
      return exitCode.success;
    case 'command': {
      const { workspace } = invocation.options;
      const root = await findWorkspace({
        ...(workspace === undefined ? {} : { named: workspace }),
        ...{ environment: world.environment, cwd: world.cwd },
        anywhere: commandShapes[invocation.name].worksAnywhere === true,
      });
      return root.ok ? runCommand(world, { invocation, output, locale, root: root.value }) : refuse(root.failure);
    }
  }
}

interface Request {
  readonly invocation: Extract<Invocation, { kind: 'command' }>;
  readonly output: Output;
  readonly locale: Locale;
  readonly root: string;
}

async function runCommand(world: CliWorld, { invocation, output, locale, root }: Request): Promise<number> {
  const texts = textsOf(locale);
  const { options, words } = invocation;
  const engine = await openEngine(world, root, (message) => output.error(texts.failure.warning(message)));
  try {
    const paint = createPaint(hasColours(world));
    return await commands[invocation.name]({ engine, options, words, output, locale, texts, paint, world });
  } finally {
    engine.dispose();
  }
}

function openEngine(world: CliWorld, root: string, onWarning: (message: string) => void): Promise<Engine> {
  const { environment, execPath, distFolder, cpuCount } = world;
  return world.createEngine({ environment, execPath, distFolder, cpuCount, onWarning }, { root, holder: 'cli' });
}

/** Wrong arguments are told in the language that was asked for, if that much can be read. */
function localeFor({ argv, environment }: CliWorld, invocation: Invocation | undefined): Locale {
  if (invocation?.kind === 'command' && invocation.options.locale) return invocation.options.locale;
  const index = argv.indexOf('--locale');
  const value = index >= 0 ? argv[index + 1] : argv.find((word) => word.startsWith('--locale='))?.slice(9);
  return value === 'ja' || value === 'en' ? value : localeOf(environment);
}

/** NO_COLOR as https://no-color.org asks for it. */
function hasColours({ stdout, environment }: CliWorld): boolean {
  return stdout.isTTY === true && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
}

async function readVersion(distFolder: string): Promise<string> {
  const text = await readFile(join(distFolder, '..', 'package.json'), 'utf8');
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
