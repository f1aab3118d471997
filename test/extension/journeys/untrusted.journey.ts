import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Workspace } from '../../rig/workspace.ts';
import { openWorkbench, type Workbench } from '../../vscode/browser.ts';

const project = join(import.meta.dirname, '..', '..', '..');

describe('a folder that is not trusted', () => {
  let workspace: Workspace;
  let workbench: Workbench;

  before(async () => {
    workspace = new Workspace({ specs: { 'SPEC-001': {}, 'SPEC-002': { after: ['SPEC-001'] } } });
    writeFileSync(join(workspace.root, 'specs', 'SPEC-003.md'), '+++\ndepends_on = ["SPEC-404"]\n+++\nMore.\n');
    workbench = await openWorkbench({
      workspace: workspace.root,
      extensionPath: project,
      settings: { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' },
    });
  });

  after(async () => {
    await workbench.close();
    await workspace.dispose();
  });

  it('has its specs shown and checked', async () => {
    await workbench.openContainer('Spec Orchestra');
    await workbench.treeRow('SPEC-001').first().waitFor();
    await workbench.treeRow('SPEC-003').filter({ hasText: 'errors: 1' }).first().waitFor();
    await workbench.screenshot('untrusted-dark');
  });

  it('offers nothing that would start something', async () => {
    for (const title of ['Orchestrate Specs', 'Dry Run', 'Doctor', 'Initialize Workspace']) {
      await workbench.page.keyboard.press('F1');
      await workbench.page.locator('.quick-input-widget input.input').fill(`>Spec Orchestra: ${title}`);
      const exact = workbench.quickPickRow(`Spec Orchestra: ${title}`);
      await workbench.page.locator('.quick-input-list').waitFor();
      assert.equal(await exact.count(), 0, title);
      await workbench.page.keyboard.press('Escape');
    }
    assert.equal(existsSync(workspace.files.folder), false);
  });
});
