import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { until } from '../rig/until.ts';
import { folder, openApi, untilState } from './api.ts';

describe('the extension before a run', () => {
  it('reads not even its engine when it is activated', async () => {
    await openApi();
    const own = vscode.extensions.getExtension('spec-orchestra.spec-orchestra')?.extensionPath ?? '';
    const loaded = Object.keys(require.cache).filter((file) => file.startsWith(join(own, 'dist')));
    assert.deepEqual(loaded, [join(own, 'dist', 'extension.cjs')]);
  });

  it('has every command of its manifest', async () => {
    const manifest = vscode.extensions.getExtension('spec-orchestra.spec-orchestra')?.packageJSON as {
      readonly contributes: { readonly commands: readonly { readonly command: string; readonly title: string }[] };
    };
    const declared = manifest.contributes.commands.map(({ command }) => command);
    const known = await vscode.commands.getCommands(true);
    const own = known.filter((name) => /^orchestra\.[a-zA-Z]+$/.test(name));
    assert.deepEqual(own.sort(), declared.sort());
    assert.deepEqual(
      manifest.contributes.commands.filter(({ title }) => title.startsWith('%')),
      [],
    );
  });

  it('complains about a spec while it is written, and stops when it is mended', async () => {
    const uri = vscode.Uri.file(join(folder(), 'specs', 'SPEC-002.md'));
    const document = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(document);
    const place = document.positionAt(document.getText().indexOf('SPEC-001'));
    const range = new vscode.Range(place, place.translate(0, 'SPEC-001'.length));
    await editor.edit((edit) => edit.replace(range, 'SPEC-404'));
    const complaint = await until('a complaint', () => vscode.languages.getDiagnostics(uri)[0]);
    assert.deepEqual(
      [complaint.source, complaint.code, complaint.severity, document.getText(complaint.range).includes('SPEC-404')],
      ['Spec Orchestra', 'unknown-dependency', vscode.DiagnosticSeverity.Error, true],
    );
    await vscode.commands.executeCommand('undo');
    await until('no complaint', () => vscode.languages.getDiagnostics(uri).length === 0);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('lists the specs, and follows files that come and go', async () => {
    const api = await openApi();
    await vscode.commands.executeCommand('orchestra.specs.focus');
    const before = ['SPEC-001', 'SPEC-002', 'SPEC-003', 'SPEC-004', 'SPEC-005'];
    await untilState(api, 'five specs', ({ specs }) => specs?.join() === before.join());
    const uri = vscode.Uri.file(join(folder(), 'specs', 'SPEC-006.md'));
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('# SPEC-006\nMore.\n'));
    await untilState(api, 'six specs', ({ specs }) => specs?.at(-1) === 'SPEC-006');
    await vscode.workspace.fs.delete(uri);
    await untilState(api, 'five specs again', ({ specs }) => specs?.join() === before.join());
    const [first, second] = api.state().specsTree;
    assert.deepEqual(
      [first?.label, first?.contextValue, first?.checked, second?.description],
      ['SPEC-001 Words', 'spec.idle', false, 'needs SPEC-001'],
    );
  });

  it('shows a dry run in its panel, and starts and writes nothing for it', async () => {
    const api = await openApi();
    await vscode.commands.executeCommand('orchestra.dryRun', 'SPEC-005');
    const plan = await untilState(api, 'a plan', ({ panel }) => panel.page === 'plan' && panel.plan);
    assert.deepEqual(
      plan.rows.map(({ id, wave, selected, command }) => [id, wave, selected, command]),
      [
        ['SPEC-001', 1, false, 'bash agent.sh'],
        ['SPEC-002', 2, false, 'bash agent.sh'],
        ['SPEC-004', 2, false, 'bash agent.sh'],
        ['SPEC-005', 3, true, 'bash agent.sh'],
      ],
    );
    assert.deepEqual([plan.dry, plan.obstacle, plan.criticalPath.length], [true, undefined, 3]);
    await until('its tab', () => {
      const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
      return tabs.some(({ label }) => label === 'Spec Orchestra');
    });
    assert.equal(existsSync(join(folder(), '.orchestra')), false);
  });
});
