import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';

/** Reproduces simulated runs: `--seed N` the first one, `--runs N` how many from there, `--verbose` with every event. Exit code 1 after a breach. */
function main(): void {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '1' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const first = Number(values.seed);
  const sights = new Map<string, number>();
  const log = values.verbose ? { log: (line: string) => console.log(line) } : {};
  for (let seed = first; seed < first + Number(values.runs); seed += 1) {
    const outcome = simulate(seed, log);
    for (const sight of outcome.coverage) sights.set(sight, (sights.get(sight) ?? 0) + 1);
    if (!outcome.breach) continue;
    const { invariant, message, lastLines } = outcome.breach;
    if (!values.verbose) console.log(lastLines.join('\n'));
    console.log(`seed ${seed}: ${invariant}: ${message}`);
    process.exitCode = 1;
    break;
  }
  console.log([...sights].map(([sight, runs]) => `${sight} ${runs}`).join(', '));
}

main();
