import { lstat, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Result } from '../../../base/result.ts';
import { lostLines } from './lost-lines.ts';
import { compareTrees, isAncestor } from '../git/changes.ts';
import type { GitFailure } from '../git/git.ts';
import { conflictRegions, mergeTrees } from '../git/merge-trees.ts';
import { exists } from '../session/repair.ts';
import type { Session, SessionState } from '../session/session.ts';
import type { DroppedContent, WorkspaceFailure } from '../workspace-failure.ts';

/** What is known about a conflict that an agent was given. */
export interface ResolutionFacts {
  readonly state: SessionState;
  /** The other side, while the merge is open. */
  readonly merging: string | undefined;
  readonly acceptDropped: boolean;
}

interface Sides {
  readonly ours: string;
  readonly theirs: string;
}

/** Lines named for one file in a failure. */
const LINES_LISTED = 20;

/** Checks the files of a worktree against the conflict that its agent was given, if it was given one. */
export async function checkResolution(
  session: Session,
  facts: ResolutionFacts,
): Promise<Result<void, WorkspaceFailure>> {
  const { conflict: theirs, ours } = facts.state;
  if (theirs === undefined || ours === undefined) return ok(undefined);
  const merged = await mergeTrees(session.git, session.call, { ours, theirs });
  if (!merged.ok) return merged;
  const marked: string[] = [];
  for (const file of merged.value.conflicts) {
    const left = await hasMarkers(session, file, { ours, theirs });
    if (!left.ok) return left;
    if (left.value) marked.push(file);
  }
  if (marked.length > 0) {
    const message = `conflict markers are still in ${marked.join(', ')}; resolve them, keeping what both sides added`;
    return fail({ reason: 'conflict_markers_left', message, files: marked });
  }
  if (facts.acceptDropped) return ok(undefined);
  const joined = facts.merging === undefined ? await isAncestor(session.git, session.call, theirs, 'HEAD') : ok(true);
  if (!joined.ok) return joined;
  return joined.value ? checkDropped(session, { ours, theirs }, merged.value) : ok(undefined);
}

async function checkDropped(
  session: Session,
  sides: Sides,
  merged: { readonly tree: string; readonly conflicts: readonly string[] },
): Promise<Result<void, WorkspaceFailure>> {
  const touched = await changedSince(session, sides.ours);
  if (!touched.ok) return touched;
  const dropped: DroppedContent[] = [];
  const clean = await compareTrees(session.git, session.call, [sides.ours, merged.tree]);
  if (!clean.ok) return clean;
  for (const change of clean.value) {
    if (merged.conflicts.includes(change.path) || change.newMode === '000000') continue;
    const kept =
      touched.value.has(change.path) || (change.oldMode === '000000' && (await isThere(session, change.path)));
    if (!kept) dropped.push({ path: change.path, lines: [] });
  }
  for (const file of merged.conflicts) {
    const lost = await lostInConflict(session, file, { ...sides, tree: merged.tree, touched: touched.value });
    if (!lost.ok) return lost;
    if (lost.value !== undefined) dropped.push({ path: file, lines: lost.value.slice(0, LINES_LISTED) });
  }
  if (dropped.length === 0) return ok(undefined);
  const message = `content of the other side was lost in ${dropped.map((item) => item.path).join(', ')}; bring it back`;
  return fail({ reason: 'other_side_dropped', message, files: dropped });
}

/** The other side's lines that are gone; an empty list when a file that has no lines is gone; `undefined` when all is there. */
async function lostInConflict(
  session: Session,
  file: string,
  facts: Sides & { readonly tree: string; readonly touched: ReadonlySet<string> },
): Promise<Result<string[] | undefined, WorkspaceFailure>> {
  const base = await session.git.text(['merge-base', facts.ours, facts.theirs], session.call);
  if (!base.ok) return base;
  const texts: Buffer[] = [];
  for (const commit of [base.value, facts.ours, facts.theirs, facts.tree]) {
    const blob = await readBlob(session, `${commit}:${file}`);
    if (!blob.ok) return blob;
    texts.push(blob.value ?? Buffer.alloc(0));
  }
  const [before, ours, theirs, merged] = texts;
  if (before === undefined || ours === undefined || theirs === undefined || merged === undefined) return ok(undefined);
  if (theirs.equals(before) || theirs.length === 0) return ok(undefined);
  const there = await readResult(session, file);
  if (theirs.includes(0)) return ok(there !== undefined && !there.equals(ours) ? undefined : []);
  const result = there ?? (await joinFiles(session, facts.touched));
  const regions = conflictRegions(merged.toString('utf8'));
  const checked = [...regions, { base: lines(before), theirs: lines(theirs) }];
  const lost = checked.flatMap((region) => lostLines({ ...region, ours: lines(ours), result: lines(result) }));
  return ok(lost.length === 0 ? undefined : [...new Set(lost)]);
}

/** Marker lines that neither side brought along. */
async function hasMarkers(session: Session, file: string, sides: Sides): Promise<Result<boolean, GitFailure>> {
  const result = await readResult(session, file);
  if (result === undefined) return ok(false);
  const own = new Set<string>();
  for (const commit of [sides.ours, sides.theirs]) {
    const blob = await readBlob(session, `${commit}:${file}`);
    if (!blob.ok) return blob;
    for (const line of lines(blob.value ?? Buffer.alloc(0))) own.add(line);
  }
  return ok(lines(result).some((line) => /^(<{7,}|\|{7,}|>{7,})( |$)|^={7}$/.test(line) && !own.has(line)));
}

/** Paths whose content in the worktree is not that of a commit. */
async function changedSince(session: Session, commit: string): Promise<Result<ReadonlySet<string>, GitFailure>> {
  const args = ['diff', '--name-only', '-z', '--no-renames', '--no-ext-diff', '--no-textconv', commit, '--'];
  const listed = await session.git.run(args, session.call);
  if (!listed.ok) return listed;
  return ok(
    new Set(
      listed.value.stdout
        .toString('utf8')
        .split('\0')
        .filter((file) => file !== ''),
    ),
  );
}

/** A file of a commit or tree; `undefined` when it has none of that name. */
export async function readBlob(session: Session, name: string): Promise<Result<Buffer | undefined, GitFailure>> {
  const done = await session.git.run(['cat-file', 'blob', name], { ...session.call, accept: [128] });
  if (!done.ok) return done;
  return ok(done.value.code === 0 ? done.value.stdout : undefined);
}

async function readResult(session: Session, file: string): Promise<Buffer | undefined> {
  const full = path.join(session.path, file);
  const found = await lstat(full).catch(() => undefined);
  if (found?.isSymbolicLink() === true) return readlink(full, 'buffer');
  return found?.isFile() === true ? readFile(full) : undefined;
}

/** Where a conflicted file is gone, its content may have gone to any of the changed ones. */
async function joinFiles(session: Session, files: ReadonlySet<string>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const file of files) parts.push((await readResult(session, file)) ?? Buffer.alloc(0), Buffer.from('\n'));
  return Buffer.concat(parts);
}

function isThere(session: Session, file: string): Promise<boolean> {
  return exists(path.join(session.path, file));
}

function lines(text: Buffer): string[] {
  return text.toString('utf8').split(/\r?\n/);
}
