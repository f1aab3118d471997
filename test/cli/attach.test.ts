import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Emitter } from '../../src/base/emitter.ts';
import { ok } from '../../src/base/result.ts';
import type { TerminalAttachment } from '../../src/engine/model/engine-api.ts';
import type { TerminalId } from '../../src/engine/model/ids.ts';
import type { TerminalExit, TerminalSnapshot } from '../../src/engine/model/terminal.ts';
import { leaveSequence } from '../../src/cli/attach/terminal-modes.ts';
import { FakeWorld, settle, until } from './rig/fake-world.ts';
import { ScriptedRun, runId, runSpec } from './rig/scripted-run.ts';

describe('orchestra attach', () => {
  let world: FakeWorld;
  let agent: FakeAgent;

  afterEach(() => world.dispose());

  const call = (argv: string, options: { readonly isTerminal?: boolean; readonly run?: ScriptedRun } = {}) => {
    const { isTerminal = true, run = running() } = options;
    agent = new FakeAgent();
    world = new FakeWorld({
      argv: ['attach', ...argv.split(' ')],
      ...(isTerminal ? { size: { columns: 90, rows: 30 } } : {}),
      engine: { watch: () => Promise.resolve(ok(run)), attach: () => Promise.resolve(ok(agent)) },
    });
    return world.run();
  };

  const running = (): ScriptedRun =>
    new ScriptedRun([runSpec('SPEC-001'), runSpec('SPEC-002')]).start('SPEC-001').launch('SPEC-001', 7);

  const attached = (): Promise<void> => until(() => world.out.includes('the screen'));

  it('joins the person’s terminal to the spec’s live agent, both ways, and detaches with Ctrl-]', async () => {
    const code = call('spec-001');
    await attached();
    assert.deepEqual(world.engine.calls[1], ['attach', 'SPEC-001.a1', { columns: 90, rows: 30 }]);
    assert.deepEqual(world.stdin.rawModes, [true]);
    assert.ok(world.out.startsWith('Attached to SPEC-001.a1. Ctrl-] detaches; the agent goes on.\n'));
    agent.data.fire('live \u001b[1mbold');
    world.stdin.write('ab\u0003c');
    world.stdin.write(Buffer.from([0xe5, 0xae]));
    world.stdin.write(Buffer.from([0x8c]));
    await until(() => agent.written.includes('完'));
    world.stdin.write('last\u001dnot for the agent');
    assert.equal(await code, 0);
    assert.equal(agent.written, 'ab\u0003c完last');
    assert.equal(agent.disposed, 1);
    assert.deepEqual(world.stdin.rawModes, [true, false]);
    const detached = 'Detached from SPEC-001.a1; it goes on.\n';
    assert.ok(world.out.endsWith(`the screenlive \u001b[1mbold${leaveSequence}\r\n${detached}`));
    assert.equal(world.listening, 0);
  });

  for (const [name, key] of [
    ['the kitty keyboard protocol', '\u001b[93;5u'],
    ['modifyOtherKeys', '\u001b[27;5;93~'],
  ] as const) {
    it(`knows Ctrl-] as ${name} sends it`, async () => {
      const code = call('SPEC-001');
      await attached();
      world.stdin.write(`x${key}`);
      assert.equal(await code, 0);
      assert.equal(agent.written, 'x');
    });
  }

  it('ends with the agent and leaves the terminal as it was', async () => {
    const code = call('SPEC-001.a1 --locale ja');
    await attached();
    agent.data.fire('\u001b[?1049h\u001b[?1002h\u001b[?2004h\u001b[?25l');
    agent.exit.fire(exitWith({ exitCode: 3 }));
    assert.equal(await code, 0);
    assert.ok(world.out.endsWith(`${leaveSequence}\r\nSPEC-001.a1 は終了しました (終了コード 3)。\n`));
    for (const mode of ['?1049l', '?1002l', '?2004l', '?25h', '?1006l']) assert.ok(leaveSequence.includes(mode));
  });

  it('follows the size of the person’s terminal', async () => {
    const code = call('SPEC-001');
    await attached();
    world.stdout.columns = 40;
    world.stdout.rows = 10;
    world.stdout.emit('resize');
    assert.deepEqual(agent.sizes, [[40, 10]]);
    world.stdin.write('\u001d');
    await code;
    world.stdout.emit('resize');
    assert.equal(agent.sizes.length, 1);
  });

  it('draws anew when the feed fell behind', async () => {
    const code = call('SPEC-001');
    await attached();
    agent.resync.fire({ ...snapshot, screen: 'all anew' });
    world.stdin.write('\u001d');
    await code;
    assert.match(world.out, /\u001b\[2Jall anew/);
  });

  for (const [signal, expected] of [
    ['SIGHUP', 129],
    ['SIGTERM', 143],
  ] as const) {
    it(`detaches at ${signal}`, async () => {
      const code = call('SPEC-001');
      await attached();
      world.send(signal);
      assert.equal(await code, expected);
      assert.deepEqual([agent.disposed, agent.written], [1, '']);
      assert.deepEqual(world.stdin.rawModes, [true, false]);
    });
  }

  it('restores the terminal when the process ends in the middle', async () => {
    const code = call('SPEC-001');
    await attached();
    world.send('exit');
    assert.ok(world.out.endsWith(`${leaveSequence}\r\n`));
    assert.deepEqual(world.stdin.rawModes, [true, false]);
    world.send('SIGHUP');
    agent.exit.fire(exitWith({ exitCode: 0 }));
    await Promise.race([code, settle()]);
  });

  it('in a pipe passes output on as it is, types lines, and ends with the agent', async () => {
    const code = call('SPEC-001', { isTerminal: false });
    await attached();
    assert.deepEqual(world.engine.calls[1], ['attach', 'SPEC-001.a1', undefined]);
    world.stdin.write('yes\nno\r\n');
    await until(() => agent.written !== '');
    world.stdin.end();
    agent.data.fire('\u001b[1mraw\u001b[0m');
    await settle();
    agent.exit.fire(exitWith({ exitCode: 5 }));
    assert.equal(await code, 0);
    assert.equal(agent.written, 'yes\rno\r');
    assert.equal(world.out, 'the screen\u001b[1mraw\u001b[0m');
    assert.equal(world.err, '');
  });

  it('ends when the reader of the pipe goes away, and the agent lives on', async () => {
    const code = call('SPEC-001', { isTerminal: false });
    await attached();
    world.stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    assert.equal(await code, 141);
    assert.equal(agent.disposed, 1);
  });

  it('shows the end of the transcript of an agent that has ended, and says so', async () => {
    const run = running().exit('SPEC-001', 0);
    const code = call('SPEC-001', { isTerminal: false, run });
    const file = world.engine.transcriptFile(runId, 'SPEC-001.a1' as TerminalId);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      `torn line ${'x'.repeat(20_000)}\r\n10%\r100%\r\n\u001b[31mred\u001b[0m \u001b]0;title\u0007end\r\n`,
    );
    assert.equal(await code, 0);
    assert.equal(world.out, '100%\nred end\n');
    assert.equal(
      world.err,
      `SPEC-001.a1 has ended; the end of its transcript:\nTranscript: .orchestra/runs/${runId}/transcripts/SPEC-001.a1.log\n`,
    );
  });

  it('says what there is when the agent is unknown or has not started', async () => {
    assert.equal(await call('SPEC-009'), 2);
    assert.equal(world.err, 'Error: There is no agent SPEC-009 in this run.\nAgents: SPEC-001.a1\n');
    world.dispose();
    assert.equal(await call('SPEC-002'), 2);
    assert.equal(world.err, 'Error: SPEC-002 has started no agent yet.\nAgents: SPEC-001.a1\n');
  });
});

const snapshot: TerminalSnapshot = { columns: 90, rows: 30, screen: 'the screen', seq: 10 };

function exitWith(more: Partial<TerminalExit>): TerminalExit {
  return { reason: 'exited', bytes: 1, redactions: 0, survivors: [], ...more };
}

class FakeAgent implements TerminalAttachment {
  readonly snapshot = snapshot;
  readonly data = new Emitter<string>();
  readonly resync = new Emitter<TerminalSnapshot>();
  readonly exit = new Emitter<TerminalExit>();
  readonly onData = this.data.event;
  readonly onResync = this.resync.event;
  readonly onExit = this.exit.event;
  readonly sizes: (readonly [number, number])[] = [];
  written = '';
  disposed = 0;

  write(data: string): void {
    this.written += data;
  }

  resize(columns: number, rows: number): void {
    this.sizes.push([columns, rows]);
  }

  dispose(): void {
    this.disposed += 1;
  }
}
