import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Orchestrates the example workspace in a scratch copy, which stays for you to look at. */
const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'spec-orchestra-'));
cpSync(join(root, 'examples', 'text-kit'), scratch, { recursive: true });

const identity = ['-c', 'user.name=Spec Orchestra', '-c', 'user.email=orchestra@localhost'];
git('init', '--quiet', '--initial-branch=main');
git('add', '--all');
git(...identity, '-c', 'commit.gpgsign=false', 'commit', '--quiet', '--message', 'The example before its run');

const run = spawnSync(process.execPath, [join(root, 'dist', 'orchestra.cjs'), 'run', '--workspace', scratch], {
  stdio: 'inherit',
});
console.log(`\nThe workspace: ${scratch}`);
console.log(`Its branches:  git -C ${scratch} log --oneline --graph --all`);
process.exitCode = run.status ?? 1;

function git(...args) {
  const { status, error } = spawnSync('git', args, { cwd: scratch, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw error ?? new Error(`git ${args[0]} ended with ${status}.`);
}
