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
  const target = function () {};
  const proxy = new Proxy(target, {
    get: (_, key) => {
      if (key === Symbol.toPrimitive) return () => '';
      if (key === Symbol.iterator) return function* () {};
      if (key === 'then') return undefined;
      if (key === 'prototype') return target.prototype;
      return key in own ? own[key] : proxy;
    },
    apply: () => proxy,
    construct: () => proxy,
  });
  const own = {};
  return proxy;
};
const vscode = anything();
const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));
const [, , file, folder] = process.argv;
const start = performance.now();
const extension = require(file);
const context = new Proxy({ subscriptions: [], extensionPath: folder }, { get: (own, key) => (key in own ? own[key] : vscode) });
Promise.resolve(extension.activate(context)).then(() => {
  process.stdout.write(String(performance.now() - start));
  process.exit(0);
});
`;
