import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { claimFile } from '../../../src/engine/store/lease-claims.ts';
import { acquireLease, readLease, type Lease, type LeaseClaimant } from '../../../src/engine/store/lease.ts';
import { openJournal } from '../../../src/engine/store/journal.ts';
import { processStartTime } from '../../../src/engine/store/process-start.ts';
import { bundleChild, eventually, startChild, useTemporaryFolder, type Child } from './support.ts';

const who: LeaseClaimant = { holder: 'cli', wallMs: () => Date.UTC(2026, 0, 18, 9, 30) };

describe('acquireLease', () => {
  const folder = useTemporaryFolder();
  const path = (): string => join(folder(), 'lease');
  const owned: Lease[] = [];
  const children: Child[] = [];

  async function acquired(claimant = who): Promise<Lease> {
    const result = await acquireLease(path(), claimant);
    if (!result.ok) assert.fail(result.failure.message);
    owned.push(result.value);
    return result.value;
  }

  async function child(script: string, mode = ''): Promise<Child> {
    const started = startChild(script, path(), mode);
    children.push(started);
    await eventually('the child is ready', () => started.lines.includes('ready'));
    return started;
  }

  async function heldBy(change: object): Promise<void> {
    const startTime = await processStartTime(process.pid);
    const mine = { pid: process.pid, startTime, hostname: hostname(), holder: 'vscode', since: 'then' };
    await mkdir(path(), { recursive: true });
    await writeFile(claimFile(path(), 7), JSON.stringify({ epoch: 7, ...mine, ...change }));
  }

  afterEach(async () => {
    for (const lease of owned.splice(0)) lease.dispose();
    for (const { process: running } of children) running.kill('SIGKILL');
    await Promise.all(children.splice(0).map(({ ended }) => ended));
  });

  it('writes down who holds the workspace', async () => {
    const lease = await acquired();
    assert.deepEqual(lease.record, {
      epoch: 1,
      pid: process.pid,
      startTime: await processStartTime(process.pid),
      hostname: hostname(),
      holder: 'cli',
      since: '2026-01-18T09:30:00.000Z',
    });
    assert.deepEqual(JSON.parse(await readFile(claimFile(path(), 1), 'utf8')), lease.record);
    assert.deepEqual(await readLease(path()), { ok: true, value: { record: lease.record, isHeld: true } });
  });

  it('refuses while the holder lives, and says who that is', async () => {
    const lease = await acquired();
    const second = await acquireLease(path(), who);
    const message = `The command line (pid ${process.pid}) has been orchestrating this workspace since ${lease.record.since}.`;
    const failure = { reason: 'held', holder: lease.record, isOtherHost: false, message };
    assert.deepEqual(second, { ok: false, failure });
    assert.equal(lease.isCurrent(), true);
  });

  it('grows by one with each acquisition and keeps only the newest file', async () => {
    for (const epoch of [1, 2, 3]) {
      const lease = await acquired();
      assert.equal(lease.epoch, epoch);
      lease.release();
      assert.equal(lease.isCurrent(), false);
      const state = await readLease(path());
      assert.deepEqual(state.ok && state.value?.isHeld, false);
    }
    assert.deepEqual(await readdir(path()), ['3.json']);
  });

  it('takes over from a dead process and from one whose pid was given to another', async () => {
    await heldBy({ startTime: '1' });
    assert.equal((await acquired()).epoch, 8);
  });

  it('goes by the process: a killed holder is no holder, nor is its zombie', async () => {
    const holder = await child(await bundleChild('hold-lease', folder()));
    holder.process.stdin.write('go\n');
    await eventually('the child holds it', () => holder.lines.includes('got 1'));
    assert.equal((await acquireLease(path(), who)).ok, false);
    holder.process.kill('SIGKILL');
    await holder.ended;
    assert.equal((await acquired()).epoch, 2);
  });

  it('takes another machine for a live holder and says that it cannot know', async () => {
    await heldBy({ hostname: 'elsewhere', pid: 1 });
    const result = await acquireLease(path(), who);
    assert.ok(!result.ok && result.failure.reason === 'held');
    assert.equal(result.failure.isOtherHost, true);
    assert.match(result.failure.message, /^VS Code \(pid 1\) on elsewhere, another machine/);
    assert.equal((await acquired({ ...who, takeOver: true })).epoch, 8);
  });

  it('passes over a claim that a crash left empty', async () => {
    await mkdir(path());
    await writeFile(claimFile(path(), 4), '');
    assert.equal((await acquired()).epoch, 5);
  }).timeout(10_000);

  it('gives the workspace to exactly one of eight processes that ask at once', async () => {
    const script = await bundleChild('hold-lease', folder());
    const racers = await Promise.all(Array.from({ length: 8 }, () => child(script)));
    for (const racer of racers) racer.process.stdin.write('go\n');
    await eventually('all have an answer', () => racers.every(({ lines }) => lines.length > 1));
    const answers = racers.map(({ lines }) => lines[1]);
    assert.deepEqual(
      [answers.filter((answer) => answer === 'got 1').length, answers.filter((answer) => answer === 'held').length],
      [1, 7],
    );
  }).timeout(30_000);

  it('leaves one current holder and tells all others, when eight take over at once', async () => {
    const script = await bundleChild('hold-lease', folder());
    const racers = await Promise.all(Array.from({ length: 8 }, () => child(script, 'take-over')));
    for (const racer of racers) racer.process.stdin.write('go\n');
    await eventually('all have an answer', () => racers.every(({ lines }) => lines.length > 1));
    await eventually('seven have lost', () => racers.filter(({ lines }) => lines.includes('lost')).length === 7);
    const epochs = racers.map(({ lines }) => Number(lines[1]?.replace('got ', ''))).sort((a, b) => a - b);
    assert.equal(new Set(epochs).size, 8);
    const winner = racers.find(({ lines }) => !lines.includes('lost'));
    assert.equal(winner?.lines[1], `got ${epochs.at(-1)}`);
    const state = await readLease(path());
    assert.deepEqual(state.ok && [state.value?.record.epoch, state.value?.isHeld], [epochs.at(-1), true]);
  }).timeout(30_000);

  it('fences the older holder out of its journal, at once and for good', async () => {
    const older = await acquired();
    let lost = 0;
    older.onLost(() => (lost += 1));
    const file = join(folder(), 'journal.jsonl');
    const fence = (): boolean => older.isCurrent();
    const opened = await openJournal(file, {
      epoch: older.epoch,
      wallMs: who.wallMs,
      onWarning: () => undefined,
      fence,
    });
    assert.ok(opened.ok);
    const newer = await acquired({ ...who, takeOver: true });
    opened.value.journal.append({ type: 'late' }, 0);
    const flushed = await opened.value.journal.close();
    assert.ok(!flushed.ok && flushed.failure.reason === 'fenced');
    assert.equal(await readFile(file, 'utf8'), '');
    newer.release();
    assert.deepEqual([older.isCurrent(), lost], [false, 1]);
  });

  it('is over from the moment that the file of the next epoch exists', async () => {
    const older = await acquired();
    await writeFile(claimFile(path(), 2), '');
    assert.equal(older.isCurrent(), false);
  });

  it('tells the older holder even when it asks nothing', async () => {
    const older = await acquired();
    let lost = false;
    older.onLost(() => (lost = true));
    await acquired({ ...who, takeOver: true });
    await eventually('the loss is told', () => lost);
  });

  it('does not bring back a lease by releasing it after it was lost', async () => {
    const older = await acquired();
    const newer = await acquired({ ...who, takeOver: true });
    older.release();
    assert.deepEqual(await readdir(path()), ['2.json']);
    assert.equal(newer.isCurrent(), true);
  });

  it('counts as lost when its folder is gone', async () => {
    const lease = await acquired();
    await rm(path(), { recursive: true });
    assert.equal(lease.isCurrent(), false);
  });

  it('tells a folder that cannot be made', async () => {
    await writeFile(path(), 'a file');
    const result = await acquireLease(path(), who);
    assert.ok(!result.ok && result.failure.reason === 'disk');
    assert.deepEqual(await readLease(join(folder(), 'never')), { ok: true, value: undefined });
  });
});
