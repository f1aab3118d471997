import assert from 'node:assert/strict';
import { english } from '../../../src/extension/text/language.ts';
import { describeSessions } from '../../../src/extension/trees/describe-sessions.ts';
import type { TreeItemModel } from '../../../src/extension/trees/tree-item.ts';
import { escalationView, runView, sessionView, terminalView } from '../views.ts';

describe('the Sessions tree', () => {
  it('shows the run, its sessions, and below each its escalations and terminals, newest first', () => {
    const run = runView(
      [
        sessionView('A', [], { status: 'completed', step: 'ended', attempts: 1, progress: 100, durationMs: 65_000 }),
        sessionView('B', ['A'], {
          status: 'running',
          step: 'gating',
          attempts: 2,
          progress: 70,
          terminals: [
            terminalView('B.a1', { status: 'exited', exit: exited(3) }),
            terminalView('B.a2', { status: 'reported', exit: exited(0) }),
            terminalView('B.a2.g0', { role: 'gate' }),
          ],
        }),
        sessionView('C', ['B']),
      ],
      {
        escalations: [escalationView('esc-1', 'B', 'retry'), escalationView('esc-2', 'B', 'failure', { open: false })],
      },
    );
    assert.deepEqual(outline(describeSessions(run, 'orchestrating', english)), [
      'Run 11111111 | running · 1/3 specs | run.orchestrating',
      '  A | completed · 1 min 5 s | session.completed',
      '  B | running · 70% · gate runs · attempt 2 | session.running',
      '    Tried again | reason of esc-1 | escalation.retry',
      '    B.a2.g0 | gate · working | command.live',
      '    B.a2 | agent · ended well | agent.ended',
      '    B.a1 | agent · ended with an error | agent.ended',
      '  C | pending | session.pending',
    ]);
  });

  it('says who orchestrates when it is not this window, and that a run is interrupted when nobody does', () => {
    const run = runView([sessionView('A')]);
    assert.deepEqual(
      (['watching', 'interrupted'] as const).map((part) => describeSessions(run, part, english)[0]?.description),
      ['running · 0/1 specs · orchestrated by another process', 'interrupted · 0/1 specs'],
    );
  });

  it('tells why a session failed and attaches live terminals, while ended ones open their log', () => {
    const failed = sessionView('A', [], {
      status: 'failed',
      attempts: 1,
      failure: { reason: 'nothing_changed' },
      terminals: [
        terminalView('A.a1', { control: 'person' }),
        terminalView('A.a0', { status: 'exited', exit: exited(1) }),
      ],
    });
    const [root] = describeSessions(runView([failed], { result: 'failed' }), 'ended', english);
    const [session] = root?.children ?? [];
    assert.equal(
      session?.description,
      'failed · The agent reported that it is done, but nothing changed in the worktree.',
    );
    assert.deepEqual(
      session.children.map(({ label, command, description }) => [label, command, description]),
      [
        ['A.a0', 'orchestra.openLog', 'agent · ended with an error'],
        ['A.a1', 'orchestra.attach', 'agent · working · you type'],
      ],
    );
  });

  it('gives every item words for a screen reader and an icon beside the word', () => {
    const run = runView([sessionView('A', [], { status: 'blocked', step: 'asking', attempts: 1, progress: 10 })]);
    const [session] = describeSessions(run, 'orchestrating', english)[0]?.children ?? [];
    assert.deepEqual(
      [session?.icon, session?.color, session?.spoken],
      ['bell-dot', 'charts.yellow', 'A, Title A, waits for you, 10%, agent asks a question'],
    );
  });
});

function outline(items: readonly TreeItemModel[], indent = ''): readonly string[] {
  return items.flatMap(({ label, description, contextValue, children }) => [
    `${indent}${label} | ${description} | ${contextValue}`,
    ...outline(children, `${indent}  `),
  ]);
}

function exited(exitCode: number): {
  reason: 'exited';
  exitCode: number;
  bytes: number;
  redactions: number;
  survivors: [];
} {
  return { reason: 'exited', exitCode, bytes: 0, redactions: 0, survivors: [] };
}
