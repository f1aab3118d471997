import { reportFailure, type CommandContext } from '../command-context.ts';
import { exitCode } from '../exit-code.ts';
import { formatTable } from '../screen/table.ts';

/** `orchestra init`: writes a workspace to begin with, never over an existing file. */
export async function initCommand(context: CommandContext): Promise<number> {
  const { engine, output, texts } = context;
  const written = await engine.init();
  if (!written.ok) return reportFailure(written.failure, context);
  for (const file of written.value) output.line(texts.init.wrote(file));
  output.line(texts.init.next);
  return exitCode.success;
}

/** `orchestra merge [RUN]`: brings what a run accepted into the branch that it started from. */
export async function mergeCommand(context: CommandContext): Promise<number> {
  const { engine, output, texts, words } = context;
  const merged = await engine.merge(words[0]);
  if (!merged.ok) return reportFailure(merged.failure, context);
  const { base, commit, alreadyMerged } = merged.value;
  const tell = alreadyMerged ? texts.merge.already : texts.merge.done;
  output.line(tell(base, commit.slice(0, 12)));
  return exitCode.success;
}

/** `orchestra doctor`: what is installed and working, and what to do about the rest; exit code 1 when something is missing. */
export async function doctorCommand({ engine, output, texts, paint }: CommandContext): Promise<number> {
  const checks = await engine.doctor();
  const icons = { ok: '✅', warning: '🟡', error: '❌' };
  const lines = formatTable(
    checks.map(({ name, status, detail }) => [icons[status], name, texts.doctor[status], detail]),
  );
  for (const [index, line] of lines.entries()) {
    output.line(line);
    const advice = checks[index]?.advice;
    if (advice !== undefined) output.line(paint.warn(`    ${texts.doctor.advice(advice)}`));
  }
  return checks.some(({ status }) => status === 'error') ? exitCode.failed : exitCode.success;
}
