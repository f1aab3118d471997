import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { readSpecBlocks, type SpecBlock } from './spec-blocks.ts';

/** Writes the blocks of the spec named by the first argument into the current folder. Exit 0: written; 1: nothing to write or refused. */
function main(): number {
  const specFile = process.argv[2] ?? process.env['ORCHESTRA_SPEC_FILE'];
  if (specFile === undefined) return refuse('No spec file was given.');
  const blocks = readSpecBlocks(readFileSync(specFile, 'utf8'));
  if (!blocks.ok) return refuse(`${specFile}:${blocks.failure.line}: ${blocks.failure.message}`);
  if (blocks.value.length === 0) {
    return refuse('This spec has no block that names a file. Begin one with ```js file=path/of/the/file.js');
  }
  for (const block of blocks.value) {
    const refusal = write(process.cwd(), block);
    if (refusal !== undefined) return refuse(refusal);
  }
  return 0;
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}

function write(root: string, block: SpecBlock): string | undefined {
  const target = join(root, block.path);
  const folder = dirname(target);
  const rootReal = realpathSync(root);
  const inside = realpathSync(nearestFolder(folder));
  if (inside !== rootReal && !inside.startsWith(rootReal + sep)) {
    return `${block.path} leads out of the worktree through a link.`;
  }
  mkdirSync(folder, { recursive: true });
  if (existsSync(target) && lstatSync(target).isSymbolicLink())
    return `${block.path} is a link; it is not written through.`;
  const before = existsSync(target) ? readFileSync(target, 'utf8') : '';
  const text = block.action === 'append' ? appended(before, block.text) : block.text;
  if (text !== before || !existsSync(target)) writeFileSync(target, text);
  process.stdout.write(`${block.action === 'append' ? 'appended to' : 'wrote'} ${block.path}\n`);
  return undefined;
}

/** The folder itself, or the first one above it that exists. */
function nearestFolder(folder: string): string {
  let nearest = folder;
  while (!existsSync(nearest)) nearest = dirname(nearest);
  return nearest;
}

function appended(before: string, text: string): string {
  if (before.includes(text)) return before;
  return before === '' || before.endsWith('\n') ? before + text : `${before}\n${text}`;
}

process.exitCode = main();
