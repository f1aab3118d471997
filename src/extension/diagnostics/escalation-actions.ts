import * as vscode from 'vscode';
import type { RunControl } from '../run/run-control.ts';
import type { Language } from '../text/language.ts';
import { escalationChoices } from './escalation-choices.ts';
import { escalationOf } from './escalation-diagnostics.ts';

/** Quick fixes on the diagnostics of escalations. */
export class EscalationActions implements vscode.CodeActionProvider {
  static readonly kinds: readonly vscode.CodeActionKind[] = [vscode.CodeActionKind.QuickFix];
  readonly #control: RunControl;
  readonly #language: Language;

  constructor(control: RunControl, language: Language) {
    this.#control = control;
    this.#language = language;
  }

  provideCodeActions(
    _document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const { view } = this.#control;
    if (!view) return [];
    return diagnostics.flatMap((diagnostic) => {
      const escalation = escalationOf(diagnostic, view);
      if (!escalation?.open) return [];
      return escalationChoices(escalation, view, this.#language).map(({ title, command, target }, index) => {
        const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
        action.command = { title, command, arguments: [target] };
        action.diagnostics = [diagnostic];
        action.isPreferred = index === 0;
        return action;
      });
    });
  }
}
