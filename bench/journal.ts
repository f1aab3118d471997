import { open, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal } from '../src/engine/store/journal.ts';
import { median, type BenchRow } from './row.ts';

const writers = 200;
const eventsPerWriter = 50;
const aloneEvents = 500;
const rounds = 5;
const goal = 20;

/** Events per second with many writers waiting, against one fdatasync for each event. More is better, so the ratio is ours to the peer's rate. */
export async function run(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'orchestra-bench-'));
  try {
    const ours: number[] = [];
    const anchor: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      anchor.push(await oneByOne(join(folder, `plain-${round}`)));
      ours.push(await grouped(join(folder, `journal-${round}`)));
    }
    const [rate, peer] = [median(ours), median(anchor)];
    const what = `journal with ${writers} writers, each acknowledged on disk, vs. one fdatasync for each event (at least)`;
    return [{ what, unit: 'events/s', ours: rate, anchor: peer, ratio: rate / peer, goal, met: rate / peer >= goal }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function grouped(file: string): Promise<number> {
  const opened = await openJournal<{ type: string; text: string }>(file, {
    epoch: 1,
    wallMs: Date.now,
    onWarning: () => undefined,
  });
  if (!opened.ok) throw new Error(opened.failure.message);
  const { journal } = opened.value;
  const start = performance.now();
  const writer = async (): Promise<void> => {
    for (let count = 0; count < eventsPerWriter; count += 1) {
      journal.append({ type: 'measured', text: 'something that happened to a session' }, count);
      const flushed = await journal.flushed();
      if (!flushed.ok) throw new Error(flushed.failure.message);
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
  const seconds = (performance.now() - start) / 1000;
  await journal.close();
  return (writers * eventsPerWriter) / seconds;
}

async function oneByOne(file: string): Promise<number> {
  const handle = await open(file, 'a');
  const line = `${JSON.stringify({ type: 'measured', text: 'something that happened to a session' })}\n`;
  const start = performance.now();
  for (let count = 0; count < aloneEvents; count += 1) {
    await handle.appendFile(line);
    await handle.datasync();
  }
  const seconds = (performance.now() - start) / 1000;
  await handle.close();
  return aloneEvents / seconds;
}
