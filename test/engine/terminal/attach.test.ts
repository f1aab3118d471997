import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import * as headless from '@xterm/headless';
import { after, before, describe, it } from 'mocha';
import {
  encodeMessage,
  flowControl,
  LineDecoder,
  protocolVersion,
  type HostMessage,
} from '../../../src/engine/terminal/protocol.ts';
import type { PtyHostClient } from '../../../src/engine/terminal/pty-host-client.ts';
import { readRendezvous } from '../../../src/engine/terminal/rendezvous.ts';
import type { TerminalAttachment } from '../../../src/engine/terminal/terminal-attachment.ts';
import type { TerminalSnapshot } from '../../../src/engine/model/terminal.ts';
import type { TerminalId } from '../../../src/engine/model/ids.ts';
import { exitOf, PtyHostRig, runToExit, until } from '../../rig/pty-host.ts';

describe('attaching to a terminal', function () {
  this.timeout(60_000);
  let rig: PtyHostRig;
  let client: PtyHostClient;
  let viewer: PtyHostClient;

  before(async () => {
    rig = await PtyHostRig.create();
    client = await rig.connect();
    viewer = await rig.connect({ role: 'viewer', epoch: 0 });
  });

  after(async () => {
    await rig.dispose();
  });

  async function attach(
    by: PtyHostClient,
    id: string,
    size?: { columns: number; rows: number },
  ): Promise<TerminalAttachment> {
    const attachment = await by.attach(id as TerminalId, size);
    assert.ok(attachment.ok, JSON.stringify(attachment));
    return attachment.value;
  }

  it('shows the screen, then what is typed and answered, and ends nothing when it is left', async () => {
    const launch = rig.launch('cat', 'stty -echo; echo ready; exec cat');
    const exited = exitOf(client, launch.id);
    await client.spawn(launch);
    await until(() => existsSync(launch.transcriptFile), 'the program is ready');
    const first = await attach(viewer, 'cat', { columns: 90, rows: 30 });
    assert.deepEqual([first.snapshot.columns, first.snapshot.rows], [90, 30]);
    assert.deepEqual(await linesOf(first.snapshot), ['ready']);
    assert.equal(first.snapshot.seq, 'ready\r\n'.length);
    let seen = '';
    first.onData((data) => (seen += data));
    first.write('hällo\r');
    await until(() => seen === 'hällo\r\n', 'the answer has come');
    first.dispose();
    const second = await attach(viewer, 'cat');
    assert.deepEqual(await linesOf(second.snapshot), ['ready', 'hällo']);
    second.write('\x04');
    assert.equal((await exited).exitCode, 0);
    const ended = await attach(viewer, 'cat');
    assert.deepEqual([await linesOf(ended.snapshot), ended.snapshot.exit?.exitCode], [['ready', 'hällo'], 0]);
  });

  it('shows two clients the same, and a resize reaches the program', async () => {
    const script = `trap 'stty size' WINCH; echo ready; while [ ! -e stop ]; do sleep 0.02; done`;
    const launch = rig.launch('pair', script);
    const exited = exitOf(client, launch.id);
    await client.spawn(launch);
    await until(() => existsSync(launch.transcriptFile), 'the program is ready');
    const [one, other] = [await attach(client, 'pair'), await attach(viewer, 'pair')];
    const seen = ['', ''];
    one.onData((data) => (seen[0] += data));
    other.onData((data) => (seen[1] += data));
    other.resize(70, 20);
    await until(() => seen.every((text) => text === '20 70\r\n'), 'both have seen the new size');
    await client.kill(launch.id);
    assert.equal((await exited).reason, 'killed');
  });

  it('tells the exit after the last output', async () => {
    const launch = rig.launch(
      'last',
      `while [ ! -e go ]; do sleep 0.01; done; i=0; while [ $i -lt 2000 ]; do echo "number $i"; i=$((i+1)); done`,
    );
    await client.spawn(launch);
    const attachment = await attach(viewer, 'last');
    let seen = '';
    attachment.onData((data) => (seen += data));
    const told = new Promise<string>((resolve) => attachment.onExit(() => resolve(seen)));
    await runToExit(client, rig.launch('go', 'touch go'));
    assert.equal(await told, Array.from({ length: 2000 }, (_, line) => `number ${line}\r\n`).join(''));
  });

  it('restores the alternate screen, modes and cursor after megabytes of output', async () => {
    const script = `printf '\\033[?1049h\\033[?2004h\\033[?1000h\\033[?1006h\\033[?25l\\033[2J\\033[1;1Htop line'
      i=0; while [ $i -lt 30000 ]; do printf '\\033[5;3Hcount %d \\033[7;1H................................' $i; i=$((i+1)); done
      printf '\\033[9;4Hend'; sleep 60`;
    const launch = rig.launch('screen', script);
    await client.spawn(launch);
    await until(
      () => existsSync(launch.transcriptFile) && readFileSync(launch.transcriptFile, 'latin1').endsWith('end'),
      'all is drawn',
      30_000,
    );
    const { screen } = (await attach(viewer, 'screen')).snapshot;
    assert.ok(readFileSync(launch.transcriptFile).length > 1_000_000);
    for (const mode of ['[?1049h', '[?2004h', '[?1000h', '[?1006h', '[?25l', 'top line', 'count 29999', 'end']) {
      assert.ok(screen.includes(mode), `${mode} in ${JSON.stringify(screen)}`);
    }
    await client.kill(launch.id);
  });

  it("keeps the answers of a person's terminal from the program, and queries from that terminal", async () => {
    const launch = rig.launch(
      'quiet',
      `stty raw -echo; while [ ! -e ask ]; do sleep 0.01; done; printf '\\033[c'; dd bs=1 count=7 2>/dev/null >/dev/null; echo asked; dd bs=1 count=1 2>/dev/null | od -An -c | tr -d ' '`,
    );
    const exited = exitOf(client, launch.id);
    await client.spawn(launch);
    const attachment = await attach(viewer, 'quiet');
    let seen = '';
    attachment.onData((data) => (seen += data));
    attachment.write('\x1b[?1;2c');
    await runToExit(client, rig.launch('ask', 'touch ask'));
    await until(() => seen.includes('asked'), 'the host has answered');
    attachment.write('k');
    await exited;
    await until(() => seen.includes('k', seen.indexOf('asked') + 'asked'.length), 'the key was read');
    assert.equal(seen.replaceAll(/\s/g, ''), 'askedk');
  });

  it("holds the orchestrator's input while a person types, and lets it go when the person leaves", async () => {
    const launch = rig.launch('held', 'stty -echo; echo ready; cat');
    const exited = exitOf(client, launch.id);
    const control: unknown[] = [];
    const subscription = client.onSignal((signal) => signal.type === 'control' && control.push(signal));
    await client.spawn(launch);
    await until(() => existsSync(launch.transcriptFile), 'the program is ready');
    const attachment = await attach(viewer, 'held');
    attachment.write('person\r');
    await until(() => control.length === 1, 'the person has taken over');
    const typed = client.write(launch.id, 'orchestrator\r\x04', 'orchestrator');
    attachment.write('still\r');
    await viewer.list();
    attachment.dispose();
    assert.deepEqual(await typed, { ok: true, value: undefined });
    await exited;
    subscription.dispose();
    assert.equal(readFileSync(launch.transcriptFile, 'utf8'), 'ready\r\nperson\r\nstill\r\norchestrator\r\n');
    assert.deepEqual(control, [
      { type: 'control', id: 'held', owner: 'person' },
      { type: 'control', id: 'held', owner: 'orchestrator' },
    ]);
    const late = await client.write(launch.id, 'x', 'orchestrator');
    assert.equal(late.ok ? 'ok' : late.failure.reason, 'terminal_ended');
  });

  it('lets a viewer that reads too slowly fall behind, and gives it a fresh screen when it has caught up', async () => {
    const launch = rig.launch(
      'flood',
      `while [ ! -e flood ]; do sleep 0.01; done; head -c 3000000 /dev/zero | tr '\\0' y; printf '\\r\\nflood is over'; while [ ! -e done ]; do sleep 0.01; done`,
    );
    const exited = exitOf(client, launch.id);
    await client.spawn(launch);
    const slow = await RawViewer.connect(rig);
    slow.send({ type: 'attach', request: 1, id: launch.id });
    await until(() => slow.received.some((message) => message.type === 'response'), 'attached');
    await runToExit(client, rig.launch('open', 'touch flood'));
    await until(
      () => existsSync(launch.transcriptFile) && readFileSync(launch.transcriptFile, 'latin1').endsWith('over'),
      'all is written',
    );
    const units = slow.units();
    assert.ok(units > flowControl.highWaterUnits && units < flowControl.highWaterUnits + 70_000, String(units));
    slow.send({ type: 'ack', id: launch.id, units });
    await until(() => slow.received.some((message) => message.type === 'resync'), 'the screen has come');
    const resync = slow.received.find((message) => message.type === 'resync');
    assert.ok(resync?.type === 'resync' && resync.snapshot.screen.endsWith('flood is over'));
    assert.equal(resync.snapshot.seq, readFileSync(launch.transcriptFile).length);
    slow.close();
    await runToExit(client, rig.launch('close', 'touch done'));
    assert.equal((await exited).exitCode, 0);
  });

  it('is refused for a terminal that does not exist', async () => {
    const attachment = await viewer.attach('nobody' as TerminalId);
    assert.equal(attachment.ok ? 'ok' : attachment.failure.reason, 'unknown_terminal');
  });
});

/** The lines of text that a snapshot draws. */
async function linesOf({ columns, rows, screen }: TerminalSnapshot): Promise<string[]> {
  const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(screen, resolve));
  const { active } = terminal.buffer;
  const lines = Array.from({ length: active.length }, (_, line) => active.getLine(line)?.translateToString(true) ?? '');
  terminal.dispose();
  return lines.filter((line) => line !== '');
}

/** A client that acknowledges nothing by itself. */
class RawViewer {
  readonly received: HostMessage[] = [];
  readonly #socket: ReturnType<typeof connect>;

  private constructor(path: string) {
    const decoder = new LineDecoder();
    this.#socket = connect(path);
    this.#socket.on('data', (chunk: Buffer) => this.received.push(...((decoder.push(chunk) ?? []) as HostMessage[])));
  }

  static async connect(rig: PtyHostRig): Promise<RawViewer> {
    const found = readRendezvous(rig.rendezvousFile);
    assert.ok(found);
    const viewer = new RawViewer(found.socket);
    viewer.send({ type: 'hello', token: found.token, protocol: protocolVersion, role: 'viewer', epoch: 0 });
    await until(() => viewer.received.some((message) => message.type === 'welcome'), 'let in');
    return viewer;
  }

  send(message: Parameters<typeof encodeMessage>[0]): void {
    this.#socket.write(encodeMessage(message));
  }

  units(): number {
    return this.received.reduce((sum, message) => sum + (message.type === 'data' ? message.data.length : 0), 0);
  }

  close(): void {
    this.#socket.destroy();
  }
}
