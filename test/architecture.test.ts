import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { checkArchitecture } from './architecture/check.ts';
import { findImports } from './architecture/imports.ts';

const root = join(import.meta.dirname, '..');

describe('the house', () => {
  it('keeps its walls, its homes and its shape in every file under src', () => {
    const sources = readSources();
    assert.notEqual(sources.size, 0);
    assert.deepEqual(checkArchitecture(sources), []);
  });

  it('lets only the bundle of the extension load vscode', () => {
    const dist = join(root, 'dist');
    const bundles = existsSync(dist) ? readdirSync(dist).filter((name) => /\.c?js$/.test(name)) : [];
    assert.notEqual(bundles.length, 0, 'dist/ is empty; run `npm run build`');
    const withVscode = bundles.filter((name) => /\brequire\("vscode"\)/.test(readFileSync(join(dist, name), 'utf8')));
    assert.deepEqual(withVscode, bundles.includes('extension.cjs') ? ['extension.cjs'] : []);
  });
});

describe('the checker of the house', () => {
  it('accepts imports that the table allows', () => {
    assert.deepEqual(
      check({
        'base/result.ts': 'export const a = 1;',
        'engine/model/spec.ts': "import { a } from '../../base/result.ts';\nexport type Spec = typeof a;",
        'engine/graph/order.ts': "import type { Spec } from '../model/spec.ts';\nexport type Order = readonly Spec[];",
        'engine/core/decide.ts':
          "import type { Order } from '../graph/order.ts';\nexport const decide = (o: Order) => o;",
        'engine/terminal/pty.ts': "import * as pty from 'node-pty';\nexport const open = pty.spawn;",
        'engine/agents/driver.ts': "import type { open } from '../terminal/pty.ts';\nexport type Open = typeof open;",
        'engine/runtime/loop.ts': "import { decide } from '../core/decide.ts';\nexport const loop = decide;",
        'engine/engine.ts': "import { loop } from './runtime/loop.ts';\nexport const engine = loop;",
        'cli/main.ts': "import { engine } from '../engine/engine.ts';\nengine([]);",
        'webview/protocol.ts': "export type { Spec } from '../engine/model/spec.ts';",
        'extension/extension.ts':
          "import * as vscode from 'vscode';\nimport type { Spec } from '../webview/protocol.ts';\n" +
          "export const load = async (s: Spec) => [s, vscode, await import('../engine/engine.ts')];",
      }),
      [],
    );
  });

  it('names imports across a wall', () => {
    assert.deepEqual(
      check({
        'base/clock.ts': "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;",
        'engine/store/journal.ts': "import { git } from '../workspace/git.ts';\nexport const journal = git;",
        'engine/workspace/git.ts': 'export const git = 1;',
        'engine/agents/driver.ts': "import { pty } from '../terminal/pty.ts';\nexport const driver = pty;",
        'engine/terminal/pty.ts': "export const pty = 1;\nexport const late = () => import('../engine.ts');",
        'engine/engine.ts': "import { main } from '../cli/main.ts';\nexport const engine = main;",
        'cli/main.ts': "import { git } from '../engine/workspace/git.ts';\nexport const main = git;",
        'extension/extension.ts': "import { a } from '../webview/graph.tsx';\nexport const b = a;",
        'webview/graph.tsx': 'export const a = 1;',
      }),
      [
        'base/clock.ts:1: base must not import node:fs',
        'engine/store/journal.ts:1: engine/store must not import engine/workspace/git.ts',
        'engine/agents/driver.ts:1: engine/agents must not import engine/terminal/pty.ts',
        'engine/terminal/pty.ts:2: engine/terminal must not import engine/engine.ts',
        'engine/engine.ts:1: engine must not import cli/main.ts',
        'cli/main.ts:1: cli must not import engine/workspace/git.ts',
        'extension/extension.ts:1: extension must not import webview/graph.tsx',
      ],
    );
  });

  it('names packages that are away from home', () => {
    assert.deepEqual(
      check({
        'engine/config/load.ts': "import { z } from 'zod';\nexport const a = z;",
        'engine/store/db.ts': "import * as z from 'zod';\nimport sql from 'sql.js';\nexport const a = [z, sql];",
        'engine/workspace/tree.ts': "import * as vscode from 'vscode';\nexport const a = vscode;",
        'webview/main.tsx':
          "import { render } from 'preact';\nimport left from 'left-pad';\nexport const a = [render, left];",
      }),
      [
        "engine/config/load.ts:1: write import * as z from 'zod'",
        'engine/store/db.ts:1: zod belongs to engine/config',
        'engine/workspace/tree.ts:1: vscode belongs to extension',
        'webview/main.tsx:2: imports left-pad, a package without a home in the table',
      ],
    );
  });

  it('names clock, chance and machine in pure code, and only there', () => {
    const impure = 'export const a = () => [Date.now(), new Date(), Math.random(), process.pid];\n';
    assert.deepEqual(
      check({
        'engine/core/apply.ts': impure,
        'engine/graph/order.ts': "import { join } from 'node:path';\nexport const wait = () => setTimeout(join, 1);",
        'engine/core/quiet.ts':
          'export const a = { process: 1, b: new Date(5), c: (x: { setTimeout: 1 }) => x.setTimeout };',
        'engine/workspace/now.ts': impure,
      }),
      [
        'engine/core/apply.ts:1: pure code uses Date.now',
        'engine/core/apply.ts:1: pure code uses new Date()',
        'engine/core/apply.ts:1: pure code uses Math.random',
        'engine/core/apply.ts:1: pure code uses process',
        'engine/graph/order.ts:1: engine/graph must not import node:path',
        'engine/graph/order.ts:2: pure code uses setTimeout',
      ],
    );
  });

  it('names barrels, default exports, odd names, long files, strange folders and missing files', () => {
    assert.deepEqual(
      check({
        'engine/model/index.ts': "export * from './spec.ts';",
        'engine/model/spec.ts': "export { a } from './plan.ts';",
        'engine/model/plan.ts': 'export const a = 1;\nexport default a;',
        'engine/model/RunState.ts': 'export const a = 1;',
        'engine/model/long.ts': 'export const a = 1;\n'.repeat(401),
        'engine/model/lost.ts': "import { gone } from './gone.ts';\nexport const a = gone;",
        'helpers/misc.ts': 'export const a = 1;',
      }),
      [
        'engine/model/index.ts:1: is named like a barrel',
        'engine/model/index.ts:1: re-exports all of ./spec.ts',
        'engine/model/spec.ts:1: re-exports from ./plan.ts',
        'engine/model/plan.ts:2: default export',
        'engine/model/RunState.ts:1: name is not kebab-case',
        'engine/model/long.ts:401: has 401 lines, 400 is the limit',
        'engine/model/lost.ts:1: imports ./gone.ts, which is not there',
        'helpers/misc.ts:1: is in no folder of the import table',
      ],
    );
  });

  it('names a cycle between files with its path', () => {
    assert.deepEqual(
      check({
        'base/a.ts': "import type { B } from './b.ts';\nexport type A = B;",
        'base/b.ts': "import type { C } from './c.ts';\nexport type B = C;",
        'base/c.ts': "import type { A } from './a.ts';\nexport type C = A;",
      }),
      ['base/a.ts:1: cycle base/a.ts -> base/b.ts -> base/c.ts -> base/a.ts'],
    );
  });

  it('finds every form of import and is not misled by comments, strings, templates and regular expressions', () => {
    const source = [
      "// import { no } from './comment.ts';",
      'const text = "import { no } from \'./string.ts\'";',
      "const page = `import { no } from './template.ts' ${text + `${/[/'\"]/.source}`} from './more.ts'`;",
      "import './bare.ts';",
      "import one, { two as second, type Three } from './mixed.ts';",
      "import type { Four } from './types.ts';",
      "import type from './odd.ts';",
      "import * as five from './space.ts';",
      "const six = await import('./dynamic.ts');",
      "type Seven = typeof import('./type-of.ts');",
      'const here = import.meta.url; const eight = { import: 1 }; eight.import;',
      "export { nine } from './again.ts';",
      'export { one };',
      "export type { Ten } from './again-types.ts';",
      'export const eleven = page.replace(/\\/\\*/g, here);',
    ].join('\n');
    assert.deepEqual(
      findImports(source).map(({ line, form, specifier, typeOnly, names }) =>
        [line, form, specifier, typeOnly ? 'type' : 'value', names.join(' ')].join(' ').trim(),
      ),
      [
        '4 import ./bare.ts value',
        '5 import ./mixed.ts value default two Three',
        '6 import ./types.ts type Four',
        '7 import ./odd.ts value default',
        '8 import ./space.ts value *',
        '9 dynamic ./dynamic.ts value',
        '10 dynamic ./type-of.ts type',
        '12 export ./again.ts value nine',
        '14 export ./again-types.ts type Ten',
      ],
    );
  });
});

function check(files: Record<string, string>): readonly string[] {
  return checkArchitecture(new Map(Object.entries(files)));
}

function readSources(): ReadonlyMap<string, string> {
  const source = join(root, 'src');
  const files = readdirSync(source, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [relative(source, path).split(sep).join('/'), readFileSync(path, 'utf8')]));
}
