import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { OrchestraApi } from '../../src/extension/api.ts';
import { findProcesses } from '../rig/find-processes.ts';
import { until } from '../rig/until.ts';
import { flatten, folder, openApi, sessionOf, untilState } from './api.ts';

describe('a run in the extension host', () => {
  let api: OrchestraApi;

  before(async () => {
    api = await openApi();
    const started = await api.orchestrate(['SPEC-003', 'SPEC-005']);
    assert.ok(started.ok, JSON.stringify(started));
  });

  it('is orchestrated by this process', async () => {
    await untilState(api, 'orchestrating', ({ part }) => part === 'orchestrating');
    const again = await api.orchestrate(['SPEC-001']);
    assert.equal(!again.ok && again.failure.reason, 'refused');
  });

  it('shows specs and sessions with what they are at', async () => {
    await untilState(api, 'SPEC-001 is completed', (state) => sessionOf(state, 'SPEC-001')?.status === 'completed');
    await untilState(api, 'SPEC-003 asks', (state) => sessionOf(state, 'SPEC-003')?.status === 'blocked');
    const failed = await untilState(api, 'SPEC-004 has failed in the tree', ({ sessionsTree }) =>
      flatten(sessionsTree).find(
        ({ label, contextValue }) => label === 'SPEC-004' && contextValue === 'session.failed',
      ),
    );
    assert.deepEqual([failed.icon, failed.description], ['error', 'failed · The agent ended with exit code 3.']);
    const spec = api.state().specsTree.find(({ id }) => id === 'spec:SPEC-001');
    assert.deepEqual(
      [spec?.icon, spec?.description, spec?.contextValue],
      ['pass-filled', 'completed', 'spec.completed'],
    );
  });

  it('draws anew in the tree only what changed', async () => {
    const { all, nodes } = api.state().sessionsRefreshes;
    assert.ok(all <= 1 && nodes > 3, `${all} whole, ${nodes} single`);
  });

  it('draws the graph with the same facts', () => {
    const { graph } = api.state().panel;
    assert.deepEqual(
      graph?.nodes.map(({ id, status, dependsOn }) => [id, status, dependsOn]),
      [
        ['SPEC-001', 'completed', []],
        ['SPEC-002', 'running', ['SPEC-001']],
        ['SPEC-003', 'blocked', ['SPEC-001']],
        ['SPEC-004', 'failed', ['SPEC-001']],
        ['SPEC-005', 'skipped', ['SPEC-002', 'SPEC-004']],
      ],
    );
  });

  it('brings escalations into Problems with what can be done, and into one notification', async () => {
    const uri = vscode.Uri.file(join(folder(), 'specs', 'SPEC-003.md'));
    // Its code becomes a link as soon as its file is written.
    const question = await until('the question and its file', () =>
      vscode.languages.getDiagnostics(uri).find(({ code }) => typeof code === 'object'),
    );
    assert.deepEqual(
      [question.message, question.severity],
      ['Question: Which colour shall it have?', vscode.DiagnosticSeverity.Warning],
    );
    const failure = vscode.languages.getDiagnostics(vscode.Uri.file(join(folder(), 'specs', 'SPEC-004.md')))[0];
    assert.equal(failure?.severity, vscode.DiagnosticSeverity.Error);
    const titles = (await actionsAt(uri, question.range)).map(({ title }) => title);
    assert.deepEqual(titles, ['Answer…', 'Open Log']);
    const told = await untilState(api, 'a notification', ({ notices }) => notices.length > 0 && notices.flat());
    assert.equal(new Set(told).size, told.length);
  });

  it('hands a wish of a quick fix to the orchestrator, and clears what is resolved', async () => {
    const uri = vscode.Uri.file(join(folder(), 'specs', 'SPEC-004.md'));
    const [failure] = vscode.languages.getDiagnostics(uri);
    assert.ok(failure);
    const retry = (await actionsAt(uri, failure.range)).find(({ title }) => title === 'Retry');
    assert.ok(retry?.command);
    await vscode.commands.executeCommand(retry.command.command, ...(retry.command.arguments as unknown[]));
    const again = await untilState(api, 'SPEC-004 is tried again', (state) => {
      const session = sessionOf(state, 'SPEC-004');
      return session && session.attempts > 1 && session.status === 'completed' && session;
    });
    assert.equal(again.attempts, 2);
    await until('the diagnostic is gone', () => vscode.languages.getDiagnostics(uri).length === 0);
  });

  it('attaches terminals in which typing reaches the agent, and which close without ending it', async () => {
    const terminal = await untilState(api, 'an agent of SPEC-002', (state) =>
      sessionOf(state, 'SPEC-002')?.terminals.find(({ exit }) => exit === undefined),
    );
    await vscode.commands.executeCommand('orchestra.attach', terminal.id);
    const shown = await until('its terminal', () =>
      vscode.window.terminals.find(({ name }) => name.startsWith(terminal.id)),
    );
    assert.deepEqual(api.state().terminals, [terminal.id]);
    shown.sendText('Ada');
    await untilState(api, 'a person is in control', (state) =>
      sessionOf(state, 'SPEC-002')?.terminals.some(({ control }) => control === 'person'),
    );
    shown.dispose();
    await untilState(api, 'it is closed', ({ terminals }) => terminals.length === 0);
    process.kill(terminal.pid, 0);
    await vscode.commands.executeCommand('orchestra.attach', terminal.id);
    await until('it is shown again', () => vscode.window.terminals.find(({ name }) => name.startsWith(terminal.id)));
    vscode.window.terminals.find(({ name }) => name.startsWith(terminal.id))?.sendText('');
    await untilState(api, 'SPEC-002 is completed', (state) => sessionOf(state, 'SPEC-002')?.status === 'completed');
  });

  it('shows the log of a terminal that has ended', async () => {
    await vscode.commands.executeCommand('orchestra.openLog', 'SPEC-002.a1');
    const text = await until('the log', () => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.uri.scheme === 'orchestra' && document.getText();
    });
    assert.match(text, /Who are you\? Ada\nHello Ada\n/);
  });

  it('ends when it is stopped, with no process left', async () => {
    await vscode.commands.executeCommand('orchestra.stop', 'SPEC-003');
    const run = await untilState(api, 'the end', ({ part, run: ended }) => part === 'ended' && ended);
    assert.deepEqual(
      run.sessions.map(({ spec, status }) => [spec.id, status]),
      [
        ['SPEC-001', 'completed'],
        ['SPEC-002', 'completed'],
        ['SPEC-003', 'cancelled'],
        ['SPEC-004', 'completed'],
        ['SPEC-005', 'completed'],
      ],
    );
    assert.deepEqual(agents(), []);
  });

  it('goes on for a session that is tried again after the end', async () => {
    await vscode.commands.executeCommand('orchestra.retry', 'SPEC-003');
    const again = await untilState(api, 'SPEC-003 asks again', (state) => {
      const session = sessionOf(state, 'SPEC-003');
      return state.part === 'orchestrating' && session?.status === 'blocked' && session;
    });
    assert.equal(again.attempts, 2);
    await vscode.commands.executeCommand('orchestra.stop', 'SPEC-003');
    await untilState(api, 'the second end', ({ part }) => part === 'ended');
    assert.deepEqual(agents(), []);
  });
});

function agents(): readonly unknown[] {
  return findProcesses(folder()).filter(({ command }) => command.includes('agent.sh'));
}

async function actionsAt(uri: vscode.Uri, range: vscode.Range): Promise<readonly vscode.CodeAction[]> {
  // VS Code asks for actions of documents alone that are open.
  await vscode.window.showTextDocument(uri);
  const found: unknown = await vscode.commands.executeCommand('vscode.executeCodeActionProvider', uri, range);
  return (found as readonly vscode.CodeAction[]).filter(({ command }) => command?.command.startsWith('orchestra.'));
}
