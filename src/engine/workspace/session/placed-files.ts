import { constants } from 'node:fs';
import { cp, lstat, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Result } from '../../../base/result.ts';
import type { Session } from './session.ts';
import type { WorkspaceFailure } from '../workspace-failure.ts';

/** What a new worktree gets from the person's checkout; paths or globs (`*`, `?`, `**`) relative to the workspace. */
export interface WorktreeSetup {
  readonly copy: readonly string[];
  readonly link: readonly string[];
}

/**
 * Copies and links what is there, over nothing that the worktree has, and remembers the paths so that they are never committed.
 * Linked things stay the person's: a write through the link is a write to them.
 */
export async function placeFiles(session: Session, setup: WorktreeSetup): Promise<Result<void, WorkspaceFailure>> {
  const { root } = session.run.repository;
  const placed: string[] = [];
  for (const kind of ['copy', 'link'] as const) {
    for (const pattern of setup[kind]) {
      if (path.isAbsolute(pattern) || path.posix.normalize(pattern).startsWith('..')) {
        const message = `${pattern} leads out of the workspace; ${kind} takes paths inside it`;
        return fail({ reason: 'outside_workspace', message, path: pattern });
      }
      for (const file of await matchingPaths(root, path.posix.normalize(pattern).replace(/\/$/, ''))) {
        await place(kind, { from: path.join(root, file), to: path.join(session.cwd, file) }, placed);
      }
    }
  }
  const paths = placed.map((file) => path.relative(session.path, file).split(path.sep).join('/'));
  const fresh = `${session.placedFile}.new`;
  await writeFile(fresh, JSON.stringify(paths));
  await rename(fresh, session.placedFile);
  return ok(undefined);
}

/** The paths that {@link placeFiles} put there, relative to the worktree's top, `/` between parts. */
export async function readPlaced(session: Session): Promise<readonly string[]> {
  const text = await readFile(session.placedFile, 'utf8').catch(() => '[]');
  const paths: unknown = JSON.parse(text);
  return Array.isArray(paths) ? paths.filter((item) => typeof item === 'string') : [];
}

/** Whether a path is a placed one or lies below one. */
export function isPlaced(placed: readonly string[], file: string): boolean {
  return placed.some((item) => file === item || file.startsWith(`${item}/`));
}

async function place(kind: 'copy' | 'link', ends: { from: string; to: string }, placed: string[]): Promise<void> {
  const there = await lstat(ends.to).catch(() => undefined);
  const source = await lstat(ends.from);
  if (there === undefined) {
    await mkdir(path.dirname(ends.to), { recursive: true });
    if (kind === 'link') await symlink(ends.from, ends.to, source.isDirectory() ? 'junction' : 'file');
    else await copyTree(ends.from, ends.to);
    placed.push(ends.to);
  } else if (kind === 'copy' && there.isDirectory() && source.isDirectory()) {
    for (const name of await readdir(ends.from)) {
      await place(kind, { from: path.join(ends.from, name), to: path.join(ends.to, name) }, placed);
    }
  }
}

function copyTree(from: string, to: string): Promise<void> {
  const mode = constants.COPYFILE_FICLONE;
  return cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, mode });
}

async function matchingPaths(root: string, pattern: string): Promise<string[]> {
  if (!/[*?]/.test(pattern)) {
    const found = await lstat(path.join(root, pattern)).catch(() => undefined);
    return found === undefined ? [] : [pattern];
  }
  const parts = pattern.split('/');
  const fixed = parts
    .slice(
      0,
      parts.findIndex((part) => /[*?]/.test(part)),
    )
    .join('/');
  const matches: string[] = [];
  await walk({ root, shape: globShape(pattern) }, fixed, matches);
  return matches.sort();
}

async function walk(search: { root: string; shape: RegExp }, folder: string, matches: string[]): Promise<void> {
  const entries = await readdir(path.join(search.root, folder), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.name === '.git' || entry.name === '.orchestra') continue;
    if (search.shape.test(file)) matches.push(file);
    else if (entry.isDirectory()) await walk(search, file, matches);
  }
}

function globShape(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/|\*\*|\*|\?|[^]/gu, (token) => {
    if (token === '**/') return '(?:.*/)?';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    return token === '?' ? '[^/]' : token.replace(/[\\^$.|+()[\]{}]/, '\\$&');
  });
  return new RegExp(`^${source}$`, 'su');
}
