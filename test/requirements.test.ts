import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkTable, sections } from './requirements/check-table.ts';

const root = join(import.meta.dirname, '..');

describe('docs/requirements.md', () => {
  it('lists every requirement once, with files and tests that exist', () => {
    const project = {
      exists: (path: string) => existsSync(join(root, path)),
      read: (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined),
    };
    assert.deepEqual(checkTable(readFileSync(join(root, 'docs', 'requirements.md'), 'utf8'), project), []);
  });
});

describe('the check of the requirements table', () => {
  const project = {
    exists: (path: string) => path === 'src/a.ts',
    read: (path: string) => (path === 'test/a.test.ts' ? `it('does it', f);\nit("can't fail", f);` : undefined),
  };

  it('accepts rows with a proof, with a reason, and with a title', () => {
    const rows = new Map([
      ['A-01', '| A-01 | item | `src/a.ts` | `test/a.test.ts` |'],
      ['A-02', '| A-02 | item | `src/a.ts`, by `--flag` | `test/a.test.ts`: "does it", "can\'t fail" |'],
      ['A-03', '| A-03 | item | | planned: comes later |'],
      ['A-04', '| A-04 | item | | met another way: the platform does it |'],
    ]);
    assert.deepEqual(checkTable(table(rows), project), []);
  });

  it('names what is missing, doubled or unknown', () => {
    const rows = new Map([
      ['B-07', ''],
      ['B-08', `${planned('B-08')}\n${planned('B-08')}`],
      ['B-09', `${planned('B-09')}\n${planned('G-01')}`],
    ]);
    assert.deepEqual(checkTable(table(rows), project), [
      'B-07 is missing',
      'B-08 is there 2 times',
      'G-01 is no known ID',
    ]);
  });

  it('names files and tests that do not exist, and rows without proof or reason', () => {
    const rows = new Map([
      ['C-01', '| C-01 | item | `src/b.ts` | `test/a.test.ts` |'],
      ['C-02', '| C-02 | item | `src/a.ts` | `test/b.test.ts` |'],
      ['C-03', '| C-03 | item | `src/a.ts` | `test/a.test.ts`: "does" |'],
      ['C-04', '| C-04 | item | `src/a.ts` | |'],
      ['C-05', '| C-05 | item | | `test/a.test.ts` |'],
      ['C-06', '| C-06 | | | planned: |'],
    ]);
    assert.deepEqual(checkTable(table(rows), project), [
      'C-01 names src/b.ts, which is not there',
      'C-02 is proved by test/b.test.ts, which is not there',
      'C-03 is proved by "does", not in test/a.test.ts',
      'C-04 has no proof and no reason',
      'C-05 names no file that meets it',
      'C-06 says nothing about its item',
      'C-06 says no reason',
    ]);
  });
});

/** A whole table of planned rows, some of them replaced. */
function table(replaced: ReadonlyMap<string, string>): string {
  const ids = Object.entries(sections).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, index) => `${letter}-${String(index + 1).padStart(2, '0')}`),
  );
  return ids.map((id) => replaced.get(id) ?? planned(id)).join('\n');
}

function planned(id: string): string {
  return `| ${id} | item | | planned: later |`;
}
