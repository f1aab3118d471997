import type { BenchRow } from './row.ts';

/** Every benchmark, in the order of the report; each measures itself and its peer in one run. */
const benches: readonly (() => Promise<{ run(): Promise<readonly BenchRow[]> }>)[] = [
  () => import('./graph.ts'),
  () => import('./journal.ts'),
  () => import('./orchestrate.ts'),
  () => import('./activation.ts'),
];

console.log(
  'Ratios are ours to the peer, measured in the same run; absolute figures are this machine’s. Nothing here fails a test.\n',
);
for (const load of benches) {
  const bench = await load();
  for (const row of await bench.run()) console.log(line(row));
}

function line({ what, unit, ours, anchor, ratio, goal, met }: BenchRow): string {
  const figures = `${figure(ours)} ${unit} vs. ${figure(anchor)} ${unit}`;
  return `${met ? 'met    ' : 'NOT MET'}  ratio ${figure(ratio)} (goal ${figure(goal)})  ${what}: ${figures}`;
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
