import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { countTests, oneFailed, root, runNode, type Step } from './step.ts';

/** Which test files a step runs. */
export interface TestFiles {
  /** For example `.test.ts`. */
  readonly ending: string;
  /** Folder below test/; all of test/ when absent. */
  readonly folder?: string;
  readonly timeoutMs: number;
}

/** A step that runs test files with mocha, one after the other. Fails when there are none. */
export function mochaStep(name: string, { ending, folder = '', timeoutMs }: TestFiles): Step {
  return {
    name,
    run: async ({ grep }) => {
      const files = findTestFiles(folder, ending);
      if (files.length === 0) {
        console.log(`No test/${folder}**/*${ending}`);
        return oneFailed;
      }
      return countTests((countsPath) =>
        runNode(
          [
            ...['--import', 'tsx', join(root, 'node_modules', 'mocha', 'bin', 'mocha.js')],
            ...['--ui', 'bdd', '--timeout', String(timeoutMs)],
            ...[
              '--reporter',
              join(import.meta.dirname, 'counting-reporter.cjs'),
              '--reporter-option',
              'leftovers=fail',
            ],
            ...(grep === undefined ? [] : ['--grep', grep]),
            ...files,
          ],
          { ...process.env, ORCHESTRA_TEST_COUNTS: countsPath },
        ),
      );
    },
  };
}

/** Absolute paths of the test files with this ending below test/`folder`, sorted. */
export function findTestFiles(folder: string, ending: string): readonly string[] {
  const start = join(root, 'test', folder);
  const names = readdirSync(start, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => join(start, name))
    .sort();
}
