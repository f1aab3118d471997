import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../../src/base/result.ts';
import {
  acknowledgeRequest,
  submitRequest,
  waitUntilTaken,
  watchRequests,
  type Request,
  type RequestWatch,
} from '../../../src/engine/store/requests.ts';
import { eventually, useTemporaryFolder, warnings } from './support.ts';

interface Ask {
  readonly ask: string;
}

function parse(value: unknown): Result<Ask, string> {
  const isAsk = typeof value === 'object' && value !== null && 'ask' in value && typeof value.ask === 'string';
  return isAsk ? ok(value as Ask) : fail('ask is missing');
}

describe('Requests', () => {
  const folder = useTemporaryFolder();
  const path = (): string => join(folder(), 'requests');
  let taken: Request<Ask>[] = [];
  let watch: RequestWatch<Ask> | undefined;
  let seen = warnings();

  function start(pollMs = 20): RequestWatch<Ask> {
    const onRequest = (request: Request<Ask>): void => void taken.push(request);
    watch = watchRequests(path(), { parse, onRequest, onWarning: seen.onWarning, pollMs });
    return watch;
  }

  async function submitted(ask: string, atMs = 0): Promise<string> {
    const file = await submitRequest(path(), { ask }, () => atMs);
    if (!file.ok) assert.fail(file.failure.message);
    return file.value;
  }

  beforeEach(() => {
    taken = [];
    seen = warnings();
  });

  afterEach(() => watch?.dispose());

  it('reach the orchestrator in order of time, with what they say', async () => {
    await submitted('third', 3000);
    const first = await submitted('first', 1000);
    await submitted('second', 2000);
    await start(60_000).poll();
    assert.deepEqual(
      taken.map(({ content }) => content.ask),
      ['first', 'second', 'third'],
    );
    const [request] = taken;
    assert.deepEqual([request?.file, `${request?.id}.json`], [first, first.slice(path().length + 1)]);
    assert.match(request?.id ?? '', /^19700101T000001000Z-[0-9a-f-]{36}$/);
  });

  it('are heard of without a poll, from the first one that makes the folder on', async () => {
    start();
    await submitted('a');
    await eventually('the first is taken', () => taken.length === 1);
    watch?.dispose();
    start(60_000);
    await eventually('it is given again to a new watch', () => taken.length === 2);
    await submitted('b', 1);
    await eventually('the second is taken', () => taken.length === 3);
  });

  it('are given once, and again after a restart, until they are acknowledged', async () => {
    const file = await submitted('a');
    const first = start(60_000);
    await first.poll();
    await first.poll();
    assert.equal(taken.length, 1);
    first.dispose();
    await start(60_000).poll();
    assert.equal(taken.length, 2);
    assert.deepEqual(await acknowledgeRequest(file), { ok: true, value: undefined });
    assert.deepEqual(await acknowledgeRequest(file), { ok: true, value: undefined });
    await watch?.poll();
    assert.deepEqual([taken.length, await readdir(path())], [2, []]);
  });

  it('that are malformed are put aside with a warning, and the others go on', async () => {
    await mkdir(path());
    await writeFile(join(path(), '0-half.json'), '{"ask":');
    await writeFile(join(path(), '1-other.json'), '{"aks":"a"}');
    await writeFile(join(path(), '.being-written.json.tmp'), 'not yet');
    await submitted('good');
    await start(60_000).poll();
    assert.deepEqual(
      taken.map(({ content }) => content),
      [{ ask: 'good' }],
    );
    assert.deepEqual((await readdir(join(path(), 'rejected'))).sort(), ['0-half.json', '1-other.json']);
    assert.equal(await readFile(join(path(), 'rejected', '0-half.json'), 'utf8'), '{"ask":');
    const where = join(path(), 'rejected', '1-other.json');
    assert.deepEqual(seen.all[1], {
      code: 'rejected-request',
      file: where,
      message: `A request could not be used (ask is missing); it was moved to ${where}.`,
    });
    assert.equal(seen.all.length, 2);
  });

  it('let their sender wait until they are taken', async () => {
    const file = await submitted('a');
    const waiting = waitUntilTaken(file, 10_000);
    start();
    await eventually('it is taken', () => taken.length === 1);
    await acknowledgeRequest(file);
    assert.deepEqual(await waiting, { ok: true, value: undefined });
  });

  it('tell their sender that they were rejected, or that nobody came', async () => {
    const file = await submitted('a');
    assert.deepEqual(await waitUntilTaken(file, 30), {
      ok: false,
      failure: { reason: 'not_taken', file, timeoutMs: 30 },
    });
    await writeFile(file, '{}');
    const waiting = waitUntilTaken(file, 10_000);
    await start().poll();
    assert.deepEqual(await waiting, { ok: false, failure: { reason: 'rejected', file } });
  });

  it('say when they cannot be left or looked for', async () => {
    await writeFile(path(), 'in the way');
    const result = await submitRequest(path(), {}, () => 0);
    assert.ok(!result.ok && result.failure.reason === 'disk');
    await start(60_000).poll();
    assert.equal(seen.all[0]?.code, 'unreadable-folder');
  });
});
