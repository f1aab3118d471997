import type { Locale } from '../engine/model/describe-failure.ts';
import type { Engine, EngineFailure } from '../engine/model/engine-api.ts';
import type { CommandOptions } from './arguments/check-options.ts';
import { exitCodeOfFailure } from './exit-code.ts';
import type { Output } from './output/output.ts';
import { formatProblemLines } from './output/format-problem-lines.ts';
import type { Paint } from './screen/paint.ts';
import type { Texts } from './texts/en.ts';
import type { CliWorld } from './world.ts';

/** What every command works with. */
export interface CommandContext {
  readonly engine: Engine;
  readonly options: CommandOptions;
  /** The arguments that are no options; as many as the command's shape demands. */
  readonly words: readonly string[];
  readonly output: Output;
  readonly locale: Locale;
  readonly texts: Texts;
  readonly paint: Paint;
  readonly world: CliWorld;
}

/** Does what was asked and answers the exit code. */
export type RunCommand = (context: CommandContext) => Promise<number>;

/** Tells why the engine refused, with every problem or the way on; answers the exit code. */
export function reportFailure(failure: EngineFailure, { output, texts, locale, engine }: CommandContext): number {
  if (failure.reason === 'problems') {
    for (const problem of failure.problems) {
      for (const line of formatProblemLines(problem, engine.root, locale)) output.error(line);
    }
    output.error(texts.plan.none);
    return exitCodeOfFailure(failure);
  }
  output.error(texts.failure.error(failure.message));
  if (failure.reason === 'held') output.error(texts.failure.heldHint('orchestra run --resume --take-over'));
  if (failure.reason === 'unknown_run') output.error(texts.failure.runsHint);
  return exitCodeOfFailure(failure);
}
