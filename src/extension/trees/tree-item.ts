import type { Spec } from '../../engine/model/spec.ts';
import type { EscalationView, RunView, SessionView, TerminalView } from '../../engine/model/run-view.ts';

/** What a tree item stands for; commands of its menus act on it. */
export type TreeTarget =
  | { readonly kind: 'spec'; readonly spec: Spec }
  | { readonly kind: 'run'; readonly run: RunView }
  | { readonly kind: 'session'; readonly run: RunView; readonly session: SessionView }
  | { readonly kind: 'terminal'; readonly run: RunView; readonly session: SessionView; readonly terminal: TerminalView }
  | { readonly kind: 'escalation'; readonly run: RunView; readonly escalation: EscalationView };

/** Everything that a tree shows of one item, as plain values. */
export interface TreeItemModel {
  /** Stable, so that selection and expansion survive a refresh. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** Markdown. */
  readonly tooltip: string;
  /** Codicon and theme colour. */
  readonly icon: string;
  readonly color?: string;
  /** `kind.state`, for the `when` clauses of menus. */
  readonly contextValue: string;
  readonly expansion: 'none' | 'collapsed' | 'expanded';
  /** Absent: no checkbox. */
  readonly checked?: boolean;
  /** What a screen reader says. */
  readonly spoken: string;
  /** Command of a click, called with the item. */
  readonly command?: string;
  readonly target: TreeTarget;
  readonly children: readonly TreeItemModel[];
}

/** `text` with everything that Markdown would take as markup made literal. */
export function literal(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+\-.!|<>~&$@]/g, '\\$&');
}
