import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { Memory } from '../run/memory.ts';
import type { RunControl } from '../run/run-control.ts';
import type { SpecsModel } from '../run/specs-model.ts';
import type { Language } from '../text/language.ts';
import { describeSessions } from './describe-sessions.ts';
import { describeSpecs } from './describe-specs.ts';
import { ItemTree } from './item-tree.ts';
import type { TreeNode } from './reconcile.ts';

/** What the two views are drawn from. */
export interface TreesParts {
  readonly specs: SpecsModel;
  readonly control: RunControl;
  readonly memory: Memory;
  readonly language: Language;
}

/** Redraws of the Sessions view are at least this far apart. */
const redrawMs = 250;

/** The views Specs and Sessions. */
export class Trees implements Disposable {
  readonly specsTree = new ItemTree();
  readonly sessionsTree = new ItemTree();
  readonly #parts: TreesParts;
  readonly #owned = new DisposableStore();
  readonly #specsView: vscode.TreeView<TreeNode>;
  readonly #sessionsView: vscode.TreeView<TreeNode>;
  readonly #checked: Set<string>;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: TreesParts) {
    this.#parts = parts;
    this.#checked = new Set(parts.memory.checkedSpecs);
    this.#specsView = vscode.window.createTreeView('orchestra.specs', {
      treeDataProvider: this.specsTree,
      manageCheckboxStateManually: true,
    });
    this.#sessionsView = vscode.window.createTreeView('orchestra.sessions', { treeDataProvider: this.sessionsTree });
    for (const owned of [this.specsTree, this.sessionsTree, this.#specsView, this.#sessionsView])
      this.#owned.add(owned);
    this.#owned.add(this.#specsView.onDidChangeCheckboxState(({ items }) => this.#handleCheck(items)));
    this.#owned.add(parts.specs.onChange(() => this.#drawSpecs()));
    this.#owned.add(parts.control.onChange(() => this.#queue()));
    for (const view of [this.#specsView, this.#sessionsView]) {
      if (view.visible) parts.specs.want();
      else this.#owned.add(view.onDidChangeVisibility(({ visible }) => visible && parts.specs.want()));
    }
  }

  /** Ids whose box is ticked, of specs that exist. */
  get checkedSpecs(): readonly string[] {
    const known = new Set<string>(this.#parts.specs.report?.specs.map(({ id }) => id));
    return [...this.#checked].filter((id) => known.has(id));
  }

  #handleCheck(items: readonly (readonly [TreeNode, vscode.TreeItemCheckboxState])[]): void {
    for (const [{ item }, state] of items) {
      if (item.target.kind !== 'spec') continue;
      const { id } = item.target.spec;
      if (state === vscode.TreeItemCheckboxState.Checked) this.#checked.add(id);
      else this.#checked.delete(id);
    }
    void this.#parts.memory.setCheckedSpecs([...this.#checked]);
    this.#drawSpecs();
  }

  #queue(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#drawSessions();
      this.#drawSpecs();
    }, redrawMs);
  }

  #drawSpecs(): void {
    const { specs, control, language } = this.#parts;
    const { report } = specs;
    if (!report) return;
    const items = describeSpecs(
      { specs: report.specs, problems: report.problems, run: control.view, checked: this.#checked },
      language,
    );
    this.specsTree.update(items);
  }

  #drawSessions(): void {
    const { control, language } = this.#parts;
    const { view, part } = control;
    this.sessionsTree.update(view && part ? describeSessions(view, part, language) : []);
    const open = view?.escalations.filter((escalation) => escalation.open).length ?? 0;
    this.#sessionsView.badge =
      open === 0 ? undefined : { value: open, tooltip: language.t('open escalations: {0}', open) };
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#owned.dispose();
  }
}
