import * as vscode from 'vscode';
import type { EngineFailure } from '../../engine/model/engine-api.ts';
import type { Services } from '../services.ts';
import { failureText } from '../text/failure-text.ts';

/** Tells a person why something could not be done, with the way on. */
export async function tellFailure(
  failure: EngineFailure,
  { language, log }: Pick<Services, 'language' | 'log'>,
): Promise<void> {
  const { t } = language;
  log.warn(failure.message);
  const text = failureText(failure, language);
  const ways: readonly (readonly [title: string, command: string])[] =
    failure.reason === 'problems'
      ? [[t('Show Problems'), 'workbench.actions.view.problems']]
      : failure.reason === 'held'
        ? [[t('Take Over'), 'orchestra.takeOver']]
        : failure.reason === 'workspace'
          ? [[t('Doctor'), 'orchestra.doctor']]
          : [];
  const chosen = await vscode.window.showErrorMessage(text, ...ways.map(([title]) => title));
  const way = ways.find(([title]) => title === chosen);
  if (way) await vscode.commands.executeCommand(way[1]);
}

/** Whether something may be started here; else the person is told why not. */
export function requireTrust({ language }: Pick<Services, 'language'>): boolean {
  if (vscode.workspace.isTrusted) return true;
  const { t } = language;
  const manage = t('Manage Trust');
  const text = t('This folder is not trusted: specs are shown and checked, but nothing is started.');
  void vscode.window.showWarningMessage(text, manage).then(async (chosen) => {
    if (chosen === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  });
  return false;
}

/** A yes to something that cannot be taken back. */
export async function confirm(question: string, detail: string, yes: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}
