import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { copyExample } from './copy-example.mjs';

/** Orchestrates the example workspace in a scratch copy, which stays for you to look at. */
const scratch = copyExample();
const program = join(import.meta.dirname, '..', 'dist', 'orchestra.cjs');
const run = spawnSync(process.execPath, [program, 'run', '--workspace', scratch], { stdio: 'inherit' });
console.log(`\nThe workspace: ${scratch}`);
console.log(`Its branches:  git -C ${scratch} log --oneline --graph --all`);
process.exitCode = run.status ?? 1;
