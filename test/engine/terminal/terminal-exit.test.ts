import assert from 'node:assert/strict';
import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import {
  endProcessTree,
  findTree,
  listProcesses,
  processIsAlive,
  terminalMarker,
} from '../../../src/engine/terminal/process-tree.ts';
import type { PtyHostClient } from '../../../src/engine/terminal/pty-host-client.ts';
import { exitOf, PtyHostRig, runToExit, until } from '../../rig/pty-host.ts';

const isLinux = process.platform === 'linux';

describe('the end of a terminal', function () {
  this.timeout(60_000);
  let rig: PtyHostRig;
  let client: PtyHostClient;

  beforeEach(async () => {
    rig = await PtyHostRig.create();
    client = await rig.connect();
  });

  afterEach(async () => {
    await rig.dispose();
  });

  it('has every byte of fifty programs that write 20 KB and end at once', async () => {
    const script =
      'i=0; while [ $i -lt 400 ]; do echo "line $i of $0 ........................................"; i=$((i+1)); done';
    const launches = Array.from({ length: 50 }, (_, index) => rig.launch(`burst${index}`, script));
    const exits = await Promise.all(launches.map((launch) => runToExit(client, launch)));
    const expected = Array.from(
      { length: 400 },
      (_, line) => `line ${line} of /bin/sh ........................................\r\n`,
    ).join('');
    assert.ok(expected.length >= 20_000);
    launches.forEach((launch, index) => {
      assert.equal(readFileSync(launch.transcriptFile, 'latin1'), expected);
      const exit = { reason: 'exited', exitCode: 0, bytes: expected.length, redactions: 0, survivors: [] };
      assert.deepEqual(exits[index], exit);
      assert.deepEqual(JSON.parse(readFileSync(launch.exitFile, 'utf8')), exit);
    });
  });

  it('has every byte of a program that writes a megabyte in one go', async () => {
    const launch = rig.launch('large', 'head -c 1048576 /dev/zero | tr "\\0" x; exit 7');
    const exit = await runToExit(client, launch);
    assert.deepEqual({ exitCode: exit.exitCode, bytes: exit.bytes }, { exitCode: 7, bytes: 1_048_576 });
    assert.equal(readFileSync(launch.transcriptFile, 'latin1'), 'x'.repeat(1_048_576));
  });

  it('is told with the signal that caused it', async () => {
    const exit = await runToExit(client, rig.launch('signalled', 'kill -KILL $$'));
    assert.deepEqual(exit, { reason: 'exited', signal: 9, bytes: 0, redactions: 0, survivors: [] });
  });

  it('is told with the cause when the program or its folder does not exist', async () => {
    const missing = rig.launch('missing', '', { file: 'no-such-program' });
    const exit = await runToExit(client, missing);
    assert.deepEqual(exit, {
      reason: 'spawn_failed',
      message: 'no-such-program was not found on the PATH.',
      bytes: 0,
      redactions: 0,
      survivors: [],
    });
    assert.deepEqual(JSON.parse(readFileSync(missing.exitFile, 'utf8')), exit);
    const folder = await runToExit(client, rig.launch('folder', 'true', { cwd: '/no/such/folder' }));
    assert.deepEqual([folder.reason, folder.message], ['spawn_failed', 'The folder /no/such/folder does not exist.']);
  });

  it('comes once for a launch that is repeated', async () => {
    const launch = rig.launch('once', `echo run >> runs; sleep 0.2`);
    const exited = exitOf(client, launch.id);
    const [first, second] = await Promise.all([client.spawn(launch), client.spawn(launch)]);
    assert.ok(first.ok && second.ok);
    assert.deepEqual(second.value, first.value);
    const exit = await exited;
    assert.deepEqual(await client.spawn(launch), { ok: true, value: { ...first.value, exit } });
    assert.equal(readFileSync(join(rig.folder, 'runs'), 'utf8'), 'run\n');
    const other = await client.spawn({ ...launch, exitFile: `${launch.exitFile}.other` });
    assert.ok(other.ok && other.value.pid !== first.value.pid, 'an ended id of another run may be used again');
  });

  it('comes by itself when the wall clock is used up', async () => {
    const exit = await runToExit(client, rig.launch('late', 'echo up; sleep 60', { maxWallMs: 200 }));
    assert.deepEqual([exit.reason, exit.survivors], ['wall_clock', []]);
  });

  it('takes the whole tree with it at a kill, a grandchild of its own session that ignores TERM too', async function () {
    if (!isLinux) this.skip();
    const deaf = `setsid sh -c 'trap "" TERM HUP; echo $$ > deaf.pid; while :; do sleep 0.1; done' &`;
    const launch = rig.launch('tree', `trap "" HUP; ${deaf} echo $$ > root.pid; while :; do sleep 0.1; done`);
    const info = await client.spawn(launch);
    assert.ok(info.ok);
    await until(() => ['deaf.pid', 'root.pid'].every((name) => existsSync(join(rig.folder, name))), 'the tree stands');
    await until(() => readPid(rig, 'deaf.pid') > 0, 'the pid is written');
    const pid = readPid(rig, 'deaf.pid');
    assert.ok(processIsAlive(pid, ''));
    const exit = await client.kill(launch.id);
    assert.ok(exit.ok);
    assert.deepEqual([exit.value.reason, exit.value.survivors], ['killed', []]);
    assert.deepEqual([processIsAlive(pid, ''), processIsAlive(info.value.pid, info.value.startTime)], [false, false]);
    assert.deepEqual(await client.kill(launch.id), exit, 'a second kill answers the same');
  });

  it('leaves no process when the program ended and its children did not', async function () {
    if (!isLinux) this.skip();
    const launch = rig.launch(
      'orphans',
      `(setsid sleep 61 >/dev/null 2>&1 &) ; sleep 62 & sleep 63 >/dev/null 2>&1 </dev/null & echo left`,
    );
    const exit = await runToExit(client, launch);
    assert.deepEqual([exit.reason, exit.exitCode, exit.survivors], ['exited', 0, []]);
    const all = await listProcesses();
    assert.deepEqual(findTree(all, { pid: 0, startTime: '', marker: terminalMarker(launch) }), []);
  });

  it('can be brought about from outside when the host was lost', async function () {
    if (!isLinux) this.skip();
    const launch = rig.launch(
      'adrift',
      `trap "" HUP TERM; setsid sh -c 'trap "" HUP TERM; while :; do sleep 0.1; done' & while :; do sleep 0.1; done`,
    );
    const info = await client.spawn(launch);
    assert.ok(info.ok);
    const tree = { pid: info.value.pid, startTime: info.value.startTime, marker: terminalMarker(launch) };
    await until(() => readChildren(tree.pid) > 0, 'the children have started');
    process.kill(client.hostPid, 'SIGKILL');
    await until(() => !processIsAlive(client.hostPid, client.hostStartTime), 'the host is dead');
    assert.deepEqual(await endProcessTree(tree, 200), []);
    assert.deepEqual(findTree(await listProcesses(), tree), []);
  });
});

describe('a terminal', function () {
  this.timeout(60_000);
  let rig: PtyHostRig;
  let client: PtyHostClient;

  before(async () => {
    rig = await PtyHostRig.create();
    client = await rig.connect();
  });

  after(async () => {
    await rig.dispose();
  });

  const transcript = (id: string): string => readFileSync(rig.launch(id, '').transcriptFile, 'utf8');

  it('is a real one for its program, of the size that was asked for', async () => {
    await runToExit(
      client,
      rig.launch('tty', 'test -t 0 && test -t 1 && test -t 2 && stty size && echo $TERM', { columns: 101, rows: 33 }),
    );
    assert.equal(transcript('tty'), '33 101\r\nxterm-256color\r\n');
  });

  it('interrupts its program at Ctrl-C', async () => {
    const launch = rig.launch('interrupt', `trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.05; done`);
    const exited = exitOf(client, launch.id);
    await client.spawn(launch);
    await until(
      () => existsSync(launch.transcriptFile) && transcript('interrupt').includes('ready'),
      'the program is ready',
    );
    assert.deepEqual(await client.write(launch.id, '\x03', 'orchestrator'), { ok: true, value: undefined });
    assert.equal((await exited).exitCode, 5);
    assert.equal(transcript('interrupt'), 'ready\r\n^Ccaught\r\n');
  });

  it('takes a paste larger than the line while its program does not read', async () => {
    const launch = rig.launch('paste', 'stty raw -echo; echo ready; sleep 0.3; head -c 200000 | cksum');
    const exited = exitOf(client, launch.id);
    await client.spawn(launch);
    await until(
      () => existsSync(launch.transcriptFile) && transcript('paste').includes('ready'),
      'the program is ready',
    );
    await client.write(launch.id, 'y'.repeat(200_000), 'orchestrator');
    assert.equal((await exited).exitCode, 0);
    assert.match(transcript('paste'), /200000/);
  });

  it('answers the queries of its program with nobody attached, and tells status and title', async () => {
    const told: unknown[] = [];
    const subscription = client.onSignal((signal) => told.push(signal));
    const script = [
      'stty raw -echo',
      `printf '\\033[2;5H\\033[6n'; dd bs=1 count=6 2>/dev/null | od -An -c | tr -d ' \\n'`,
      `printf '\\033[c'; dd bs=1 count=7 2>/dev/null | od -An -c | tr -d ' \\n'`,
      `printf '\\033]7501;?\\033\\\\'; dd bs=1 count=10 2>/dev/null | od -An -c | tr -d ' \\n'`,
      `printf '\\033]0;my title\\007\\033]7501;state=blocked:app=x:kind=question:msg=V2hpY2g/\\033\\\\'`,
    ].join('\n');
    await runToExit(client, rig.launch('asks', script));
    subscription.dispose();
    const answers = transcript('asks').replaceAll(/\x1b(?:\[[\d;]*[Hcn]|\][^\x07\x1b]*(?:\x07|\x1b\\))/g, '');
    assert.equal(answers, '033[2;5R033[?1;2c033]7501;?033\\');
    assert.deepEqual(told.slice(0, 2), [
      { type: 'title', id: 'asks', title: 'my title' },
      { type: 'status', id: 'asks', status: { state: 'blocked', kind: 'question', message: 'Which?' } },
    ]);
  });

  it('keeps a secret that is split over two writes with colours inside from every file and every signal', async () => {
    const secret = 'tell-nobody-0815-xyz';
    const token = `ghp_${'Ab3De6Gh9'.repeat(4)}`;
    const script = `printf 'a \\033[31m${secret.slice(0, 7)}'; sleep 0.3; printf '\\033[0m${secret.slice(7)} b\\n'
      printf '\\033]0;at ${secret}\\007'; printf '\\033]7501;state=error:msg=${Buffer.from(`oh ${secret}`).toString('base64')}\\033\\\\'
      printf '${token.slice(0, 12)}'; sleep 0.2; printf '\\033[1m${token.slice(12)}\\r\\n'`;
    const told: unknown[] = [];
    const subscription = client.onSignal((signal) => told.push(signal));
    const exit = await runToExit(client, rig.launch('secret', script, { secrets: [secret] }));
    subscription.dispose();
    assert.equal(exit.redactions, 4);
    const text = transcript('secret');
    assert.ok(text.startsWith('a \x1b[31m[redacted]\x1b[0m b\r\n'), JSON.stringify(text));
    assert.ok(text.endsWith('[redacted]\x1b[1m\r\r\n'), JSON.stringify(text));
    const message = /msg=([^\x1b]*)/.exec(text)?.[1] ?? '';
    assert.equal(Buffer.from(message, 'base64').toString(), 'oh [redacted]');
    assert.deepEqual(told.slice(0, 2), [
      { type: 'title', id: 'secret', title: 'at [redacted]' },
      { type: 'status', id: 'secret', status: { state: 'error', message: 'oh [redacted]' } },
    ]);
    assert.ok(!JSON.stringify(told).includes(secret.slice(0, 7)));
  });

  it('tells the cause when its transcript cannot be written', async () => {
    const exit = await runToExit(client, rig.launch('full', 'echo lost', { transcriptFile: '/dev/full' }));
    assert.match(exit.message ?? '', /ENOSPC/);
    assert.equal(exit.exitCode, 0);
  });
});

function readPid(rig: PtyHostRig, name: string): number {
  return Number(readFileSync(join(rig.folder, name), 'utf8'));
}

function readChildren(pid: number): number {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).length;
}
