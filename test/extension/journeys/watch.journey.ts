import assert from 'node:assert/strict';
import { join } from 'node:path';
import { OrchestratorProcess } from '../../rig/orchestrator-process.ts';
import { Workspace } from '../../rig/workspace.ts';
import { openWorkbench, type Workbench } from '../../vscode/browser.ts';

const project = join(import.meta.dirname, '..', '..', '..');

describe('a run that another process orchestrates', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let other: OrchestratorProcess;

  before(async () => {
    workspace = new Workspace({
      specs: {
        'SPEC-001': { script: 'await first; echo one >one.txt' },
        'SPEC-002': { after: ['SPEC-001'], script: 'await second; echo two >two.txt' },
      },
    });
    workbench = await openWorkbench({ workspace: workspace.root, extensionPath: project });
    await workbench.openContainer('Spec Orchestra');
    await workbench.treeRow('SPEC-001').first().waitFor();
    other = new OrchestratorProcess(workspace, {});
  });

  after(async () => {
    await other.kill();
    await workbench.close();
    await workspace.dispose();
  });

  it('appears in the window, which only watches and says so', async () => {
    await workbench.treeRow('Run').filter({ hasText: 'orchestrated by another process' }).waitFor();
    await workspace.noted('SPEC-001', 'start');
    await workbench.screenshot('watching-dark');
  });

  it('is taken over only when the person says so, without an interruption', async () => {
    const { pid } = await workspace.noted('SPEC-001', 'start');
    await workbench.command('Spec Orchestra: Take Over');
    await workbench.page.locator('.monaco-dialog-box', { hasText: 'Take the orchestration over?' }).waitFor();
    await workbench.screenshot('take-over-dark');
    await workbench.page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Take Over' }).click();
    await workbench.statusItem('0/2 specs').waitFor();
    await workbench.page
      .locator('.sidebar .monaco-list-row[aria-label="Run"], .sidebar .monaco-list-row[aria-level="1"]', {
        hasText: /^(?!.*another process).*running · 0\/2 specs/,
      })
      .first()
      .waitFor();
    process.kill(pid, 0);
    workspace.go('first');
    workspace.go('second');
    await workbench.statusItem('2/2 specs').waitFor();
    assert.deepEqual([workspace.launches('SPEC-001'), workspace.launches('SPEC-002')], [1, 1]);
    assert.deepEqual(other.end, { kind: 'fenced' });
  });
});
