import assert from 'node:assert/strict';
import { english } from '../../../src/extension/text/language.ts';
import { describeSessions } from '../../../src/extension/trees/describe-sessions.ts';
import { reconcile, type TreeNode } from '../../../src/extension/trees/reconcile.ts';
import type { TreeItemModel } from '../../../src/extension/trees/tree-item.ts';
import { runView, sessionView, terminalView } from '../views.ts';

describe('bringing a tree up to date', () => {
  const before = [sessionView('A'), sessionView('B', [], { terminals: [terminalView('B.a1')] })];
  let roots: readonly TreeNode[];

  beforeEach(() => {
    roots = reconcile([], items(before)).roots;
  });

  it('draws nothing anew when nothing that is shown has changed', () => {
    const { changed } = reconcile(roots, items(before.map((session) => ({ ...session, startedT: 7 }))));
    assert.deepEqual(changed, []);
  });

  it('draws anew the changed item alone, and keeps every node', () => {
    const [a, b] = roots[0]?.children ?? [];
    const after = reconcile(
      roots,
      items([sessionView('A', [], { status: 'running', attempts: 1 }), before[1] ?? sessionView('B')]),
    );
    assert.deepEqual(names(after.changed), ['A']);
    assert.deepEqual(after.roots[0]?.children, [a, b]);
    assert.equal(a?.item.contextValue, 'session.running');
  });

  it('draws anew the parent when an item came or went', () => {
    const after = reconcile(
      roots,
      items([before[0] ?? sessionView('A'), sessionView('B', [], { expansion: 0 } as object)]),
    );
    assert.deepEqual(names(after.changed), ['B']);
    assert.deepEqual(after.roots[0]?.children[1]?.children, []);
  });

  it('draws anew an item deep down without those above it', () => {
    const typed = sessionView('B', [], { terminals: [terminalView('B.a1', { control: 'person' })] });
    assert.deepEqual(names(reconcile(roots, items([before[0] ?? typed, typed])).changed), ['B.a1']);
  });

  it('draws everything anew when the roots are others', () => {
    assert.equal(reconcile(roots, []).changed, 'all');
    assert.equal(reconcile([], items(before)).changed, 'all');
  });
});

function items(sessions: Parameters<typeof runView>[0]): readonly TreeItemModel[] {
  return describeSessions(runView(sessions), 'orchestrating', english);
}

function names(changed: 'all' | readonly TreeNode[]): unknown {
  return changed === 'all' ? changed : changed.map(({ item }) => item.label);
}
