import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import type { RunControl } from './run/run-control.ts';
import type { SpecsModel } from './run/specs-model.ts';

/** Keeps the keys of the manifest's `when` clauses true. */
export function keepContextKeys(control: RunControl, specs: SpecsModel): Disposable {
  const known = new Map<string, unknown>();
  const set = (key: string, value: unknown): void => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', `orchestra.${key}`, value);
  };
  const handleRun = (): void => {
    const { part, view } = control;
    set('hasRun', view !== undefined);
    set('part', part ?? 'none');
    set('isOrchestrating', part === 'orchestrating');
    set('hasOpenEscalation', view?.escalations.some(({ open }) => open) ?? false);
    set('endedBadly', view?.result !== undefined && view.result !== 'completed');
  };
  const owned = new DisposableStore();
  owned.add(control.onChange(handleRun));
  owned.add(
    specs.onChange(({ specs: found }) => {
      set('hasSpecs', found.length > 0);
      set('loaded', true);
    }),
  );
  handleRun();
  return owned;
}
