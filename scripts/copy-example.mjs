import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Copies the example workspace into a scratch folder, a git repository with one commit, and gives its path. */
export function copyExample() {
  const scratch = mkdtempSync(join(tmpdir(), 'spec-orchestra-'));
  cpSync(join(import.meta.dirname, '..', 'examples', 'text-kit'), scratch, { recursive: true });
  const identity = ['-c', 'user.name=Spec Orchestra', '-c', 'user.email=orchestra@localhost'];
  git(scratch, 'init', '--quiet', '--initial-branch=main');
  git(scratch, 'add', '--all');
  git(
    scratch,
    ...identity,
    '-c',
    'commit.gpgsign=false',
    'commit',
    '--quiet',
    '--message',
    'The example before its run',
  );
  return scratch;
}

function git(folder, ...args) {
  const { status, error } = spawnSync('git', args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw error ?? new Error(`git ${args[0]} ended with ${status}.`);
}
