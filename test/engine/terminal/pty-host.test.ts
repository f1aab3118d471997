import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { connectPtyHost, type PtyHostClient } from '../../../src/engine/terminal/pty-host-client.ts';
import { processIsAlive } from '../../../src/engine/terminal/process-tree.ts';
import { readRendezvous, writeRendezvous } from '../../../src/engine/terminal/rendezvous.ts';
import type { Result } from '../../../src/base/result.ts';
import type { TerminalId } from '../../../src/engine/model/ids.ts';
import type { TerminalFailure } from '../../../src/engine/terminal/terminal-failure.ts';
import { exitOf, PtyHostRig, runToExit, until } from '../../rig/pty-host.ts';

describe('the PTY host', function () {
  this.timeout(60_000);
  let rig: PtyHostRig;

  beforeEach(async () => {
    rig = await PtyHostRig.create();
  });

  afterEach(async () => {
    await rig.dispose();
  });

  it('is one for starters that come at the same time', async () => {
    const clients = await Promise.all(Array.from({ length: 6 }, () => rig.connect()));
    assert.deepEqual(new Set(clients.map((client) => client.hostPid)).size, 1);
    const again = await rig.connect();
    assert.deepEqual(
      [again.hostId, again.hostPid, again.hostStartTime],
      [clients[0]?.hostId, clients[0]?.hostPid, clients[0]?.hostStartTime],
    );
    assert.equal(readdirSync(rig.folder).filter((name) => name.endsWith('.lock')).length, 0);
  });

  it('keeps its rendezvous and socket to the user alone', async () => {
    await rig.connect();
    const found = readRendezvous(rig.rendezvousFile);
    assert.ok(found);
    const modes = [rig.rendezvousFile, found.socket, dirname(found.socket)].map((path) => statSync(path).mode & 0o777);
    assert.deepEqual(modes, [0o600, 0o600, 0o700]);
    assert.ok(Buffer.byteLength(found.socket) < 104);
  });

  it('outlives its client, with the terminals, and hands them to the next', async () => {
    const first = await rig.connect();
    const launch = rig.launch('lasting', `printf '\\033]0;on\\007'; while [ ! -e stop ]; do sleep 0.01; done; exit 4`);
    const info = await first.spawn(launch);
    assert.ok(info.ok);
    await until(() => existsSync(launch.transcriptFile), 'the program runs');
    first.dispose();
    const second = await rig.connect({ epoch: 2 });
    const title = new Promise((resolve) => void second.onSignal(resolve));
    assert.deepEqual(await second.list(), { ok: true, value: [info.value] });
    assert.deepEqual(await title, { type: 'title', id: 'lasting', title: 'on' });
    const exited = exitOf(second, launch.id);
    writeFileSync(join(rig.folder, 'stop'), '');
    const exit = await exited;
    assert.equal(exit.exitCode, 4);
    assert.deepEqual(await second.list(), { ok: true, value: [{ ...info.value, exit }] });
    assert.deepEqual(await second.forget(launch.id), { ok: true, value: undefined });
    assert.deepEqual(await second.list(), { ok: true, value: [] });
  });

  it('lets the newest orchestrator write and makes the older one a viewer', async () => {
    const old = await rig.connect({ epoch: 1 });
    const fenced = new Promise<void>((resolve) => old.onFenced(resolve));
    const launch = rig.launch('mine', 'sleep 60');
    await old.spawn(launch);
    const young = await rig.connect({ epoch: 2 });
    await fenced;
    assert.deepEqual([old.isWriter, young.isWriter], [false, true]);
    assert.deepEqual(
      [
        reasonOf(await old.spawn(rig.launch('other', 'true'))),
        reasonOf(await old.kill(launch.id)),
        reasonOf(await old.write(launch.id, 'x', 'orchestrator')),
        reasonOf(await old.forget(launch.id)),
        reasonOf(await old.list()),
        reasonOf(await old.write(launch.id, 'x', 'person')),
      ],
      ['not_writer', 'not_writer', 'not_writer', 'not_writer', 'ok', 'ok'],
    );
    assert.equal(reasonOf(await connectPtyHost(rig.options({ epoch: 1 }))), 'stale_epoch');
    assert.equal(reasonOf(await young.kill(launch.id)), 'ok');
  });

  it('refuses a wrong token and another protocol', async () => {
    await rig.connect();
    const found = readRendezvous(rig.rendezvousFile);
    assert.ok(found);
    writeRendezvous(rig.rendezvousFile, { ...found, token: 'guessed' });
    assert.equal(reasonOf(await connectPtyHost(rig.options())), 'bad_token');
    writeRendezvous(rig.rendezvousFile, found);
    assert.equal(reasonOf(await connectPtyHost(rig.options())), 'ok');
  });

  it('answers a bad launch with a failure and stays', async () => {
    const client = await rig.connect();
    assert.equal(reasonOf(await client.spawn(rig.launch('bad', 'true', { patterns: ['('] }))), 'bad_request');
    assert.equal(reasonOf(await client.spawn({ ...rig.launch('bad', 'true'), columns: -1 })), 'bad_request');
    assert.equal(reasonOf(await client.kill('unknown' as TerminalId)), 'unknown_terminal');
    assert.equal((await runToExit(client, rig.launch('good', 'true'))).exitCode, 0);
  });

  it('refuses an id that lives in another run', async () => {
    const client = await rig.connect();
    const launch = rig.launch('same', 'sleep 60');
    await client.spawn(launch);
    assert.equal(reasonOf(await client.spawn({ ...launch, exitFile: `${launch.exitFile}.2` })), 'id_in_use');
    assert.equal(reasonOf(await client.forget(launch.id)), 'bad_request');
  });

  it('leaves when it has been idle, with its files', async () => {
    const client = await rig.connect({ idleMs: 100 });
    const { hostPid } = client;
    const launch = rig.launch('busy', 'sleep 0.4');
    const found = readRendezvous(rig.rendezvousFile);
    await client.spawn(launch);
    client.dispose();
    await until(() => existsSync(launch.exitFile), 'the terminal kept it');
    await until(() => !processIsAlive(hostPid, ''), 'the host has left');
    assert.deepEqual([existsSync(rig.rendezvousFile), existsSync(found?.socket ?? '')], [false, false]);
  });

  it('ends its terminals when it is told to end', async () => {
    const client = await rig.connect();
    const launch = rig.launch('stopped', `trap '' TERM HUP; echo up; while :; do sleep 0.05; done`);
    const info = await client.spawn(launch);
    assert.ok(info.ok);
    await until(() => existsSync(launch.transcriptFile), 'the program runs');
    const lost = new Promise<void>((resolve) => client.onLost(resolve));
    process.kill(client.hostPid, 'SIGTERM');
    await lost;
    assert.equal(processIsAlive(info.value.pid, info.value.startTime), false);
    assert.equal((JSON.parse(readFileSync(launch.exitFile, 'utf8')) as { reason: string }).reason, 'killed');
    assert.equal(reasonOf(await client.list()), 'connection_lost');
  });

  it('is replaced when it died or its pid belongs to another process', async () => {
    const first = await rig.connect();
    process.kill(first.hostPid, 'SIGKILL');
    await until(() => !processIsAlive(first.hostPid, ''), 'it is dead');
    const second = await rig.connect();
    assert.notEqual(second.hostId, first.hostId);
    const found = readRendezvous(rig.rendezvousFile);
    assert.ok(found);
    process.kill(second.hostPid, 'SIGKILL');
    writeRendezvous(rig.rendezvousFile, { ...found, pid: process.pid, startTime: '1' });
    writeFileSync(`${rig.rendezvousFile}.lock`, JSON.stringify({ pid: found.pid, startTime: '1' }));
    assert.notEqual((await rig.connect()).hostId, second.hostId);
  });

  it('says why it could not start', async () => {
    const broken = join(rig.folder, 'broken.cjs');
    writeFileSync(broken, 'process.exit(3);');
    assert.deepEqual(await connectPtyHost(rig.options({ hostScript: broken })), {
      ok: false,
      failure: {
        reason: 'host_start_failed',
        message: 'The terminal host could not be started. It ended with exit code 3.',
      },
    });
    const missing = await connectPtyHost(rig.options({ execPath: '/no/such/node' }));
    assert.match(missing.ok ? '' : missing.failure.message, /ENOENT/);
    assert.equal(reasonOf(await connectPtyHost(rig.options({ role: 'viewer' }))), 'no_host');
  });

  it('is no child of the terminal from which it was started', async () => {
    // An orchestrator inside a terminal of another host: its own host must not carry that terminal's mark.
    process.env['ORCHESTRA_TERMINAL'] = 'outer:0';
    let client: PtyHostClient;
    try {
      client = await rig.connect();
    } finally {
      delete process.env['ORCHESTRA_TERMINAL'];
    }
    if (process.platform === 'linux')
      assert.ok(!readFileSync(`/proc/${client.hostPid}/environ`, 'latin1').includes('outer:0'));
    const exit = await runToExit(client, rig.launch('env', 'env'));
    assert.equal(exit.exitCode, 0);
    const lines = readFileSync(rig.launch('env', '').transcriptFile, 'utf8').split('\r\n');
    const names = new Set(
      lines.map((line) => line.split('=')[0]).filter((name) => !['_', 'SHLVL', ''].includes(name ?? '')),
    );
    assert.deepEqual(names, new Set(['ORCHESTRA_TERMINAL', 'PATH', 'PWD', 'TERM']));
  });

  it('does not mind a hang-up', async () => {
    const client = await rig.connect();
    process.kill(client.hostPid, 'SIGHUP');
    assert.equal((await runToExit(client, rig.launch('after', 'exit 6'))).exitCode, 6);
  });

  it('is one for two processes that start it at the same time', async () => {
    const script = `
      import { connectPtyHost } from ${JSON.stringify(join(import.meta.dirname, '../../../src/engine/terminal/pty-host-client.ts'))};
      const client = await connectPtyHost(${JSON.stringify(rig.options())});
      console.log(client.ok ? client.value.hostId : JSON.stringify(client.failure));
      if (client.ok) client.value.dispose();`;
    const ids = await Promise.all([runScript(script), runScript(script), runScript(script)]);
    assert.deepEqual(new Set(ids), new Set([readRendezvous(rig.rendezvousFile)?.hostId]));
  });
});

function reasonOf(result: Result<unknown, TerminalFailure>): string {
  if (result.ok && result.value && typeof result.value === 'object' && 'dispose' in result.value)
    (result.value as PtyHostClient).dispose();
  return result.ok ? 'ok' : result.failure.reason;
}

function runScript(script: string): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) => child.once('close', () => resolve(text.trim())));
}
