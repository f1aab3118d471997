import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunId } from '../../../src/engine/model/ids.ts';
import { watchRun } from '../../../src/engine/runtime/reports/watch-run.ts';
import { encodeJournalLine } from '../../../src/engine/store/journal-line.ts';
import { CoreRun } from '../core/core-fixture.ts';

const at = '2026-01-18T09:30:00.000Z';

describe('a run that is watched', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orchestra-watch-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** The time that is shown of a run whose last entry was written at 100 ms, a minute ago. */
  async function shownMs(isLive: boolean): Promise<number> {
    const run = new CoreRun([{ id: 'A' }]);
    run.t = 100;
    run.toWork('A');
    const lines = run.journal.map((entry) => encodeJournalLine({ ...entry, at, epoch: 1 }).line);
    const journal = join(folder, 'journal.jsonl');
    await writeFile(journal, lines.join(''));
    const clock = { monotonicMs: () => 5_000, wallMs: () => Date.parse(at) + 60_000 };
    const watched = await watchRun({ runId: 'run' as RunId, journal, isLive, ...clock });
    assert.ok(watched.ok);
    const { durationMs } = watched.value.view();
    watched.value.dispose();
    return durationMs;
  }

  it('has gone on since its last entry while somebody orchestrates it', async () => {
    assert.equal(await shownMs(true), 60_100);
  });

  it('stands still while nobody does', async () => {
    assert.equal(await shownMs(false), 100);
  });
});
