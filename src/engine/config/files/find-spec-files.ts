import { join } from 'node:path';
import { matchGlob } from '../../../base/glob-intersection.ts';
import { parseGlob, type Glob, type GlobPath } from '../../../base/glob.ts';
import { createProblem, createWarning } from '../../model/create-problem.ts';
import type { Problem } from '../../model/problem.ts';
import type { WorkspaceFiles } from './workspace-files.ts';

/** The spec files of all sources, each once, by path; and for each source whether it led to any. */
export interface FoundSpecFiles {
  /** Absolute. */
  readonly files: readonly string[];
  readonly emptySources: readonly string[];
  readonly problems: readonly Problem[];
}

/** Folders that never hold specs of the workspace's own. */
const skippedFolders = new Set(['node_modules', '.git', '.orchestra']);

/**
 * Looks for spec files under `root`. A source without wildcards is a folder, whose `*.md` count at any depth but for `README.md`
 * and names that begin with `.` or `_`, or a single file; any other is a glob. Links are followed inside the root only.
 */
export async function findSpecFiles(
  root: string,
  sources: readonly string[],
  files: WorkspaceFiles,
): Promise<FoundSpecFiles> {
  const realRoot = (await files.resolve(root))?.path ?? root;
  const walk: Walk = { root, realRoot, files, problems: new Map() };
  const found = new Map<string, string>();
  const emptySources: string[] = [];
  for (const source of sources) {
    const glob = parseGlob(source);
    const listed = glob.ok ? await filesOfSource(walk, glob.value) : [];
    for (const [realPath, path] of listed) if (!found.has(realPath)) found.set(realPath, path);
    if (listed.length === 0) emptySources.push(source);
  }
  return { files: [...found.values()].sort(), emptySources, problems: [...walk.problems.values()] };
}

interface Walk {
  readonly root: string;
  readonly realRoot: string;
  readonly files: WorkspaceFiles;
  /** By path, as several sources may meet one link. */
  readonly problems: Map<string, Problem>;
}

/** Pairs of real path and path below the root as given. */
type FoundFile = readonly [realPath: string, path: string];

async function filesOfSource(walk: Walk, glob: Glob): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  for (const alternative of glob.alternatives) {
    const base = literalPrefix(alternative);
    const isPlain = base.length === alternative.length;
    const isFolder = isPlain || (base.length === alternative.length - 1 && alternative.at(-1) === '**');
    const start = base.join('/');
    const resolved = await walk.files.resolve(join(walk.root, start));
    if (resolved === undefined || !isInside(walk, join(walk.root, start), resolved.path)) continue;
    if (resolved.kind === 'file' && isPlain) found.push([resolved.path, join(walk.root, start)]);
    if (resolved.kind !== 'folder') continue;
    const accept = isFolder ? isSpecFile : (path: string): boolean => matchGlob(glob, path);
    found.push(...(await walkFolder(walk, start, resolved.path, accept)));
  }
  return found;
}

function literalPrefix(path: GlobPath): readonly string[] {
  const wild = path.findIndex((segment) => segment === '**' || segment.literal === undefined);
  return path
    .slice(0, wild === -1 ? path.length : wild)
    .map((segment) => (segment === '**' ? '' : (segment.literal ?? '')));
}

function isSpecFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return /^[^._].*\.md$/i.test(name) && name.toLowerCase() !== 'readme.md';
}

/** Each real folder is entered once, so that links in a circle end. */
async function walkFolder(
  walk: Walk,
  start: string,
  realStart: string,
  accept: (path: string) => boolean,
): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  const entered = new Set<string>();
  const open: FoundFile[] = [[realStart, start]];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const [realFolder, folderPath] = folder;
    if (entered.has(realFolder)) continue;
    entered.add(realFolder);
    const listed = await walk.files.listFolder(join(walk.root, folderPath));
    if (!listed.ok) {
      report(walk, join(walk.root, folderPath), 'unreadable-file', { detail: listed.failure.message });
      continue;
    }
    for (const entry of listed.value) {
      const path = folderPath === '' ? entry.name : `${folderPath}/${entry.name}`;
      const absolute = join(walk.root, path);
      const target =
        entry.kind === 'link'
          ? await walk.files.resolve(absolute)
          : { kind: entry.kind, path: join(realFolder, entry.name) };
      if (target === undefined || (entry.kind === 'link' && !isInside(walk, absolute, target.path))) continue;
      if (target.kind === 'folder' && !skippedFolders.has(entry.name)) open.push([target.path, path]);
      if (target.kind === 'file' && accept(path)) found.push([target.path, absolute]);
    }
  }
  return found;
}

function isInside(walk: Walk, path: string, realPath: string): boolean {
  if (realPath === walk.realRoot || realPath.startsWith(join(walk.realRoot, '/'))) return true;
  report(walk, path, 'link-outside', {});
  return false;
}

function report(
  walk: Walk,
  path: string,
  code: 'unreadable-file' | 'link-outside',
  parameters: Readonly<Record<string, string>>,
): void {
  const create = code === 'link-outside' ? createWarning : createProblem;
  walk.problems.set(path, create(code, { file: path, line: 1, column: 1 }, parameters));
}
