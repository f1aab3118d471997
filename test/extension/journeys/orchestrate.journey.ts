import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Workspace } from '../../rig/workspace.ts';
import { openWorkbench, type Workbench } from '../../vscode/browser.ts';
import { reloadWindow } from './reload-window.ts';

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
printf 'Hello \\033[32m%s\\033[0m\\n' "$name"
echo "$name" >name.txt
note heard
await finish`;

describe('orchestrating from the window', () => {
  let workspace: Workspace;
  let workbench: Workbench;

  before(async () => {
    workspace = new Workspace({
      specs: {
        'SPEC-001': { keys: { title: 'Words', gate: ['true'], touches: ['*.txt'] } },
        'SPEC-002': { keys: { title: 'Name' }, after: ['SPEC-001'], script: talk },
        'SPEC-003': { keys: { title: 'Colour' }, after: ['SPEC-001'], script: ask },
        'SPEC-004': { keys: { title: 'Page' }, after: ['SPEC-002', 'SPEC-003'] },
        'SPEC-005': { keys: { title: 'Never' }, after: ['SPEC-001'], script: 'exit 3' },
        'SPEC-006': { keys: { title: 'Left out' }, after: ['SPEC-005'] },
        'SPEC-007': { keys: { title: 'Not picked' }, script: 'exit 1' },
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
    await workbench.quickPickRow('SPEC-007').locator('.monaco-checkbox, input[type=checkbox]').first().click();
    // Taking SPEC-005 away takes SPEC-006 along, picking that brings both back.
    await workbench.quickPickRow('Never').locator('.monaco-checkbox, input[type=checkbox]').first().click();
    await workbench.page.locator('.quick-input-widget', { hasText: '4 Selected' }).waitFor();
    await workbench.quickPickRow('Left out').locator('.monaco-checkbox, input[type=checkbox]').first().click();
    await workbench.page.locator('.quick-input-widget', { hasText: '6 Selected' }).waitFor();
    await workbench.screenshot('pick');
    await workbench.page.locator('.quick-input-widget input.input').press('Enter');
    const page = workbench.webview();
    await page.locator('tr.selected', { hasText: 'SPEC-006' }).waitFor();
    assert.equal(await page.locator('tr', { hasText: 'SPEC-007' }).count(), 0);
    assert.equal(existsSync(workspace.files.folder), false);
    await workbench.screenshot('plan-dark');
    await page.locator('button.primary').click();
    await page.locator('.node').first().waitFor();
    await workspace.noted('SPEC-002', 'start');
  });

  it('shows in the tree how each session goes on', async () => {
    await session('SPEC-001', 'Words, completed').waitFor();
    await session('SPEC-003', 'Colour, waits for you').waitFor();
    await session('SPEC-005', 'Never, failed').waitFor();
    await session('SPEC-006', 'Left out, skipped').waitFor();
    await workbench.statusItem('1/6 specs').waitFor();
  });

  it('tells of the escalations in one notification and in Problems', async () => {
    await workbench.toast('2 escalations').waitFor();
    assert.equal(await workbench.toast(/escalation|SPEC-00/).count(), 1);
    await workbench.command('Problems: Focus on Problems View');
    const problems = workbench.page.locator('.markers-panel .monaco-list-row');
    await problems.filter({ hasText: 'Question: Which colour shall it have?' }).waitFor();
    await problems.filter({ hasText: 'Failed:' }).first().waitFor();
    await workbench.screenshot('problems-dark');
  });

  it('is walked through with the keyboard', async () => {
    const page = workbench.webview();
    await page.locator('.node[data-spec="SPEC-001"]').focus();
    await workbench.page.keyboard.press('ArrowRight');
    await workbench.page.keyboard.press('ArrowDown');
    await workbench.page.keyboard.press('Enter');
    await page.locator('.details').waitFor();
    await workbench.screenshot('graph-dark');
  });

  it('attaches with a click, and what is typed reaches the agent', async () => {
    await session('SPEC-002', 'Name, running').click();
    await workbench.page.keyboard.press('ArrowRight');
    await workbench.treeRow('SPEC-002.a1').click();
    await workbench.waitForTerminalText('Who are you?');
    await workbench.typeInTerminal('Ada\n');
    await workbench.waitForTerminalText('Hello Ada');
    await workspace.noted('SPEC-002', 'heard');
    await workbench.page.locator('.terminal-tabs-entry, .single-terminal-tab', { hasText: 'you' }).first().waitFor();
    await workbench.screenshot('terminal-dark');
  });

  it('goes on with the same run after a reload of the window', async () => {
    const { pid } = await workspace.noted('SPEC-002', 'heard');
    await reloadWindow(workbench);
    await session('SPEC-002', 'Name, running').waitFor();
    await workbench.waitForTerminalText('Hello Ada');
    await workbench.statusItem('1/6 specs').waitFor();
    await workbench.webview().locator('.node').first().waitFor();
    await workbench.screenshot('reloaded-dark');
    assert.equal(workspace.launches('SPEC-002'), 1);
    process.kill(pid, 0);
    assert.equal(await workbench.toast(/escalation/).count(), 0);
  });

  it('hands an answer to the agent that asked', async () => {
    await workbench.command('Spec Orchestra: Answer');
    await workbench.quickPickRow('Which colour shall it have?').waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.page.locator('.quick-input-widget', { hasText: 'Answer SPEC-003' }).waitFor();
    await workbench.page.keyboard.type('green');
    await workbench.page.keyboard.press('Enter');
    await session('SPEC-003', 'Colour, completed').waitFor();
  });

  it('tells of a single escalation with what can be done about it', async () => {
    await workbench.command('Spec Orchestra: Retry');
    await workbench.quickPickRow('SPEC-005').click();
    const toast = workbench.toast('SPEC-005: Failed: The agent ended with exit code 3.');
    await toast.waitFor();
    await workbench.screenshot('notice-dark');
    await toast.locator('.monaco-button', { hasText: 'Open Log' }).click();
    await workbench.page.locator('.tab', { hasText: 'SPEC-005.a2.log' }).waitFor();
    assert.equal(workspace.launches('SPEC-005'), 2);
    await workbench.command('View: Close Editor');
    await workbench.webview().locator('.node').first().waitFor();
  });

  it('ends with what was accepted on the branch of the run, and tells it', async () => {
    workspace.go('finish');
    await session('SPEC-004', 'Page, completed').waitFor();
    await workbench.statusItem('4/6 specs').waitFor();
    await workbench.treeRow('Run').filter({ hasText: 'partly failed' }).first().waitFor();
    const id = await workbench.treeRow('Run').first().getAttribute('aria-label');
    assert.match(id ?? '', /partly failed, 4\/6 specs/);
    workspace.assertCheckoutUnchanged();
    await workbench.screenshot('end-dark');
  });

  it('is readable in a light theme and in high contrast, wide and narrow', async () => {
    for (const theme of ['light', 'highContrast'] as const) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`graph-${theme}`);
      await workbench.command('Spec Orchestra: Dry Run');
      await workbench.webview().locator('table').waitFor();
      await workbench.screenshot(`plan-${theme}`);
      await workbench.command('Spec Orchestra: Open Panel');
      await workbench.webview().locator('.node').first().waitFor();
    }
    await workbench.setTheme('dark');
    await workbench.page.setViewportSize({ width: 800, height: 700 });
    await workbench.screenshot('narrow-dark');
  });

  /** The row of a session in the Sessions view: its level tells it from the spec's. */
  function session(id: string, rest: string): ReturnType<Workbench['treeRow']> {
    return workbench.page.locator(`.sidebar .monaco-list-row[aria-level="2"][aria-label^="${id}, ${rest}"]`);
  }
});
