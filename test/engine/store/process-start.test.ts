import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseProcStat, processStartTime, startTimeFromPs } from '../../../src/engine/store/process-start.ts';

describe('processStartTime', () => {
  it('is the same at every asking and goes with the process', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    const first = await processStartTime(pid);
    assert.match(first ?? '', /./);
    assert.equal(await processStartTime(pid), first);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(await processStartTime(pid), undefined);
  });

  it('asks ps where there is no /proc', async function () {
    const own = await startTimeFromPs(process.pid).catch(() => undefined);
    if (own === undefined) this.skip();
    assert.match(own, /^\w{3} \w{3} \d+ \d\d:\d\d:\d\d \d{4}$/);
    assert.equal(await startTimeFromPs(process.pid), own);
    assert.equal(await startTimeFromPs(2 ** 22 + 1), undefined);
  });

  it('reads the 22nd field behind a name with blanks and brackets, and takes zombies for dead', () => {
    const fields = (state: string): string => `${state} ${Array.from({ length: 30 }, (_, i) => i + 4).join(' ')}`;
    assert.equal(parseProcStat(`12 (a) b (c) ${fields('S')}`), '22');
    assert.equal(parseProcStat(`12 (x) ${fields('Z')}`), undefined);
  });
});
