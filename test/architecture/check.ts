import { posix } from 'node:path';
import { findImports, type Import } from './imports.ts';
import { tokenize, type Token } from './tokens.ts';
import { isWithin, wallOf, walls, type Wall } from './walls.ts';

/** Source text by path below src/, for example `engine/core/decide.ts`. */
export type Sources = ReadonlyMap<string, string>;

/** Longest file, in lines. */
const maxLines = 400;

/** Every breach of the house's rules in these sources, one line each: `path:line: what is wrong`. */
export function checkArchitecture(sources: Sources): readonly string[] {
  const problems = [...sources].flatMap(([path, source]) => checkFile(path, source, sources));
  return [...problems, ...findCycles(sources).map((cycle) => `${cycle[0]}:1: cycle ${cycle.join(' -> ')}`)];
}

function checkFile(path: string, source: string, sources: Sources): readonly string[] {
  const wall = wallOf(path);
  if (!wall) return [`${path}:1: is in no folder of the import table`];
  const imports = findImports(source);
  return [
    ...checkShape(path, source),
    ...imports.flatMap((one) => checkImport(path, one, wall, sources).map((text) => `${path}:${one.line}: ${text}`)),
    ...(wall.pure ? findImpurities(source).map(({ line, text }) => `${path}:${line}: pure code uses ${text}`) : []),
  ];
}

function checkShape(path: string, source: string): readonly string[] {
  const problems: string[] = [];
  const lines = source.replace(/\n$/, '').split('\n').length;
  const name = posix.basename(path);
  if (lines > maxLines) problems.push(`${path}:${maxLines + 1}: has ${lines} lines, ${maxLines} is the limit`);
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.(tsx?|css)$/.test(name)) problems.push(`${path}:1: name is not kebab-case`);
  if (/^index\.tsx?$/.test(name)) problems.push(`${path}:1: is named like a barrel`);
  const tokens = tokenize(source);
  for (const [index, { text, line }] of tokens.entries()) {
    if (text === 'export' && tokens[index + 1]?.text === 'default') problems.push(`${path}:${line}: default export`);
  }
  return problems;
}

function checkImport(path: string, one: Import, wall: Wall, sources: Sources): readonly string[] {
  if (one.form === 'export' && one.names.includes('*')) return [`re-exports all of ${one.specifier}`];
  if (one.form === 'export' && !mayReExport(path, one)) return [`re-exports from ${one.specifier}`];
  if (!one.specifier.startsWith('.')) return checkPackage(one, wall);
  const target = posix.normalize(posix.join(posix.dirname(path), one.specifier));
  if (!sources.has(target)) return [`imports ${one.specifier}, which is not there`];
  return mayImport(path, target, one, wall) ? [] : [`${wall.folder} must not import ${target}`];
}

// The fronts see the engine through one file, and the page's protocol names types of the model: both hand names on.
function mayReExport(path: string, one: Import): boolean {
  return path === 'engine/engine.ts' || (path === 'webview/protocol.ts' && one.typeOnly);
}

function mayImport(path: string, target: string, one: Import, wall: Wall): boolean {
  if (wallOf(target) === wall) return true;
  if (target === 'engine/engine.ts' && isWithin(path, 'engine')) return false;
  if (wall.may.some((folder) => isWithin(target, folder))) return true;
  return one.typeOnly && (wall.mayTypes ?? []).some((folder) => isWithin(target, folder));
}

function checkPackage({ specifier, names, typeOnly }: Import, wall: Wall): readonly string[] {
  if (specifier.startsWith('node:')) {
    const closed = wall.pure === true || ['base', 'webview'].includes(wall.folder);
    return closed ? [`${wall.folder} must not import ${specifier}`] : [];
  }
  const home = walls.find(({ packages }) => packages?.some((each) => isWithin(specifier, each)));
  if (!home) return [`imports ${specifier}, a package without a home in the table`];
  if (home !== wall) return [`${specifier} belongs to ${home.folder}`];
  const named = specifier === 'zod' && !typeOnly && names.some((name) => name !== '*');
  return named ? ["write import * as z from 'zod'"] : [];
}

const impureNames = new Set([
  'process',
  'performance',
  'crypto',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
]);

/** Uses of clock, chance and machine, as far as names show them. */
function findImpurities(source: string): readonly { readonly line: number; readonly text: string }[] {
  const tokens = tokenize(source);
  return tokens.flatMap(({ kind, text, line }, index) => {
    const at = (offset: number): string => tokens[index + offset]?.text ?? '';
    if (kind !== 'word' || at(-1) === '.') return [];
    if (text === 'Date' && at(1) === '.' && at(2) === 'now') return [{ line, text: 'Date.now' }];
    if (text === 'Date' && at(-1) === 'new' && (at(1) !== '(' || at(2) === ')')) return [{ line, text: 'new Date()' }];
    if (text === 'Math' && at(1) === '.' && at(2) === 'random') return [{ line, text: 'Math.random' }];
    return impureNames.has(text) && !isProperty(tokens, index) ? [{ line, text }] : [];
  });
}

function isProperty(tokens: readonly Token[], index: number): boolean {
  const next = tokens[index + 1]?.text ?? '';
  return next === ':' || (next === '?' && tokens[index + 2]?.text === ':');
}

/** The cycles that a walk over the imports meets, each as the paths on it with the first one again at the end. */
function findCycles(sources: Sources): readonly (readonly string[])[] {
  const cycles: (readonly string[])[] = [];
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path]);
    if (trail.includes(path) || finished.has(path)) return;
    for (const target of targets(path, sources)) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const path of sources.keys()) visit(path, []);
  return cycles;
}

function targets(path: string, sources: Sources): readonly string[] {
  return findImports(sources.get(path) ?? '')
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier }) => posix.normalize(posix.join(posix.dirname(path), specifier)))
    .filter((target) => sources.has(target));
}
