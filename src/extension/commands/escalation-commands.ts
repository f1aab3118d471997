import { join } from 'node:path';
import * as vscode from 'vscode';
import { escalationChoices } from '../diagnostics/escalation-choices.ts';
import type { Services } from '../services.ts';
import { request } from './run-commands.ts';
import { findEscalation, type Argument } from './targets.ts';

/** Asks for the answer to an agent's question and hands it on. */
export async function answer(services: Services, argument: Argument): Promise<void> {
  const escalation = await findEscalation(argument, services, ({ kind }) => kind === 'question');
  if (!escalation) return;
  const { t } = services.language;
  const text = await vscode.window.showInputBox({
    title: t('Answer {0}', escalation.specId ?? ''),
    prompt: escalation.reason,
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? t('The answer is empty.') : undefined),
  });
  if (text !== undefined) await request(services, { type: 'answer', escalation: escalation.id, text });
}

/** Releases or refuses a step that waits for it. */
export async function decide(services: Services, argument: Argument, granted: boolean): Promise<void> {
  const escalation = await findEscalation(argument, services, ({ kind }) => kind === 'approval');
  if (escalation?.step === undefined) return;
  await request(services, { type: 'approve', step: escalation.step, granted });
}

/** Notes that the person has seen it. */
export async function acknowledge(services: Services, argument: Argument): Promise<void> {
  const escalation = await findEscalation(argument, services, ({ kind }) => kind !== 'question' && kind !== 'approval');
  if (escalation) await request(services, { type: 'acknowledge', escalation: escalation.id });
}

/** Offers everything that can be done about an escalation. */
export async function resolveEscalation(services: Services, argument: Argument): Promise<void> {
  const escalation = await findEscalation(argument, services, () => true);
  const { view } = services.control;
  if (!escalation || !view) return;
  const choices = escalationChoices(escalation, view, services.language);
  const items = choices.map((choice) => ({ label: choice.title, choice }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: escalation.specId ?? '',
    placeHolder: escalation.reason,
  });
  if (chosen) await vscode.commands.executeCommand(chosen.choice.command, chosen.choice.target);
}

/** Opens the file of an escalation. */
export async function showEscalation(services: Services, argument: Argument): Promise<void> {
  const escalation = await findEscalation(argument, services, ({ file }) => file !== undefined);
  if (escalation?.file === undefined) return;
  await vscode.window.showTextDocument(vscode.Uri.file(join(services.root, escalation.file)), { preview: true });
}
