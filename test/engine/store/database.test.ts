import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { RunProjection } from '../../../src/engine/store/database-schema.ts';
import { ProjectionDatabase, type DatabaseOptions } from '../../../src/engine/store/database.ts';
import { useTemporaryFolder, warnings } from './support.ts';

const locateWasm = (): string => createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

function projection(run: string, durations: Readonly<Record<string, number>>, lastSeq = 10): RunProjection {
  return {
    lastSeq,
    run: { run_id: run, started_at: `2026-01-${run}`, finished_at: null, result: null, base: 'main', branch: null },
    sessions: Object.entries(durations).map(([spec, duration]) => ({
      spec_id: spec,
      status: duration < 0 ? 'failed' : 'completed',
      attempts: 1,
      started_t: 0,
      duration_ms: Math.abs(duration),
      branch: `orchestra/${run}/${spec}`,
      reason: null,
    })),
    escalations: [
      {
        escalation_id: 'esc-1',
        spec_id: 'SPEC-001',
        level: 'Error',
        kind: 'failure',
        reason: 'gate',
        file: null,
        raised_at: 'then',
        resolved_at: null,
      },
    ],
  };
}

describe('ProjectionDatabase', () => {
  const folder = useTemporaryFolder();
  const path = (): string => join(folder(), 'orchestra.db');
  const owned: ProjectionDatabase[] = [];
  let rebuilt = 0;

  function database(options: Partial<DatabaseOptions> = {}): ProjectionDatabase {
    const rebuild = (): Promise<readonly RunProjection[]> => {
      rebuilt += 1;
      return Promise.resolve([]);
    };
    const onWarning = ({ message }: { message: string }): void => assert.fail(message);
    const own = { locateWasm, rebuild, onWarning, wallMs: () => 42, access: 'write' as const, ...options };
    owned.push(new ProjectionDatabase(path(), own));
    return owned.at(-1) ?? assert.fail();
  }

  async function history(from: ProjectionDatabase, limit = 10): Promise<readonly number[]> {
    const result = await from.durationHistory('SPEC-001', limit);
    return result.ok ? result.value : assert.fail(result.failure.message);
  }

  async function saved(...projections: RunProjection[]): Promise<ProjectionDatabase> {
    const own = database();
    for (const one of projections) assert.deepEqual(await own.projectRun(one), { ok: true, value: undefined });
    assert.deepEqual(await own.save(), { ok: true, value: undefined });
    return own;
  }

  beforeEach(() => (rebuilt = 0));

  afterEach(async () => {
    for (const own of owned.splice(0)) await own.close();
  });

  it('touches nothing until it is used, and no disk until it is saved', async () => {
    const own = database();
    assert.equal(rebuilt, 0);
    assert.deepEqual(await own.projectRun(projection('01', { 'SPEC-001': 5 })), { ok: true, value: undefined });
    assert.deepEqual([rebuilt, await readdir(folder())], [1, []]);
    await own.save();
    assert.deepEqual(await readdir(folder()), ['orchestra.db']);
    assert.equal((await readFile(path(), 'latin1')).startsWith('SQLite format 3\0'), true);
  });

  it('keeps what was projected, and takes only completed sessions for history, newest first', async () => {
    await saved(
      projection('01', { 'SPEC-001': 100, 'SPEC-002': 7 }),
      projection('03', { 'SPEC-001': 300 }),
      projection('02', { 'SPEC-001': 200 }),
      projection('04', { 'SPEC-001': -1 }),
    );
    const again = database();
    assert.deepEqual(
      [await history(again), await history(again, 2)],
      [
        [300, 200, 100],
        [300, 200],
      ],
    );
    assert.deepEqual(await again.medianDuration('SPEC-001', 10), { ok: true, value: 200 });
    assert.deepEqual(await again.medianDuration('SPEC-001', 2), { ok: true, value: 250 });
    assert.deepEqual(await again.medianDuration('SPEC-999', 10), { ok: true, value: undefined });
    assert.deepEqual(await again.lastSeq('04'), { ok: true, value: 10 });
    assert.deepEqual(await again.lastSeq('never'), { ok: true, value: 0 });
    assert.equal(rebuilt, 1, 'only when there was no file at all');
  });

  it('replaces a run by a newer state and ignores an older one', async () => {
    const own = await saved(projection('01', { 'SPEC-001': 100 }, 20));
    await own.projectRun(projection('01', { 'SPEC-001': 50 }, 19));
    assert.deepEqual(await history(own), [100]);
    await own.projectRun(projection('01', { 'SPEC-001': 150 }, 21));
    assert.deepEqual(await history(own), [150]);
    assert.deepEqual(await own.lastSeq('01'), { ok: true, value: 21 });
  });

  it('projects a run whole or not at all', async () => {
    const own = await saved(projection('01', { 'SPEC-001': 100 }, 1));
    const good = projection('01', { 'SPEC-001': 200 }, 2);
    const [session] = good.sessions;
    const bad = { ...good, sessions: [session, { ...session, spec_id: 'SPEC-002', status: null }] };
    await assert.rejects(own.projectRun(bad as unknown as RunProjection), /NOT NULL/);
    assert.deepEqual([await history(own), await own.lastSeq('01')], [[100], { ok: true, value: 1 }]);
    assert.equal((await own.save()).ok, true);
  });

  it('sees what another process wrote, and loses nothing of its own by it', async () => {
    const first = await saved(projection('01', { 'SPEC-001': 100 }));
    const second = database();
    await second.projectRun(projection('02', { 'SPEC-001': 200 }));
    await first.projectRun(projection('03', { 'SPEC-001': 300 }));
    await second.save();
    assert.deepEqual(await history(first), [300, 200, 100]);
    await first.save();
    assert.deepEqual(await history(second), [300, 200, 100]);
  });

  it('moves a damaged file aside and is rebuilt from the journals', async () => {
    await saved(projection('01', { 'SPEC-001': 100 }));
    const whole = await readFile(path());
    const garbled = Buffer.from(whole).fill(0xff, 5000, whole.length - 100);
    const version = Buffer.from(whole);
    version.writeUInt32BE(99, 60);
    for (const bytes of [garbled, whole.subarray(0, 6000), Buffer.from('no database at all'.repeat(99)), version]) {
      await writeFile(path(), bytes);
      const seen = warnings();
      const own = database({
        onWarning: seen.onWarning,
        rebuild: () => Promise.resolve([projection('09', { 'SPEC-001': 900 })]),
      });
      assert.deepEqual(await history(own), [900]);
      assert.deepEqual(await readFile(`${path()}.damaged-42`), bytes);
      await own.save();
      assert.deepEqual(await history(database()), [900]);
      assert.deepEqual(
        seen.all.map(({ code, file }) => [code, file]),
        [['damaged-database', `${path()}.damaged-42`]],
      );
    }
  });

  it('answers a reader without touching the disk, damaged or not', async () => {
    await writeFile(path(), 'rubbish');
    const before = await stat(path());
    const seen = warnings();
    const rebuild = (): Promise<readonly RunProjection[]> => Promise.resolve([projection('01', { 'SPEC-001': 100 })]);
    const own = database({ access: 'read', onWarning: seen.onWarning, rebuild });
    assert.deepEqual([await history(own), await history(own)], [[100], [100]]);
    assert.deepEqual([await readdir(folder()), (await stat(path())).mtimeMs], [['orchestra.db'], before.mtimeMs]);
    assert.equal(seen.all.length, 1);
    await assert.rejects(own.save(), /for reading/);
  });

  it('writes nothing for an orchestrator that was replaced', async () => {
    const own = database({ fence: () => false });
    await own.projectRun(projection('01', {}));
    const result = await own.save();
    assert.equal(!result.ok && result.failure.reason, 'fenced');
    assert.deepEqual(await readdir(folder()), []);
  });

  it('says when SQLite or the disk cannot be used', async () => {
    const engine = await database({ locateWasm: () => join(folder(), 'missing.wasm') }).lastSeq('01');
    assert.equal(!engine.ok && engine.failure.reason, 'no_engine');
    const own = new ProjectionDatabase(join(folder(), 'no', 'orchestra.db'), {
      ...{ locateWasm, rebuild: () => Promise.resolve([]), onWarning: () => undefined, wallMs: () => 0 },
      access: 'write',
    });
    owned.push(own);
    const disk = await own.save();
    assert.equal(!disk.ok && disk.failure.reason, 'disk');
  });
});
