/** What the files of one folder may import. */
export interface Wall {
  /** Folder below src/, or a single file; the longest that fits a file is its home. */
  readonly folder: string;
  /** Folders and files that may be imported. */
  readonly may: readonly string[];
  /** Folders and files of which only types may be imported. */
  readonly mayTypes?: readonly string[];
  /** Packages whose only home this folder is. */
  readonly packages?: readonly string[];
  /** No clock, file, process or chance; no module of Node. */
  readonly pure?: boolean;
}

const vocabulary = ['base', 'engine/model'];

/** The import table of ARCHITECTURE.md. A folder that is not in it must not exist. */
export const walls: readonly Wall[] = [
  { folder: 'base', may: [] },
  { folder: 'engine/model', may: ['base'] },
  { folder: 'engine/config', may: vocabulary, packages: ['smol-toml', 'zod'] },
  { folder: 'engine/graph', may: vocabulary, pure: true },
  { folder: 'engine/core', may: [...vocabulary, 'engine/graph'], pure: true },
  { folder: 'engine/terminal', may: vocabulary, packages: ['node-pty', '@xterm/headless', '@xterm/addon-serialize'] },
  { folder: 'engine/workspace', may: vocabulary },
  { folder: 'engine/policy', may: vocabulary },
  { folder: 'engine/bus', may: vocabulary },
  { folder: 'engine/store', may: vocabulary, packages: ['sql.js'] },
  { folder: 'engine/agents', may: vocabulary, mayTypes: ['engine/terminal'] },
  { folder: 'engine/cluster', may: vocabulary, mayTypes: ['engine'] },
  { folder: 'engine/runtime', may: ['base', 'engine'] },
  { folder: 'engine', may: ['base', 'engine'] },
  { folder: 'cli', may: [...vocabulary, 'engine/engine.ts'] },
  {
    folder: 'extension',
    may: [...vocabulary, 'engine/engine.ts', 'webview/protocol.ts'],
    packages: ['vscode'],
  },
  { folder: 'webview', may: [], mayTypes: ['engine/model'], packages: ['preact'] },
];

/** The entry of the table for a path below src/, for example `engine/core/decide.ts`. */
export function wallOf(path: string): Wall | undefined {
  return walls.filter(({ folder }) => isWithin(path, folder)).sort((a, b) => b.folder.length - a.folder.length)[0];
}

/** Whether `path` is `folder` itself or lies below it; both are relative to src/. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
