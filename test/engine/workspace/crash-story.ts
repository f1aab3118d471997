import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { GitRepository } from '../../../src/engine/workspace/git-repository.ts';
import { GitWorkspace } from '../../../src/engine/workspace/git-workspace.ts';
import { RUN, sessionId, spec, value, write } from './rig.ts';

export const FIRST = spec('SPEC-001');
export const SECOND = spec('SPEC-002');

/** Enough files that a checkout takes a while. */
export const FILES = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`many/${index}.txt`, `${index}\n`]));

const WORK = {
  [FIRST]: { 'first.txt': 'first\n', 'shared.txt': 'one\n2 of the first\nthree\n' },
  [SECOND]: { 'second.txt': 'second\n', 'shared.txt': 'one\n2 of the second\nthree\n' },
};

/** Two sessions that conflict, from the start to the last merge. Like the engine, it begins every step again that was not answered. */
export async function settle(workspace: GitWorkspace): Promise<void> {
  const setup = { copy: [], link: [] };
  for (const specId of [FIRST, SECOND]) {
    const made = value(await workspace.createWorktree({ specId, fresh: false, setup }));
    const journal = path.join(made.path, `../../../${specId}.worked`);
    if (existsSync(journal)) continue;
    write(made.cwd, WORK[specId] ?? {});
    writeFileSync(journal, '');
  }
  for (const specId of [FIRST, SECOND]) {
    while (!(await advance(workspace, specId)));
  }
}

async function advance(workspace: GitWorkspace, specId: typeof FIRST): Promise<boolean> {
  const collected = await workspace.collect({ specId, message: `work of ${specId}` });
  if (!collected.ok && collected.failure.reason === 'conflict_markers_left') return resolve(workspace, specId);
  const { commit } = value(collected);
  const prepared = value(await workspace.prepareMerge({ specId, gatedCommit: commit }));
  if (prepared.kind === 'conflict') return resolve(workspace, specId);
  const title = specId === FIRST ? 'first' : 'second';
  const request = { specId, sessionId: sessionId(specId), title, commit: prepared.commit, tip: prepared.tip };
  return value(await workspace.merge(request)).kind !== 'moved';
}

/** The agent's part: edits the file and goes. */
async function resolve(workspace: GitWorkspace, specId: typeof FIRST): Promise<false> {
  const made = value(await workspace.createWorktree({ specId, fresh: false, setup: { copy: [], link: [] } }));
  const file = path.join(made.cwd, 'shared.txt');
  if (readFileSync(file, 'utf8').includes('<<<<<<<')) {
    writeFileSync(file, 'one\n2 of the first\n2 of the second\nthree\n');
  }
  return false;
}

async function main(root: string): Promise<void> {
  const patience = { waitMs: 10_000, staleMs: 150 };
  const repository = value(await GitRepository.open({ root, clock: systemClock, env: process.env, patience }));
  const worktreesDir = path.join(root, '.orchestra/worktrees');
  const rescueDir = path.join(root, '.orchestra/rescue');
  process.stdout.write('begun\n');
  const workspace = value(await GitWorkspace.open({ repository, runId: RUN, worktreesDir, rescueDir }));
  value(await workspace.startRun(value(await repository.resolveBase())));
  await settle(workspace);
}

if (process.argv[1] === import.meta.filename && process.argv[2] !== undefined) await main(process.argv[2]);
