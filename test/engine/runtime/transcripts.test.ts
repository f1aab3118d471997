import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../rig/until.ts';
import { Workspace } from '../../rig/workspace.ts';

describe('fifty agents that write 20 KB each and exit at once', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('have complete transcripts, to the last byte', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `W${String(index + 1).padStart(2, '0')}`);
    const script = [
      'text="$RIG/$ORCHESTRA_SPEC_ID.text"',
      'for n in {1..450}; do printf "%s writes line %03d of its many lines, all alike; \\n" "$ORCHESTRA_SPEC_ID" "$n"; done >"$text"',
      'note ready; until [ -e "$RIG/write" ]; do sleep 0.2; done',
      'exec cat "$text"',
    ].join('\n');
    workspace = new Workspace({
      specs: Object.fromEntries(ids.map((id) => [id, { script }])),
      config: { orchestrator: { max_parallel: 50 } },
    });
    const run = await workspace.start();
    await until('all are ready', () => workspace.notes().filter(({ word }) => word === 'ready').length === 50, 40_000);
    workspace.go('write');
    const written = (): number => run.events('terminal_exited').length;
    await until('all have written', () => written() === 50);
    await run.feed.request({ type: 'stop' });
    await workspace.finish(run);
    for (const id of ids) {
      const text = readFileSync(join(workspace.outside, `${id}.text`), 'utf8');
      assert.ok(text.length >= 20_000);
      assert.equal(workspace.transcript(run.id, `${id}.a1`), text.replaceAll('\n', '\r\n'));
    }
    for (const { exit } of run.events('terminal_exited')) {
      assert.deepEqual([exit.reason, exit.exitCode, exit.redactions], ['exited', 0, 0]);
    }
  });
});
