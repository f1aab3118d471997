import { parseArgs } from 'node:util';
import { hostStep } from './steps/host-step.ts';
import { mochaStep } from './steps/mocha-step.ts';
import { addCounts, checkStep, oneFailed, type Counts, type Step } from './steps/step.ts';

// Always first: tests of bundles and of the extension use what it makes.
const buildStep = checkStep('build', 'esbuild.mjs', []);

const steps: readonly Step[] = [
  checkStep('prettier', 'node_modules/prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']),
  checkStep('oxlint', 'node_modules/oxlint/bin/oxlint', []),
  checkStep('tsc', 'node_modules/typescript/bin/tsc', ['--noEmit']),
  checkStep('knip', 'node_modules/knip/bin/knip.js', ['--no-progress']),
  mochaStep('unit', { ending: '.test.ts', timeoutMs: 60_000 }),
  hostStep,
  mochaStep('journeys', { ending: '.journey.ts', folder: 'extension', timeoutMs: 240_000 }),
];

const { values } = parseArgs({ options: { only: { type: 'string' }, grep: { type: 'string' } } });
const chosen = choose(values.only?.split(','));

// The children get the Ctrl-C of the terminal themselves; this process stays for the sum.
let interrupted = false;
process.on('SIGINT', () => {
  interrupted = true;
});

const counts: Counts[] = [];
for (const { name, run } of [buildStep, ...chosen]) {
  if (interrupted) break;
  const start = performance.now();
  console.log(`\n== ${name}`);
  counts.push(await run(values.grep === undefined ? {} : { grep: values.grep }).catch(handleBrokenStep));
  console.log(`== ${name}: ${describe(counts.slice(-1))}, ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
if (interrupted) counts.push(oneFailed);
process.exitCode = addCounts(counts).failed > 0 ? 1 : 0;
console.log(`\n${interrupted ? 'Interrupted.\n' : ''}${describe(counts)}`);

function choose(names: readonly string[] | undefined): readonly Step[] {
  const unknown = names?.filter((name) => !steps.some((step) => step.name === name)) ?? [];
  if (unknown.length > 0) {
    console.error(`No step ${unknown.join(', ')}; there are ${steps.map(({ name }) => name).join(', ')}.`);
    process.exit(2);
  }
  return steps.filter(({ name }) => names?.includes(name) ?? true);
}

function handleBrokenStep(error: unknown): Counts {
  console.error(error);
  return oneFailed;
}

function describe(all: readonly Counts[]): string {
  const { passed, failed, skipped } = addCounts(all);
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
