import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import type { Result } from '../../../src/base/result.ts';
import type { RunId, SessionId, SpecId } from '../../../src/engine/model/ids.ts';
import { GitRepository, type GitRepositoryOptions } from '../../../src/engine/workspace/git-repository.ts';
import { GitWorkspace } from '../../../src/engine/workspace/git-workspace.ts';
import type { Worktree } from '../../../src/engine/workspace/session/worktrees.ts';

/** The run of every test; its folder of worktrees is `1b4e28ba`. */
export const RUN = '1b4e28ba-2fa1-11d2-883f-0016d3cca427' as RunId;

/** Text that goes into a file of a folder, by path. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** A repository with one commit in a temporary folder, its own HOME and git settings. */
export class Rig {
  readonly home = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'orchestra-git-')));
  readonly root = path.join(this.home, 'project');
  readonly env: Record<string, string | undefined> = {
    ...process.env,
    HOME: this.home,
    XDG_CONFIG_HOME: path.join(this.home, 'config'),
    GIT_CONFIG_NOSYSTEM: '1',
  };

  constructor(files: Files = { 'readme.txt': 'one\ntwo\nthree\n' }) {
    write(this.home, {
      '.gitconfig': '[user]\n\tname = Someone\n\temail = someone@example.org\n[init]\n\tdefaultBranch = main\n',
    });
    mkdirSync(this.root);
    this.git(this.root, 'init', '--quiet');
    write(this.root, { ...files, '.orchestra/.gitignore': '*\n' });
    this.git(this.root, 'add', '-A');
    this.git(this.root, 'commit', '--quiet', '-m', 'first');
  }

  /** Calls git as the person or the agent would. */
  git(cwd: string, ...args: string[]): string {
    return execFileSync('git', args, { cwd, env: this.env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  async repository(options: Partial<GitRepositoryOptions> = {}): Promise<GitRepository> {
    const patience = { waitMs: 5_000, staleMs: 150 };
    return value(
      await GitRepository.open({ root: this.root, clock: systemClock, env: this.env, patience, ...options }),
    );
  }

  /** The run's workspace, started. */
  async workspace(options: Partial<GitRepositoryOptions> & { maxFileBytes?: number } = {}): Promise<GitWorkspace> {
    const { maxFileBytes, ...rest } = options;
    const repository = await this.repository(rest);
    const worktreesDir = path.join(repository.root, '.orchestra/worktrees');
    const rescueDir = path.join(repository.root, '.orchestra/rescue');
    const limit = maxFileBytes === undefined ? {} : { maxFileBytes };
    const workspace = value(await GitWorkspace.open({ repository, runId: RUN, worktreesDir, rescueDir, ...limit }));
    value(await workspace.startRun(value(await repository.resolveBase())));
    return workspace;
  }

  /** Text of a file on a branch. */
  show(branch: string, file: string): string {
    return this.git(this.root, 'show', `${branch}:${file}`);
  }

  dispose(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

export const INTEGRATION = `orchestra/${RUN}/_integration`;

export function spec(id: string): SpecId {
  return id as SpecId;
}

export function sessionId(id: string): SessionId {
  return `${RUN}/${id}` as SessionId;
}

export function value<T, F>(result: Result<T, F>): T {
  assert.ok(result.ok, result.ok ? '' : `unexpected failure: ${JSON.stringify(result.failure, null, 2)}`);
  return result.value;
}

export function failure<T, F>(result: Result<T, F>): F {
  assert.ok(!result.ok, result.ok ? `expected a failure, got ${JSON.stringify(result.value)}` : '');
  return result.failure;
}

export function write(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
}

/** A worktree without copies, as a solo session gets it. */
export async function worktree(workspace: GitWorkspace, id: string, fresh = false): Promise<Worktree> {
  return value(await workspace.createWorktree({ specId: spec(id), fresh, setup: { copy: [], link: [] } }));
}

/** From report to merge, as often as others are faster; answers the merge commit. */
export async function finish(workspace: GitWorkspace, id: string): Promise<string> {
  const collected = value(await workspace.collect({ specId: spec(id), message: `work of ${id}` }));
  for (;;) {
    const prepared = value(await workspace.prepareMerge({ specId: spec(id), gatedCommit: collected.commit }));
    assert.ok(prepared.kind === 'ready', `conflict: ${JSON.stringify(prepared)}`);
    const request = { specId: spec(id), sessionId: sessionId(id), title: `Title of ${id}` };
    const merged = value(await workspace.merge({ ...request, commit: prepared.commit, tip: prepared.tip }));
    if (merged.kind !== 'moved') return merged.commit;
  }
}

/** Every file of a folder (but `.orchestra`) and what of `.git` makes a checkout: index, HEAD, settings, stash, branches. */
export function fingerprint(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (relative: string): void => {
    for (const name of readdirSync(path.join(folder, relative)).sort()) {
      const file = path.join(relative, name);
      if (file === '.orchestra' || (file.startsWith('.git/') && !isCheckoutState(file))) continue;
      const stat = lstatSync(path.join(folder, file));
      if (stat.isDirectory()) walk(file);
      else found[file] = `${stat.mode.toString(8)} ${stat.mtimeMs} ${contentHash(path.join(folder, file))}`;
    }
  };
  walk('');
  return found;
}

function isCheckoutState(file: string): boolean {
  const kept = [
    'index',
    'HEAD',
    'config',
    'config.worktree',
    'refs',
    'info',
    'hooks',
    'logs',
    'packed-refs',
    'ORIG_HEAD',
    'MERGE_HEAD',
  ];
  const [, top = '', second = '', third = ''] = file.split('/');
  if (!kept.includes(top)) return false;
  return !(
    ['refs', 'logs'].includes(top) &&
    (second === 'orchestra' ||
      third === 'orchestra' ||
      file.includes('heads/orchestra') ||
      file.includes('/orchestra/'))
  );
}

function contentHash(file: string): string {
  const stat = lstatSync(file);
  return createHash('sha256')
    .update(stat.isSymbolicLink() ? readlinkSync(file) : readFileSync(file))
    .digest('hex');
}
