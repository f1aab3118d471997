import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { value, Workspace } from '../../rig/workspace.ts';

describe('the file of an escalation', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('leads to the state of the failed session, its log, its work and its evidence', async () => {
    workspace = new Workspace({
      specs: { GOOD: {}, BAD: { script: 'echo cannot go on; echo half >half.txt; exit 3' } },
    });
    await workspace.runToEnd();
    const { session_id: id } = workspace.escalationFiles()['BAD-error.json'] as { readonly session_id: string };

    const engine = workspace.engine();
    const feed = value(await engine.watch(id.slice(0, id.indexOf('/'))));
    const { runId } = feed;
    const session = feed.view().sessions.find((candidate) => candidate.id === id);
    feed.dispose();
    assert.deepEqual(
      [session?.spec.id, session?.status, session?.attempts, session?.failure],
      ['BAD', 'failed', 1, { reason: 'agent_exit', exitCode: 3 }],
    );
    const terminal = session?.terminals.at(-1);
    assert.ok(session?.worktree !== undefined && session.branch !== undefined && terminal);
    assert.match(readFileSync(engine.transcriptFile(runId, terminal.id), 'utf8'), /cannot go on/);
    assert.equal(readFileSync(join(session.worktree, 'half.txt'), 'utf8'), 'half\n');
    assert.match(workspace.git('rev-parse', '--verify', session.branch), /^[0-9a-f]{40}\n$/);
    const rows = readFileSync(workspace.files.evidence, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
      .filter((row) => row['session_id'] === id);
    assert.deepEqual(
      rows.map(({ agent_id, result, exit_code }) => ({ agent_id, result, exit_code })),
      [{ agent_id: terminal.id, result: 'failed', exit_code: 3 }],
    );
  });
});
