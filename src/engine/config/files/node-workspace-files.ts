import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { fail, ok, type Result } from '../../../base/result.ts';
import type { FileFailure, FolderEntry, WorkspaceFiles } from './workspace-files.ts';

/** The files as they are on disk. */
export const nodeWorkspaceFiles: WorkspaceFiles = {
  readFile: (path) => attempt(() => readFile(path)),
  listFolder: (path) =>
    attempt(async () => {
      const entries = await readdir(path, { withFileTypes: true });
      return entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
    }),
  async resolve(path) {
    try {
      const resolved = await realpath(path);
      return { path: resolved, kind: kindOf(await stat(resolved)) };
    } catch {
      return undefined;
    }
  },
};

async function attempt<T>(run: () => Promise<T>): Promise<Result<T, FileFailure>> {
  try {
    return ok(await run());
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    return fail({ reason: isMissing ? 'missing' : 'unreadable', message: code === '' ? String(error) : code });
  }
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): FolderEntry['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}
