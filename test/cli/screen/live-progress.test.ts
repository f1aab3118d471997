import assert from 'node:assert/strict';
import * as xterm from '@xterm/headless';
import { ok } from '../../../src/base/result.ts';
import { FakeWorld } from '../rig/fake-world.ts';
import { ScriptedRun, runSpec } from '../rig/scripted-run.ts';

describe('live progress', () => {
  let world: FakeWorld;
  let screen: Screen;

  afterEach(() => {
    screen.dispose();
    world.dispose();
  });

  const call = (run: ScriptedRun, environment: Record<string, string> = {}, argv: readonly string[] = ['run']) => {
    const size = { columns: 60, rows: 16 };
    world = new FakeWorld({ argv, environment, size, engine: { start: () => Promise.resolve(ok(run)) } });
    screen = new Screen(size);
    world.stdout.on('data', (chunk: Buffer) => screen.write(chunk.toString()));
    return world.run();
  };

  it('draws the active sessions below the log, in place', async () => {
    const run = new ScriptedRun([runSpec('SPEC-001'), runSpec('仕様', 'SPEC-001'), runSpec('SPEC-003', 'SPEC-001')]);
    const code = call(run);
    await world.begun();
    run.start('SPEC-001').launch('SPEC-001', 1).pass(60_000).change();
    world.clock.advance(240);
    assert.deepEqual(await screen.lines(), [
      '🚀 Orchestrator started',
      '📊 Execution plan:',
      '  - SPEC-001 (no dependencies)',
      '  - 仕様 (depends on: SPEC-001)',
      '  - SPEC-003 (depends on: SPEC-001)',
      '',
      '⏳ Starting SPEC-001...',
      '⠹ SPEC-001  working  ████░░░░░░░░░░░░░░░░  19%  1m 0s',
      '1m 0s · 1 running · 2 waiting · 0 completed · 0 not comple…',
    ]);
    run.end('SPEC-001', 'completed').start('仕様', 'SPEC-003').launch('仕様', 2).change();
    assert.deepEqual((await screen.lines()).slice(7), [
      '✓ SPEC-001 completed (1m 0s)',
      '',
      '⏳ Running 仕様, SPEC-003 in parallel...',
      '⠸ 仕様      working    ██░░░░░░░░░░░░░░░░░░  10%  0s',
      '⠸ SPEC-003  preparing  ░░░░░░░░░░░░░░░░░░░░   2%  0s',
      '1m 0s · 2 running · 0 waiting · 1 completed · 0 not comple…',
    ]);
    run.end('仕様', 'completed').end('SPEC-003', 'completed').finish('completed');
    assert.equal(await code, 0);
    const lines = await screen.lines();
    assert.deepEqual(
      lines.filter((line) => line.includes('running') || line.includes('░')),
      [],
    );
    assert.ok(lines.includes('  Succeeded: 3 (SPEC-001, 仕様, SPEC-003)'));
    assert.equal(world.clock.waiting, 0);
  });

  it('stays whole when the terminal gets narrower or wider', async () => {
    const run = new ScriptedRun([runSpec('SPEC-001'), runSpec('SPEC-002')]);
    const code = call(run);
    await world.begun();
    run.start('SPEC-001', 'SPEC-002').change();
    for (const columns of [34, 80, 20, 60]) {
      await screen.lines();
      screen.resize(columns);
      world.stdout.columns = columns;
      world.stdout.emit('resize');
      world.clock.advance(120);
    }
    const lines = await screen.lines();
    assert.equal(lines.filter((line) => line.includes('preparing')).length, 2);
    assert.equal(lines.filter((line) => line.includes('2 running')).length, 1);
    run.finish('completed');
    await code;
  });

  it('shows no more lines than fit, and how many are missing', async () => {
    const specs = Array.from({ length: 30 }, (_, index) => runSpec(`S${index}`));
    const run = new ScriptedRun(specs);
    const code = call(run);
    await world.begun();
    run.start(...specs.map(({ id }) => id)).change();
    const lines = await screen.lines();
    assert.equal(lines.filter((line) => line.includes('preparing')).length, 10);
    assert.equal(lines.at(-2), '… and 20 more');
    run.finish('completed');
    await code;
  });

  it('gives the cursor back at the end, and when the process ends in the middle', async () => {
    const run = new ScriptedRun([runSpec('A')]);
    const code = call(run);
    await world.begun();
    assert.ok(world.out.includes('\u001b[?25l'));
    assert.ok(!world.out.includes('\u001b[?25h'));
    world.send('exit');
    assert.ok(world.out.endsWith('\u001b[?25h'));
    run.finish('completed');
    await code;
  });

  it('tells an interruption below the log, where the lines were', async () => {
    const run = new ScriptedRun([runSpec('A')]);
    const code = call(run);
    await world.begun();
    world.send('SIGINT');
    assert.equal(await code, 130);
    assert.deepEqual(await screen.lines(), [
      ...['🚀 Orchestrator started', '📊 Execution plan:', '  - A (no dependencies)'],
    ]);
  });

  for (const environment of [{ TERM: 'dumb' }, { CI: 'true' }] as const) {
    it(`prints plain lines with ${JSON.stringify(environment)}`, async () => {
      const run = new ScriptedRun([runSpec('A')]);
      const code = call(run, environment);
      await world.begun();
      run.start('A').end('A', 'completed').finish('completed');
      await code;
      assert.doesNotMatch(world.out, /\u001b\[(?:\?25|\d+A|0J)/);
    });
  }

  it('has no colours with NO_COLOR', async () => {
    const run = new ScriptedRun([runSpec('A')]);
    const code = call(run, { NO_COLOR: '1' });
    await world.begun();
    run.start('A').end('A', 'completed').finish('completed');
    await code;
    assert.doesNotMatch(world.out, /\u001b\[\d*m/);
    assert.match(world.out, /\u001b\[\?25l/);
  });

  it('draws nothing with --json', async () => {
    const run = new ScriptedRun([runSpec('A')]);
    const code = call(run, {}, ['run', '--json']);
    await world.begun();
    run.finish('completed');
    await code;
    assert.doesNotMatch(world.out, /\u001b/);
  });
});

/** A real terminal's screen. */
class Screen {
  readonly #terminal: xterm.Terminal;
  readonly #rows: number;

  constructor({ columns, rows }: { readonly columns: number; readonly rows: number }) {
    this.#rows = rows;
    this.#terminal = new xterm.Terminal({
      cols: columns,
      rows,
      convertEol: true,
      allowProposedApi: true,
      scrollback: 99,
    });
  }

  write(text: string): void {
    this.#terminal.write(text);
  }

  resize(columns: number): void {
    this.#terminal.resize(columns, this.#rows);
  }

  /** Scrollback and screen without trailing blanks, once everything written is on it. */
  async lines(): Promise<readonly string[]> {
    await new Promise<void>((resolve) => this.#terminal.write('', resolve));
    const buffer = this.#terminal.buffer.active;
    const lines = Array.from({ length: buffer.length }, (_, row) => buffer.getLine(row)?.translateToString(true) ?? '');
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  dispose(): void {
    this.#terminal.dispose();
  }
}
