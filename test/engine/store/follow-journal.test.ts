import assert from 'node:assert/strict';
import { appendFile, mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disposable } from '../../../src/base/disposable.ts';
import type { DiskFailure } from '../../../src/engine/store/failure.ts';
import { followJournal } from '../../../src/engine/store/follow-journal.ts';
import { encodeJournalLine, type JournalDamage } from '../../../src/engine/store/journal-line.ts';
import { openJournal, type Journal } from '../../../src/engine/store/journal.ts';
import { eventually, useTemporaryFolder } from './support.ts';

interface Said {
  readonly type: 'said';
  readonly text: string;
}

const said = (text: string): Said => ({ type: 'said', text });
const line = (seq: number, text: string, epoch = 1): string =>
  encodeJournalLine({ seq, t: 0, at: '2026-01-18T09:30:00.000Z', epoch, event: said(text) }).line;

describe('followJournal', () => {
  const folder = useTemporaryFolder();
  const path = (): string => join(folder(), 'run', 'journal.jsonl');
  let texts: string[] = [];
  let failures: (JournalDamage | DiskFailure)[] = [];
  let following: Disposable | undefined;

  function follow(pollMs = 20): void {
    const onFailure = (failure: JournalDamage | DiskFailure): void => void failures.push(failure);
    following = followJournal<Said>(
      path(),
      (entries, restarted) => {
        if (restarted) texts = [];
        texts.push(...entries.map(({ event }) => event.text));
      },
      { onFailure, pollMs },
    );
  }

  async function seen(...wanted: string[]): Promise<void> {
    await eventually(`${wanted.join(' ')} are seen`, () => texts.length >= wanted.length).catch(() => undefined);
    assert.deepEqual(texts, wanted);
  }

  beforeEach(async () => {
    texts = [];
    failures = [];
    await mkdir(join(folder(), 'run'));
  });

  afterEach(() => following?.dispose());

  it('gives what is there and then what another writer appends', async () => {
    const opened = await openJournal<Said>(path(), { epoch: 1, wallMs: Date.now, onWarning: () => assert.fail() });
    assert.ok(opened.ok);
    const journal: Journal<Said> = opened.value.journal;
    journal.append(said('before'), 0);
    await journal.flushed();
    follow();
    await seen('before');
    for (const text of ['a', 'b', 'c']) journal.append(said(text), 0);
    await journal.flushed();
    await seen('before', 'a', 'b', 'c');
    await journal.close();
  });

  it('hears of new lines from the system long before it polls', async () => {
    await writeFile(path(), line(1, 'a'));
    follow(60_000);
    await seen('a');
    await appendFile(path(), line(2, 'b'));
    await seen('a', 'b');
  });

  it('waits for a folder and a file that do not exist yet', async () => {
    await rm(join(folder(), 'run'), { recursive: true });
    follow();
    await mkdir(join(folder(), 'run'));
    await writeFile(path(), line(1, 'at last'));
    await seen('at last');
    assert.deepEqual(failures, []);
  });

  it('leaves half a line alone until it is whole', async () => {
    const second = line(2, 'in halves');
    await writeFile(path(), line(1, 'whole') + second.slice(0, 30));
    follow();
    await seen('whole');
    await appendFile(path(), second.slice(30));
    await seen('whole', 'in halves');
  });

  it('goes on behind the place where a repair has cut off a torn line', async () => {
    await writeFile(path(), line(1, 'kept') + line(2, 'torn for ever').slice(0, 60));
    follow();
    await seen('kept');
    await truncate(path(), Buffer.byteLength(line(1, 'kept')));
    await appendFile(path(), line(2, 'written anew'));
    await seen('kept', 'written anew');
  });

  it('begins again when entries that it gave are overruled by a newer epoch', async () => {
    await writeFile(path(), line(1, 'kept') + line(2, 'overruled'));
    follow();
    await seen('kept', 'overruled');
    await appendFile(path(), line(2, 'new', 2) + line(3, 'newer', 2));
    await eventually('three entries', () => texts.length === 3);
    assert.deepEqual(texts, ['kept', 'new', 'newer']);
  });

  it('begins again when the file shrinks below what was read', async () => {
    await writeFile(path(), line(1, 'a') + line(2, 'b'));
    follow();
    await seen('a', 'b');
    await truncate(path(), 0);
    await appendFile(path(), line(1, 'c'));
    await eventually('the new entry', () => texts.includes('c'));
    assert.deepEqual(texts, ['c']);
  });

  it('reports damage once and ends', async () => {
    await writeFile(path(), line(1, 'a') + line(3, 'gap'));
    follow();
    await eventually('the failure', () => failures.length > 0);
    assert.deepEqual(
      failures.map(({ reason }) => reason),
      ['damaged'],
    );
    assert.deepEqual(texts, []);
  });
});
