import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionId, SpecId } from '../../../src/engine/model/ids.ts';
import { nextEscalationFile, writeEscalation, type EscalationLog } from '../../../src/engine/store/escalation-files.ts';
import { useTemporaryFolder } from './support.ts';

const spec = 'SPEC-003' as SpecId;
const log: EscalationLog = {
  session_id: 'run/SPEC-003' as SessionId,
  level: 'Error',
  reason: 'npm test が失敗しました (exit 1)',
  timestamp: '2026-01-18T09:30:00.000Z',
};

describe('Escalation files', () => {
  const folder = useTemporaryFolder();
  const path = (): string => join(folder(), 'escalations');

  async function written(level = log.level, content = log): Promise<string> {
    const file = await nextEscalationFile(path(), spec, level);
    assert.ok(file.ok);
    assert.deepEqual(await writeEscalation(file.value, content), { ok: true, value: undefined });
    return file.value.slice(path().length + 1);
  }

  it('hold four fields and no other', async () => {
    const more = { ...log, secret: 'not for this file' };
    assert.equal(await written('Error', more), 'SPEC-003-error.json');
    assert.deepEqual(JSON.parse(await readFile(join(path(), 'SPEC-003-error.json'), 'utf8')), log);
  });

  it('are numbered by spec and level, and none is overwritten', async () => {
    assert.deepEqual(
      [await written(), await written(), await written('Critical'), await written('Warning'), await written()],
      [
        'SPEC-003-error.json',
        'SPEC-003-error-2.json',
        'SPEC-003-critical.json',
        'SPEC-003-warning.json',
        'SPEC-003-error-3.json',
      ],
    );
  });

  it('are written once, however often a resume says so', async () => {
    const file = join(path(), await written());
    assert.equal((await writeEscalation(file, log)).ok, true);
    assert.deepEqual(await readdir(path()), ['SPEC-003-error.json']);
  });

  it('are completed when a crash cut them short, at any byte', async () => {
    const file = join(path(), await written());
    const whole = await readFile(file);
    for (let length = 0; length < whole.length; length += 1) {
      await writeFile(file, whole.subarray(0, length));
      assert.equal((await writeEscalation(file, log)).ok, true);
      assert.deepEqual(await readFile(file), whole);
    }
  });

  it('are refused where another escalation lies', async () => {
    const file = join(path(), await written());
    const result = await writeEscalation(file, { ...log, reason: 'another' });
    assert.deepEqual(result, {
      ok: false,
      failure: { reason: 'occupied', file, message: `${file} holds another escalation.` },
    });
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), log);
  });

  it('say when the disk refuses', async () => {
    await writeFile(path(), 'in the way');
    const next = await nextEscalationFile(path(), spec, 'Error');
    const write = await writeEscalation(join(path(), 'a.json'), log);
    assert.deepEqual([!next.ok && next.failure.reason, !write.ok && write.failure.reason], ['disk', 'disk']);
  });
});
