import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fail, ok, type Result } from '../../base/result.ts';
import type { UsageFailure } from './usage-failure.ts';

/** Where to look for a workspace. */
export interface WorkspaceSearch {
  /** `--workspace`. */
  readonly named?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Where nothing is found, the current directory will do. */
  readonly anywhere: boolean;
}

/**
 * Absolute path of the workspace: the named folder, else `ORCHESTRA_WORKSPACE`, else the nearest folder from the current one upwards that holds orchestra.toml, specs/ or
 * .orchestra/. The search does not leave the repository that it began in.
 */
export async function findWorkspace(search: WorkspaceSearch): Promise<Result<string, UsageFailure>> {
  const { named, environment, cwd, anywhere } = search;
  const given = named ?? environment['ORCHESTRA_WORKSPACE'] ?? '';
  if (given !== '') {
    const folder = resolve(cwd, given);
    return (await kindOf(folder)) === 'folder' ? ok(folder) : fail({ reason: 'no_folder', folder });
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (await isWorkspace(folder)) return ok(folder);
    if ((await kindOf(join(folder, '.git'))) !== undefined || folder === dirname(folder)) break;
  }
  return anywhere ? ok(resolve(cwd)) : fail({ reason: 'no_workspace', folder: resolve(cwd) });
}

async function isWorkspace(folder: string): Promise<boolean> {
  if ((await kindOf(join(folder, 'orchestra.toml'))) === 'file') return true;
  if ((await kindOf(join(folder, 'specs'))) === 'folder') return true;
  return (await kindOf(join(folder, '.orchestra'))) === 'folder';
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}
