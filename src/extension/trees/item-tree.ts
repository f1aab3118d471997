import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import { reconcile, type TreeNode } from './reconcile.ts';
import type { TreeItemModel } from './tree-item.ts';

/** Shows tree items in a view and draws anew only what changed. */
export class ItemTree implements vscode.TreeDataProvider<TreeNode>, Disposable {
  readonly #changes = new vscode.EventEmitter<TreeNode | TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.#changes.event;
  #roots: readonly TreeNode[] = [];
  /** How often something was drawn anew, and how much of it at most. */
  readonly refreshes = { all: 0, nodes: 0 };

  /** Shows `items` from now on. */
  update(items: readonly TreeItemModel[]): void {
    const { roots, changed } = reconcile(this.#roots, items);
    this.#roots = roots;
    if (changed === 'all') {
      this.refreshes.all += 1;
      this.#changes.fire(undefined);
    } else if (changed.length > 0) {
      this.refreshes.nodes += changed.length;
      this.#changes.fire([...changed]);
    }
  }

  get items(): readonly TreeItemModel[] {
    return this.#roots.map(({ item }) => item);
  }

  getChildren(node?: TreeNode): TreeNode[] {
    return [...(node?.children ?? this.#roots)];
  }

  getParent(node: TreeNode): TreeNode | undefined {
    const find = (nodes: readonly TreeNode[], parent: TreeNode | undefined): TreeNode | undefined => {
      for (const each of nodes) {
        if (each === node) return parent;
        const found = find(each.children, each);
        if (found) return found;
      }
      return undefined;
    };
    return find(this.#roots, undefined);
  }

  getTreeItem({ item }: TreeNode): vscode.TreeItem {
    const shown = new vscode.TreeItem(item.label, expansions[item.expansion]);
    shown.id = item.id;
    shown.description = item.description;
    shown.iconPath = new vscode.ThemeIcon(
      item.icon,
      item.color === undefined ? undefined : new vscode.ThemeColor(item.color),
    );
    shown.contextValue = item.contextValue;
    shown.accessibilityInformation = { label: item.spoken, role: 'treeitem' };
    if (item.checked !== undefined) {
      shown.checkboxState = item.checked
        ? vscode.TreeItemCheckboxState.Checked
        : vscode.TreeItemCheckboxState.Unchecked;
    }
    if (item.command !== undefined) shown.command = { command: item.command, title: '', arguments: [{ item }] };
    return shown;
  }

  resolveTreeItem(shown: vscode.TreeItem, { item }: TreeNode): vscode.TreeItem {
    const tooltip = new vscode.MarkdownString(item.tooltip, true);
    return Object.assign(shown, { tooltip });
  }

  dispose(): void {
    this.#changes.dispose();
  }
}

const expansions = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
} as const;
