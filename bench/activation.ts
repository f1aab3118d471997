import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeRow, median, type BenchRow } from './row.ts';

const rounds = 11;
const goal = 3;

/** Loading and activating the extension in a fresh process with a `vscode` that answers everything, against an extension that does nothing. */
export async function run(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'orchestra-bench-'));
  try {
    const empty = join(folder, 'empty.cjs');
    await writeFile(
      empty,
      "'use strict';\nrequire('vscode');\nexports.activate = () => {};\nexports.deactivate = () => {};\n",
    );
    await writeFile(join(folder, 'measure.cjs'), measure);
    const extension = join(import.meta.dirname, '..', 'dist', 'extension.cjs');
    const ours: number[] = [];
    const anchor: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      anchor.push(await activation(folder, empty));
      ours.push(await activation(folder, extension));
    }
    const figures = { ours: median(ours), anchor: median(anchor), goal };
    return [makeRow('loading and activating the extension vs. an empty one', 'ms', figures)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function activation(folder: string, extension: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'measure.cjs'), extension, folder]);
  return Number(stdout);
}

/** What VS Code itself costs is left out: a callable that answers itself stands for all of it. */
const measure = `'use strict';
const Module = require('node:module');
const anything = () => {
  const own = {};
  const target = function () {};
  const proxy = new Proxy(target, {
    get: (_, key) => {
      if (key === Symbol.toPrimitive) return () => '';
      if (key === Symbol.iterator) return function* () {};
      if (key === 'then') return undefined;
      if (key === 'prototype') return target.prototype;
      return key in own ? own[key] : proxy;
    },
    set: (_, key, value) => {
      own[key] = value;
      return true;
    },
    apply: () => proxy,
    construct: () => proxy,
  });
  return proxy;
};
const vscode = anything();
const [, , file, folder] = process.argv;
// The bundle copies the names that its module has; they are those that it uses.
const names = require('node:fs').readFileSync(file, 'utf8').matchAll(/\\bvscode\\d*\\.(\\w+)/g);
const api = Object.fromEntries([...names].map(([, name]) => [name, vscode[name]]));
const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? api : load(name, ...rest));
// An extension host has long loaded what Node itself brings.
for (const name of ['fs', 'fs/promises', 'path', 'os', 'url', 'util', 'crypto', 'events', 'stream', 'timers', 'child_process']) require('node:' + name);
const start = performance.now();
const extension = require(file);
const context = new Proxy({ subscriptions: [], extensionPath: folder }, { get: (own, key) => (key in own ? own[key] : vscode) });
const activated = extension.activate(context);
const told = (ms) => {
  process.stdout.write(String(ms));
  process.exit(0);
};
if (typeof activated?.then === 'function') activated.then(() => told(performance.now() - start));
else told(performance.now() - start);
`;
