import * as vscode from 'vscode';
import type { EscalationView, RunView } from '../../engine/model/run-view.ts';
import type { Language } from '../text/language.ts';
import { escalationWord } from '../text/status-words.ts';
import { escalationChoices } from './escalation-choices.ts';

/** VS Code shows more buttons badly. */
const shownChoices = 3;

/** One notification for one escalation with what can be done, or one for several with the way to them. */
export async function showNotice(
  escalations: readonly EscalationView[],
  run: RunView,
  language: Language,
): Promise<void> {
  const { t } = language;
  const [only] = escalations;
  if (!only) return;
  if (escalations.length > 1) {
    const specs = [...new Set(escalations.flatMap(({ specId }) => specId ?? []))].join(', ');
    const show = t('Show');
    const chosen = await vscode.window.showWarningMessage(t('{0} escalations: {1}', escalations.length, specs), show);
    if (chosen === show) await vscode.commands.executeCommand('orchestra.sessions.focus');
    return;
  }
  const word = escalationWord(only.kind, language);
  const message = only.specId === undefined ? `${word}: ${only.reason}` : `${only.specId}: ${word}: ${only.reason}`;
  const choices = escalationChoices(only, run, language).slice(0, shownChoices);
  const titles = choices.map(({ title }) => title);
  const chosen = await (only.level === 'Warning'
    ? vscode.window.showWarningMessage(message, ...titles)
    : vscode.window.showErrorMessage(message, ...titles));
  const choice = choices.find(({ title }) => title === chosen);
  if (choice) await vscode.commands.executeCommand(choice.command, choice.target);
}
