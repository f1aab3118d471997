import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { TerminalLaunch } from '../../model/terminal.ts';

/** Linux's limit for one argument with its closing zero byte (MAX_ARG_STRLEN). */
const maxArgumentBytes = 131_071;

/** Why a launch cannot work, in words for people; undefined when it looks well. On Unix a failed start would otherwise show only as exit code 1. */
export function launchProblem(launch: TerminalLaunch): string | undefined {
  if (!statSync(launch.cwd, { throwIfNoEntry: false })?.isDirectory())
    return `The folder ${launch.cwd} does not exist.`;
  if (process.platform === 'win32') return undefined;
  if (
    process.platform === 'linux' &&
    launch.args.some((text) => text.length > maxArgumentBytes / 4 && Buffer.byteLength(text) > maxArgumentBytes)
  ) {
    return 'One argument is longer than the 128 KiB that Linux allows; hand it over in a file.';
  }
  const { file, cwd, env } = launch;
  if (file === '') return 'No program is named.';
  if (file.includes('/'))
    return isProgram(resolve(cwd, file)) ? undefined : `${file} is not a program that can be run.`;
  const folders = (env['PATH'] ?? '/bin:/usr/bin').split(delimiter);
  const found = folders.some((folder) =>
    isProgram(isAbsolute(folder) ? join(folder, file) : resolve(cwd, folder, file)),
  );
  return found ? undefined : `${file} was not found on the PATH.`;
}

/** Most folders of a PATH do not have it, and an error for each would cost more than all the looking. */
function isProgram(path: string): boolean {
  try {
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
