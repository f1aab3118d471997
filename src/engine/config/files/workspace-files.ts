import type { Result } from '../../../base/result.ts';

/** Why a file or folder could not be read; `message` is the system's own. */
export interface FileFailure {
  readonly reason: 'missing' | 'unreadable';
  readonly message: string;
}

/** One name in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
}

/** The files of a workspace, by absolute path. A front may put unsaved texts of an editor on top. */
export interface WorkspaceFiles {
  readFile(path: string): Promise<Result<Uint8Array, FileFailure>>;
  listFolder(path: string): Promise<Result<readonly FolderEntry[], FileFailure>>;
  /** What `path` is after all links are followed; undefined when it leads nowhere. */
  resolve(path: string): Promise<{ readonly path: string; readonly kind: FolderEntry['kind'] } | undefined>;
}
