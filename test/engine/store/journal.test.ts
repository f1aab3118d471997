import assert from 'node:assert/strict';
import { appendFile, open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Deferred } from '../../../src/base/deferred.ts';
import { openJournalFile, type JournalFile } from '../../../src/engine/store/journal-file.ts';
import { encodeJournalLine, type JournalEntry } from '../../../src/engine/store/journal-line.ts';
import { openJournal, readJournal, type Journal, type JournalOptions } from '../../../src/engine/store/journal.ts';
import { bundleChild, eventually, startChild, useTemporaryFolder, warnings } from './support.ts';

interface Said {
  readonly type: 'said';
  readonly text: string;
}

const said = (text: string): Said => ({ type: 'said', text });
const wallMs = (): number => Date.UTC(2026, 0, 18, 9, 30);
const defaults: JournalOptions = { epoch: 1, wallMs, onWarning: ({ message }) => assert.fail(message) };

function line(seq: number, text: string, epoch = 1): string {
  return encodeJournalLine({ seq, t: 0, at: '2026-01-18T09:30:00.000Z', epoch, event: said(text) }).line;
}

async function opened(
  file: string,
  options: Partial<JournalOptions> = {},
): Promise<{ journal: Journal<Said>; entries: readonly JournalEntry<Said>[] }> {
  const result = await openJournal<Said>(file, { ...defaults, ...options });
  if (!result.ok) assert.fail(result.failure.message);
  return result.value;
}

async function textsOf(file: string): Promise<string[]> {
  const read = await readJournal<Said>(file);
  if (!read.ok) assert.fail(read.failure.message);
  return read.value.entries.map(({ event }) => event.text);
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: as injected`), { code });
}

describe('Journal', () => {
  const folder = useTemporaryFolder();
  const path = (): string => join(folder(), 'journal.jsonl');

  it('gives back what was appended, with seq, time, epoch and event', async () => {
    const { journal, entries } = await opened(path(), { epoch: 3 });
    assert.deepEqual(entries, []);
    const first = journal.append(said('one "quoted" 日本語\n'), 12.5);
    journal.append(said('two'), 30);
    assert.deepEqual(await journal.close(), { ok: true, value: undefined });
    const again = await opened(path());
    const at = '2026-01-18T09:30:00.000Z';
    const wanted = [
      { seq: 1, t: 12.5, at, epoch: 3, event: said('one "quoted" 日本語\n') },
      { seq: 2, t: 30, at, epoch: 3, event: said('two') },
    ];
    assert.deepEqual(again.entries, wanted);
    assert.deepEqual(first, wanted[0]);
    const { seq, epoch } = again.journal.append(said('three'), 31);
    assert.deepEqual([seq, epoch], [3, 3], 'an epoch never falls, or a replay would leave the line out');
    await again.journal.close();
    assert.deepEqual(await textsOf(path()), ['one "quoted" 日本語\n', 'two', 'three']);
  });

  it('answers the entry that a replay reads, not the object that was given', async () => {
    const { journal } = await opened(path());
    const event: { type: 'said'; text: string; extra?: undefined } = { type: 'said', text: 'a', extra: undefined };
    const entry = journal.append(event, 0);
    event.text = 'changed later';
    assert.deepEqual(entry.event, { type: 'said', text: 'a' });
    await journal.close();
  });

  it('cuts off a last line that is torn at any byte, warns, and goes on', async () => {
    const intact = line(1, 'kept') + line(2, 'kept too');
    const torn = line(3, 'töрn');
    const bytes = Buffer.from(torn);
    for (let length = 1; length < bytes.length; length += 1) {
      await writeFile(path(), Buffer.concat([Buffer.from(intact), bytes.subarray(0, length)]));
      const seen = warnings();
      const { journal, entries } = await opened(path(), seen);
      assert.deepEqual(
        [entries.map(({ seq }) => seq), seen.all.map(({ code }) => code)],
        [[1, 2], ['torn-tail']],
        `after ${length} bytes`,
      );
      assert.equal(await readFile(path(), 'utf8'), intact);
      journal.append(said('after'), 0);
      await journal.close();
      assert.deepEqual(await textsOf(path()), ['kept', 'kept too', 'after']);
    }
  });

  it('cuts off a finished last line that fails its checksum or is no JSON', async () => {
    for (const bad of [line(2, 'x').replace('"x"', '"y"'), 'rubbish\n', '\n', '\0'.repeat(100)]) {
      await writeFile(path(), line(1, 'kept') + bad);
      const seen = warnings();
      const { journal, entries } = await opened(path(), seen);
      await journal.close();
      assert.deepEqual([entries.length, seen.all.length], [1, 1]);
      assert.equal(await readFile(path(), 'utf8'), line(1, 'kept'));
    }
  });

  it('begins anew when the only line is torn', async () => {
    await writeFile(path(), line(1, 'never finished').slice(0, 20));
    const { journal, entries } = await opened(path(), warnings());
    assert.deepEqual(entries, []);
    assert.equal(journal.append(said('first'), 0).seq, 1);
    await journal.close();
  });

  it('names the place of damage elsewhere and leaves the file alone', async () => {
    const text = line(1, 'good') + line(2, 'altered').replace('altered', 'ALTERED') + line(3, 'good');
    await writeFile(path(), text);
    const result = await openJournal<Said>(path(), defaults);
    assert.ok(!result.ok && result.failure.reason === 'damaged');
    const { message, ...place } = result.failure;
    const byteOffset = Buffer.byteLength(line(1, 'good'));
    assert.deepEqual(place, { reason: 'damaged', file: path(), line: 2, byteOffset });
    assert.match(message, new RegExp(`line 2 .*cut it to ${byteOffset} bytes`));
    assert.equal(await readFile(path(), 'utf8'), text);
  });

  it('finds a flipped bit at every byte of a line before the last', async () => {
    const good = Buffer.from(line(1, 'a') + line(2, 'b'));
    const newline = Buffer.byteLength(line(1, 'a')) - 1;
    for (let at = 0; at < newline; at += 1) {
      const bad = Buffer.from(good);
      bad.writeUInt8(bad.readUInt8(at) ^ 0x04, at);
      await writeFile(path(), bad);
      const read = await readJournal(path());
      assert.ok(!read.ok && read.failure.reason === 'damaged' && read.failure.line === 1, `byte ${at}`);
    }
  });

  it('takes a gap or a repetition in seq for damage, even in the last line', async () => {
    for (const seq of [1, 3]) {
      await writeFile(path(), line(1, 'one') + line(seq, 'other'));
      const result = await openJournal<Said>(path(), defaults);
      assert.ok(!result.ok && result.failure.reason === 'damaged');
      assert.equal(result.failure.line, 2);
    }
  });

  it('lets late lines of an overtaken writer count for nothing', async () => {
    const late = [line(2, 'late', 1), line(3, 'late', 1)];
    const orders = [
      [line(1, 'old'), late[0], late[1], line(2, 'new', 2), line(3, 'newer', 2)],
      [line(1, 'old'), line(2, 'new', 2), late[0], late[1], line(3, 'newer', 2)],
      [line(1, 'old'), late[0], line(2, 'new', 2), line(3, 'newer', 2), late[1]],
    ];
    for (const lines of orders) {
      await writeFile(path(), lines.join(''));
      const seen = warnings();
      const { journal, entries } = await opened(path(), seen);
      assert.deepEqual(
        [entries.map(({ event }) => event.text), seen.all.map(({ code }) => code), journal.lastSeq],
        [['old', 'new', 'newer'], ['superseded-lines'], 3],
      );
      await journal.close();
    }
  });

  it('says why a file cannot be opened', async () => {
    const missing = await openJournal<Said>(join(folder(), 'no', 'journal.jsonl'), defaults);
    assert.ok(!missing.ok && missing.failure.reason === 'disk');
    assert.equal(missing.failure.code, 'ENOENT');
    const read = await readJournal(path());
    assert.ok(!read.ok && read.failure.reason === 'disk');
  });

  it('refuses what is appended after it was closed', async () => {
    const { journal } = await opened(path());
    await journal.close();
    journal.append(said('late'), 0);
    const flushed = await journal.flushed();
    assert.ok(!flushed.ok && flushed.failure.reason === 'closed');
    assert.deepEqual(await textsOf(path()), []);
  });

  it('writes nothing once the fence is down, and opens nothing', async () => {
    let isCurrent = true;
    const fence = (): boolean => isCurrent;
    const { journal } = await opened(path(), { fence });
    journal.append(said('mine'), 0);
    assert.equal((await journal.flushed()).ok, true);
    isCurrent = false;
    journal.append(said('too late'), 0);
    const flushed = await journal.flushed();
    assert.ok(!flushed.ok && flushed.failure.reason === 'fenced');
    await journal.close();
    assert.deepEqual(await textsOf(path()), ['mine']);
    const again = await openJournal<Said>(path(), { ...defaults, fence });
    assert.ok(!again.ok && again.failure.reason === 'fenced');
  });

  it('does not acknowledge what was synced while the fence came down', async () => {
    let isCurrent = true;
    const disk = controlledDisk();
    const { journal } = await opened(path(), { fence: () => isCurrent, openFile: disk.openFile });
    journal.append(said('in flight'), 0);
    const flushed = journal.flushed();
    await eventually('the sync has begun', () => disk.syncs.length === 1);
    isCurrent = false;
    disk.syncs[0]?.resolve();
    const result = await flushed;
    assert.ok(!result.ok && result.failure.reason === 'fenced');
    await journal.close();
  });
});

describe('Journal on a disk that fails', () => {
  const folder = useTemporaryFolder();
  const path = (): string => join(folder(), 'journal.jsonl');

  it('finishes short writes', async () => {
    const openFile = diskWith((file) => ({ ...file, write: (bytes) => file.write(bytes.subarray(0, 7)) }));
    const { journal } = await opened(path(), { openFile });
    journal.append(said('in many pieces'), 0);
    assert.equal((await journal.flushed()).ok, true);
    await journal.close();
    assert.deepEqual(await textsOf(path()), ['in many pieces']);
  });

  it('answers a full disk for ever after, and the half line is cut off at the next opening', async () => {
    let room = 150;
    const openFile = diskWith((file) => ({
      ...file,
      write(bytes) {
        if (room === 0) return Promise.reject(systemError('ENOSPC'));
        const part = bytes.subarray(0, room);
        room -= part.length;
        return file.write(part);
      },
    }));
    const { journal } = await opened(path(), { openFile });
    journal.append(said('fits'), 0);
    assert.equal((await journal.flushed()).ok, true);
    journal.append(said('does not fit'), 0);
    const waiting = journal.flushed();
    const failures = [await waiting, await journal.flushed()];
    room = 10_000;
    journal.append(said('room again, too late'), 0);
    failures.push(await journal.flushed(), await journal.close());
    const message = `${path()}: ENOSPC: as injected`;
    const failure = { reason: 'disk', file: path(), code: 'ENOSPC', message };
    assert.deepEqual(
      failures,
      Array.from({ length: 4 }, () => ({ ok: false, failure })),
    );
    assert.deepEqual(await textsOf(path()), ['fits']);
    const seen = warnings();
    const again = await opened(path(), seen);
    await again.journal.close();
    assert.deepEqual([again.entries.length, seen.all.map(({ code }) => code)], [1, ['torn-tail']]);
  });

  it('answers a failing sync to the batch and to all that queued behind it', async () => {
    const disk = controlledDisk();
    const { journal } = await opened(path(), { openFile: disk.openFile });
    journal.append(said('a'), 0);
    const first = journal.flushed();
    await eventually('the sync has begun', () => disk.syncs.length === 1);
    journal.append(said('b'), 0);
    const second = journal.flushed();
    disk.syncs[0]?.reject(systemError('EIO'));
    const results = [await first, await second];
    assert.deepEqual(
      results.map((result) => !result.ok && result.failure.reason === 'disk' && result.failure.code),
      ['EIO', 'EIO'],
    );
    await journal.close();
    assert.deepEqual(await textsOf(path()), ['a']);
  });

  it('takes a write of nothing for a failure instead of trying for ever', async () => {
    const openFile = diskWith((file) => ({ ...file, write: () => Promise.resolve(0) }));
    const { journal } = await opened(path(), { openFile });
    journal.append(said('a'), 0);
    const flushed = await journal.flushed();
    assert.ok(!flushed.ok && flushed.failure.reason === 'disk');
    await journal.close();
  });
});

describe('Journal under load', () => {
  const folder = useTemporaryFolder();
  const path = (): string => join(folder(), 'journal.jsonl');

  it('acknowledges nothing before its own sync is done, and shares the next sync among all who wait', async () => {
    const disk = controlledDisk();
    const { journal } = await opened(path(), { openFile: disk.openFile });
    const acknowledged: string[] = [];
    const write = async (text: string): Promise<void> => {
      journal.append(said(text), 0);
      await journal.flushed();
      acknowledged.push(text);
    };
    const writing = [write('a')];
    await eventually('the first sync has begun', () => disk.syncs.length === 1);
    writing.push(write('b'), write('c'), write('d'));
    assert.deepEqual([acknowledged, await textsOf(path())], [[], ['a']]);
    disk.syncs[0]?.resolve();
    await eventually('the second sync has begun', () => disk.syncs.length === 2);
    assert.deepEqual([acknowledged, await textsOf(path())], [['a'], ['a', 'b', 'c', 'd']]);
    disk.syncs[1]?.resolve();
    await Promise.all(writing);
    assert.deepEqual([acknowledged, disk.syncs.length], [['a', 'b', 'c', 'd'], 2]);
    await journal.close();
  });

  it('reaches twenty times the events a second of one sync each when 200 writers wait', async () => {
    const alone = await eventsPerSecond(path(), { writers: 1, each: 200 });
    const together = await eventsPerSecond(join(folder(), 'other.jsonl'), { writers: 200, each: 100 });
    assert.ok(together.rate > 20 * alone.rate, `${alone.rate} alone, ${together.rate} together`);
    assert.ok(together.syncs <= 20_000 / 50, `${together.syncs} syncs for 20,000 events`);
  }).timeout(60_000);

  it('has every acknowledged event after the writer was killed', async () => {
    const script = await bundleChild('append-forever', folder());
    for (const wanted of [1, 500, 3000]) {
      const file = join(folder(), `killed-${wanted}.jsonl`);
      const child = startChild(script, file);
      await eventually(`${wanted} events acknowledged`, () => child.lines.length >= wanted);
      child.process.kill('SIGKILL');
      await child.ended;
      const { journal, entries } = await opened(file, warnings());
      await journal.close();
      const last = Math.max(...child.lines.map(Number));
      assert.ok(entries.length >= last, `${entries.length} of ${last}`);
    }
  }).timeout(30_000);

  it('reads through a file that was cut short by hand at a line end', async () => {
    await writeFile(path(), line(1, 'a') + line(2, 'b'));
    await truncate(path(), Buffer.byteLength(line(1, 'a')));
    await appendFile(path(), line(2, 'c'));
    assert.deepEqual(await textsOf(path()), ['a', 'c']);
  });
});

async function eventsPerSecond(
  file: string,
  load: { writers: number; each: number },
): Promise<{ rate: number; syncs: number }> {
  let syncs = 0;
  const openFile = diskWith((real) => ({
    ...real,
    datasync() {
      syncs += 1;
      return real.datasync();
    },
  }));
  const { journal } = await opened(file, { openFile });
  const write = async (): Promise<void> => {
    for (let count = 0; count < load.each; count += 1) {
      journal.append(said('x'.repeat(100)), count);
      assert.equal((await journal.flushed()).ok, true);
    }
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: load.writers }, write));
  const seconds = (performance.now() - from) / 1000;
  await journal.close();
  return { rate: (load.writers * load.each) / seconds, syncs };
}

function diskWith(change: (file: JournalFile) => JournalFile): (file: string) => Promise<JournalFile> {
  return async (file) => change(await openJournalFile(file));
}

/** A disk whose syncs end when the test says so; the one at opening ends by itself. */
function controlledDisk(): { openFile: (file: string) => Promise<JournalFile>; syncs: Deferred<void>[] } {
  const syncs: Deferred<void>[] = [];
  let isOpen = false;
  const openFile = async (file: string): Promise<JournalFile> => {
    const handle = await open(file, 'a');
    return {
      write: async (bytes) => (await handle.write(bytes)).bytesWritten,
      datasync() {
        if (!isOpen) {
          isOpen = true;
          return Promise.resolve();
        }
        const sync = new Deferred<void>();
        syncs.push(sync);
        return sync.promise;
      },
      truncate: (length) => handle.truncate(length),
      close: () => handle.close(),
    };
  };
  return { openFile, syncs };
}
