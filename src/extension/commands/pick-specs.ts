import * as vscode from 'vscode';
import { DisposableStore } from '../../base/disposable.ts';
import type { Plan } from '../../engine/model/plan.ts';
import type { Language } from '../text/language.ts';
import { closeSelection, withDependencies } from './close-selection.ts';

interface SpecItem extends vscode.QuickPickItem {
  readonly id: string;
}

/** Lets the person pick specs of `plan`, wave by wave; what a picked one needs is picked with it. Undefined: given up. */
export function pickSpecs(
  plan: Plan,
  wanted: readonly string[],
  { t }: Language,
): Promise<readonly string[] | undefined> {
  const dependencies = new Map(plan.specs.map(({ spec }) => [spec.id as string, spec.dependsOn as readonly string[]]));
  const items = specItems(plan, { t, locale: 'en' });
  let selected = withDependencies(dependencies, wanted.length === 0 ? dependencies.keys() : wanted);
  const owned = new DisposableStore();
  const quickPick = owned.add(vscode.window.createQuickPick<SpecItem>());
  const select = (ids: ReadonlySet<string>): void => {
    selected = ids;
    quickPick.selectedItems = items.filter(({ id }) => id !== '' && ids.has(id));
  };
  quickPick.title = t('Orchestrate Specs');
  quickPick.placeholder = t('Pick specs; what they need is picked with them');
  quickPick.canSelectMany = true;
  quickPick.matchOnDescription = true;
  quickPick.items = items;
  select(selected);
  return new Promise((resolve) => {
    owned.add(
      quickPick.onDidChangeSelection((chosen) => {
        const after = new Set(chosen.map(({ id }) => id));
        const closed = closeSelection(dependencies, selected, after);
        // Setting the selection tells of it again; the second time nothing is missing.
        if (closed.size === after.size && [...closed].every((id) => after.has(id))) selected = after;
        else select(closed);
      }),
    );
    owned.add(
      quickPick.onDidAccept(() => {
        const ids = plan.order.filter((id) => selected.has(id));
        if (ids.length > 0) resolve(ids);
        quickPick.hide();
      }),
    );
    owned.add(
      quickPick.onDidHide(() => {
        resolve(undefined);
        owned.dispose();
      }),
    );
    quickPick.show();
  });
}

function specItems(plan: Plan, { t }: Language): readonly SpecItem[] {
  const specs = new Map(plan.specs.map(({ spec }) => [spec.id, spec]));
  return plan.waves.flatMap((ids, index) => [
    { id: '', label: t('Wave {0}', index + 1), kind: vscode.QuickPickItemKind.Separator },
    ...ids.map((id) => {
      const spec = specs.get(id);
      const needs = spec?.dependsOn.join(', ') ?? '';
      return {
        id,
        label: id,
        description: spec?.title ?? '',
        ...(needs === '' ? {} : { detail: t('needs {0}', needs) }),
      };
    }),
  ]);
}
