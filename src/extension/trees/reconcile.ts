import type { TreeItemModel } from './tree-item.ts';

/** One shown item. VS Code knows items by this object, so it lives as long as its id is shown. */
export interface TreeNode {
  item: TreeItemModel;
  children: readonly TreeNode[];
}

/** What {@link reconcile} found: the new roots, and what must be drawn again. */
export interface Reconciled {
  readonly roots: readonly TreeNode[];
  /** `all` when the list of roots itself changed; else the highest nodes that changed, each once. */
  readonly changed: 'all' | readonly TreeNode[];
}

/** Brings the shown nodes up to date with `items`, keeping each node whose id is still there. */
export function reconcile(shown: readonly TreeNode[], items: readonly TreeItemModel[]): Reconciled {
  const changed: TreeNode[] = [];
  const { nodes, listChanged } = reconcileList(shown, items, changed);
  return { roots: nodes, changed: listChanged ? 'all' : changed };
}

function reconcileList(
  shown: readonly TreeNode[],
  items: readonly TreeItemModel[],
  changed: TreeNode[],
): { readonly nodes: readonly TreeNode[]; readonly listChanged: boolean } {
  const byId = new Map(shown.map((node) => [node.item.id, node]));
  const nodes = items.map((item) => {
    const node = byId.get(item.id);
    return node ? reconcileNode(node, item, changed) : createNode(item);
  });
  const listChanged = nodes.length !== shown.length || nodes.some((node, index) => node !== shown[index]);
  return { nodes, listChanged };
}

function reconcileNode(node: TreeNode, item: TreeItemModel, changed: TreeNode[]): TreeNode {
  const below: TreeNode[] = [];
  const { nodes, listChanged } = reconcileList(node.children, item.children, below);
  const redraw = listChanged || looksDifferent(node.item, item);
  node.item = item;
  node.children = nodes;
  // Drawing a node again draws all below it.
  if (redraw) changed.push(node);
  else changed.push(...below);
  return node;
}

function createNode(item: TreeItemModel): TreeNode {
  return { item, children: item.children.map(createNode) };
}

const shownFields = [
  'label',
  'description',
  'tooltip',
  'icon',
  'color',
  'contextValue',
  'expansion',
  'checked',
  'spoken',
  'command',
] as const satisfies readonly (keyof TreeItemModel)[];

function looksDifferent(a: TreeItemModel, b: TreeItemModel): boolean {
  return shownFields.some((field) => a[field] !== b[field]);
}
