import assert from 'node:assert/strict';
import { Workspace } from '../../rig/workspace.ts';

describe('what the setup commands of a worktree make', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('is not taken for the work of an agent that did nothing', async () => {
    workspace = new Workspace({
      specs: { LIES: { script: 'true' }, WORKS: { script: 'echo more >>built.txt' } },
      config: { workspace: { setup: ['echo built >built.txt'] } },
    });
    const run = await workspace.runToEnd();
    assert.deepEqual(run.outcome(), { LIES: 'failed 1 nothing_changed', WORKS: 'completed 1' });
    assert.equal(workspace.merged(run.id, 'built.txt'), 'built\nmore\n');
  });
});
