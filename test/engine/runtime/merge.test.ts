import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusal, value, Workspace } from '../../rig/workspace.ts';

describe('merge', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('brings what was accepted into the branch and the checkout, once', async () => {
    workspace = new Workspace({ specs: { GOOD: {}, BAD: { script: 'echo bad >bad.txt; exit 1' } } });
    const engine = workspace.engine();
    const run = await workspace.start({}, engine);
    await run.feed.ended;
    const report = value(await engine.merge());
    assert.deepEqual([report.base, report.alreadyMerged], ['main', false]);
    assert.equal(workspace.git('rev-parse', 'main').trim(), report.commit);
    assert.equal(readFileSync(join(workspace.root, 'GOOD.txt'), 'utf8'), 'made by GOOD\n');
    assert.equal(existsSync(join(workspace.root, 'bad.txt')), false);
    assert.equal(workspace.git('status', '--porcelain'), '');
    assert.match(
      workspace.git('log', '-1', '--format=%B'),
      new RegExp(`Merge specs GOOD\\n\\nOrchestra-Run: ${run.id}`),
    );
    assert.deepEqual(value(await engine.merge(run.id)), { ...report, alreadyMerged: true });
  });

  it('is refused as long as the checkout holds changes, and touches nothing', async () => {
    workspace = new Workspace({ specs: { GOOD: {} } });
    const engine = workspace.engine();
    await workspace.runToEnd();
    workspace.writeFiles({ 'readme.txt': 'my own change\n' });
    const before = workspace.git('rev-parse', 'main');
    const refused = refusal(await engine.merge());
    assert.equal(refused.reason, 'workspace');
    assert.match(refused.message, /readme\.txt/);
    assert.equal(workspace.git('rev-parse', 'main'), before);
    assert.equal(readFileSync(join(workspace.root, 'readme.txt'), 'utf8'), 'my own change\n');
  });

  it('waits for the end of the run', async () => {
    workspace = new Workspace({ specs: { LONG: { script: 'await long; echo l >l.txt' } } });
    const engine = workspace.engine();
    const run = await workspace.start({}, engine);
    assert.equal(refusal(await engine.merge(run.id)).reason, 'refused');
    workspace.go('long');
    await workspace.finish(run);
  });
});
