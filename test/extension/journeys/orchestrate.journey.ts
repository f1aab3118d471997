import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../rig/until.ts';
import { Workspace } from '../../rig/workspace.ts';
import { openWorkbench, type Workbench } from '../../vscode/browser.ts';

const project = join(import.meta.dirname, '..', '..', '..');

const ask = `
if ! grep -q 'Answer: ' "$ORCHESTRA_PROMPT_FILE"; then
  echo 'Which colour shall it have?' >"$ORCHESTRA_QUESTION_FILE"
  exit 0
fi
sed -n 's/.*Answer: //p' "$ORCHESTRA_PROMPT_FILE" >colour.txt`;

const talk = `
printf 'Who are you? '
read -r name
echo "Hello $name"
echo "$name" >name.txt
note heard
await finish`;

describe('orchestrating from the window', () => {
  let workspace: Workspace;
  let workbench: Workbench;

  before(async () => {
    workspace = new Workspace({
      specs: {
        'SPEC-001': { keys: { title: 'Words' } },
        'SPEC-002': { keys: { title: 'Name' }, after: ['SPEC-001'], script: talk },
        'SPEC-003': { keys: { title: 'Colour' }, after: ['SPEC-001'], script: ask },
        'SPEC-004': { keys: { title: 'Page' }, after: ['SPEC-002', 'SPEC-003'] },
        'SPEC-005': { keys: { title: 'Never' }, after: ['SPEC-001'], script: 'exit 3' },
        'SPEC-006': { keys: { title: 'Left out' }, after: ['SPEC-005'] },
      },
    });
    workbench = await openWorkbench({ workspace: workspace.root, extensionPath: project });
  });

  after(async () => {
    await workbench.close();
    await workspace.dispose();
  });

  it('goes from the palette over the pick to the dry run, and starts nothing before Start', async () => {
    await workbench.openContainer('Spec Orchestra');
    await workbench.treeRow('SPEC-001').first().waitFor();
    await workbench.command('Spec Orchestra: Orchestrate Specs');
    await workbench.quickPickRow('SPEC-004').waitFor();
    await workbench.screenshot('pick');
    await workbench.page.keyboard.press('Enter');
    const page = workbench.webview();
    await page.locator('table').waitFor();
    await workbench.screenshot('plan-dark');
    assert.equal(existsSync(workspace.files.folder), false);
    await page.locator('button.primary').click();
    await page.locator('.node').first().waitFor();
    await workspace.noted('SPEC-002', 'start');
  });

  it('shows in the tree how each session goes on', async () => {
    await workbench.treeRow('SPEC-001, Words, completed').last().waitFor();
    await workbench.treeRow('SPEC-003, Colour, waits for you').last().waitFor();
    await workbench.treeRow('SPEC-005, Never, failed').last().waitFor();
    await workbench.screenshot('graph-dark');
  });

  it('attaches with a click, and what is typed reaches the agent', async () => {
    await workbench.treeRow('SPEC-002, Name, running').last().click();
    await workbench.page.keyboard.press('ArrowRight');
    await workbench.treeRow('SPEC-002.a1').click();
    await workbench.waitForTerminalText('Who are you?');
    await workbench.typeInTerminal('Ada\n');
    await workbench.waitForTerminalText('Hello Ada');
    await workspace.noted('SPEC-002', 'heard');
    await workbench.screenshot('terminal-dark');
  });

  it('goes on with the same run after a reload of the window', async () => {
    const pid = workspace.notes().find(({ spec }) => spec === 'SPEC-002')?.pid;
    await workbench.reload();
    await workbench.openContainer('Spec Orchestra');
    await workbench.treeRow('SPEC-002, Name, running').last().waitFor();
    await workbench.screenshot('reloaded-dark');
    assert.equal(workspace.launches('SPEC-002'), 1);
    process.kill(pid ?? 0, 0);
  });

  it('ends', async () => {
    workspace.go('finish');
    await workbench.treeRow('SPEC-002, Name, completed').last().waitFor();
    await until('x', () => true);
    await workbench.screenshot('end-dark');
  });
});
