import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isWithin, walls } from './architecture/walls.ts';

const root = join(import.meta.dirname, '..');

describe('the linter', () => {
  let house = '';

  beforeEach(async () => {
    house = await realpath(await mkdtemp(join(tmpdir(), 'orchestra-lint-')));
    await symlink(join(root, 'node_modules'), join(house, 'node_modules'));
    for (const name of ['.oxlintrc.json', 'tsconfig.json']) await cp(join(root, name), join(house, name));
  });

  afterEach(() => rm(house, { recursive: true, force: true }));

  it('holds the same walls as the import table, and reports nothing that the table allows', async () => {
    const folders = walls.map(({ folder }) => folder).filter((folder) => folder !== 'engine');
    const expected: string[] = [];
    for (const { folder, may, mayTypes = [] } of walls.filter(({ folder: each }) => each !== 'engine')) {
      for (const target of folders.filter((each) => each !== folder)) {
        const file = `src/${folder}/to-${target.replace('/', '-')}.ts`;
        const up = '../'.repeat(folder.split('/').length);
        await write(file, `import { a } from '${up}${target}/a.ts';\nexport const b: number = a;\n`);
        if (!may.some((each) => isWithin(target, each))) expected.push(`${file} no-restricted-imports`);
        if (!mayTypes.some((each) => isWithin(target, each))) continue;
        await write(
          file.replace('.ts', '-type.ts'),
          `import type { A } from '${up}${target}/a.ts';\nexport type B = A;\n`,
        );
      }
      await write(`src/${folder}/a.ts`, 'export const a: number = 1;\nexport type A = number;\n');
    }
    assert.deepEqual(await lint(), expected.sort());
  });

  it('keeps packages at home, and the door of the engine shut from inside', async () => {
    const expected: string[] = [];
    const packages = ['vscode', 'node-pty', '@xterm/headless', 'sql.js', 'smol-toml', 'zod', 'preact'];
    for (const { folder, packages: own = [] } of walls) {
      for (const name of packages) {
        const file = `src/${folder}/use-${name.replace(/\W/g, '-')}.ts`.replace('--', '-');
        await write(file, `import * as it from '${name}';\nexport const b: unknown = it;\n`);
        if (!own.includes(name)) expected.push(`${file} no-restricted-imports`);
      }
    }
    await write('src/engine/engine.ts', 'export const a: number = 1;\n');
    for (const folder of ['engine/model', 'engine/core', 'engine/terminal', 'engine/runtime', 'webview', 'cli']) {
      const up = '../'.repeat(folder.split('/').length);
      const from = folder.startsWith('engine/') ? '../engine.ts' : `${up}engine/engine.ts`;
      await write(`src/${folder}/door.ts`, `import { a } from '${from}';\nexport const b: number = a;\n`);
      if (folder !== 'cli') expected.push(`src/${folder}/door.ts no-restricted-imports`);
    }
    assert.deepEqual(await lint(), expected.sort());
  });

  it('reports each kind of thing that the house forbids', async () => {
    await write('src/engine/core/clock.ts', 'export const a: number = Date.now() + Math.random();\n');
    await write('src/engine/core/machine.ts', 'export const a: number = process.pid + performance.now();\n');
    await write('src/engine/core/node.ts', "import { join } from 'node:path';\nexport const a: unknown = join;\n");
    await write('src/engine/store/any.ts', 'export const a: any = 1;\n');
    await write('src/engine/store/floating.ts', 'export function a(): void {\n  Promise.resolve(1);\n}\n');
    await write('src/engine/store/loud.ts', 'export const a = (): void => console.log(1);\n');
    await write('src/engine/store/leave.ts', 'export const a = (): never => process.exit(1);\n');
    await write('src/engine/store/default.ts', 'const a: number = 1;\nexport default a;\n');
    await write('src/engine/store/bang.ts', 'export const a = (b: string[]): string => b[0]!;\n');
    await write('src/engine/store/CamelCase.ts', 'export const a: number = 1;\n');
    await write('src/engine/store/many-lines.ts', `export const a: number = 1;\n${'// more\n'.repeat(400)}`);
    await write('src/engine/store/long-function.ts', `export function a(): void {\n${'  // more\n'.repeat(60)}}\n`);
    await write(
      'src/engine/store/wide.ts',
      'export const a = (b: 1, c: 1, d: 1, e: 1, f: 1): unknown => [b, c, d, e, f];\n',
    );
    await write('src/engine/store/switch.ts', switchWithoutCase);
    await write('src/cli/quiet.ts', 'export function a(): never {\n  console.log(1);\n  return process.exit(1);\n}\n');
    await write('src/engine/config/zod-well.ts', "import * as z from 'zod';\nexport const a: unknown = z.string();\n");
    assert.deepEqual(await lint(), [
      'src/engine/core/clock.ts no-restricted-properties',
      'src/engine/core/clock.ts no-restricted-properties',
      'src/engine/core/machine.ts no-restricted-globals',
      'src/engine/core/machine.ts no-restricted-globals',
      'src/engine/core/node.ts no-restricted-imports',
      'src/engine/store/CamelCase.ts filename-case',
      'src/engine/store/any.ts no-explicit-any',
      'src/engine/store/bang.ts no-non-null-assertion',
      'src/engine/store/default.ts no-default-export',
      'src/engine/store/floating.ts no-floating-promises',
      'src/engine/store/leave.ts no-process-exit',
      'src/engine/store/long-function.ts max-lines-per-function',
      'src/engine/store/loud.ts no-console',
      'src/engine/store/many-lines.ts max-lines',
      'src/engine/store/switch.ts switch-exhaustiveness-check',
      'src/engine/store/wide.ts max-params',
    ]);
  });

  async function write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(house, path)), { recursive: true });
    await writeFile(join(house, path), text);
  }

  /** `path rule` of everything the linter reports below `house`, sorted. */
  async function lint(): Promise<readonly string[]> {
    const program = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint');
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, [program, '-f', 'json'], { cwd: house, maxBuffer: 2 ** 26 }, (_error, stdout) =>
        resolve(stdout),
      );
    });
    const { diagnostics } = JSON.parse(output) as { diagnostics: { code?: string; filename: string }[] };
    return diagnostics.map(({ code, filename }) => `${filename} ${/\((.*)\)/.exec(code ?? '')?.[1] ?? code}`).sort();
  }
});

const switchWithoutCase = `
export function a(b: 'c' | 'd'): number {
  switch (b) {
    case 'c':
      return 1;
  }
  return 2;
}
`;
