import assert from 'node:assert/strict';
import { mutations } from '../../rig/simulation/mutations.ts';
import { sights, type Sight } from '../../rig/simulation/rig.ts';
import { simulate, type Outcome } from '../../rig/simulation/simulate.ts';

const asked = process.env['ORCHESTRA_SIM_SEED'];
const firstSeed = Number(asked ?? 1);
const runs = Number(process.env['ORCHESTRA_SIM_RUNS'] ?? (asked === undefined ? 10_000 : 1));
const command = 'node --import tsx test/rig/simulation/main.ts --verbose --seed';

describe('A simulated run', () => {
  it('keeps every promise, whatever happens to it', function () {
    this.timeout(600_000);
    const seen = new Map<Sight, number>(sights.map((sight) => [sight, 0]));
    let entries = 0;
    for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
      const outcome = simulate(seed);
      assert.equal(tell(outcome), undefined);
      entries += outcome.entries;
      for (const sight of outcome.coverage) seen.set(sight, (seen.get(sight) ?? 0) + 1);
    }
    const counters = [...seen].map(([sight, count]) => `${sight} ${count}`).join(', ');
    console.log(`      ${runs} runs, ${entries} journal entries; runs that saw ${counters}`);
    if (runs < 10_000) return;
    const unseen = sights.filter((sight) => seen.get(sight) === 0);
    assert.deepEqual(unseen, [], 'every kind of trouble has been met');
  });

  it('is the same each time for a seed', () => {
    const told = (seed: number): string[] => {
      const lines: string[] = [];
      simulate(seed, { log: (line) => lines.push(line) });
      return lines;
    };
    for (const seed of [7, 77, 777]) assert.deepEqual(told(seed), told(seed));
  });
});

describe('The simulation', () => {
  for (const mutation of mutations) {
    it(`notices an orchestrator that ${mutation.name}`, function () {
      this.timeout(120_000);
      const noticed = new Set<string>();
      for (let seed = 1; seed <= 2_000 && !noticed.has(mutation.noticedBy); seed += 1) {
        const { breach } = simulate(seed, mutation);
        if (breach) noticed.add(breach.invariant);
      }
      assert.ok(noticed.has(mutation.noticedBy), `Noticed only by: ${[...noticed].join('; ') || 'nothing'}`);
    });
  }
});

function tell({ seed, breach }: Outcome): string | undefined {
  if (!breach) return undefined;
  return [`seed ${seed}: ${breach.invariant}: ${breach.message}`, `${command} ${seed}`, ...breach.lastLines].join('\n');
}
