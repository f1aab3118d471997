import * as vscode from 'vscode';
import type { EscalationView, RunView, SessionView, TerminalView } from '../../engine/model/run-view.ts';
import type { Services } from '../services.ts';
import { escalationWord, sessionLook, terminalLook } from '../text/status-words.ts';
import type { TreeItemModel, TreeTarget } from '../trees/tree-item.ts';

/** What a command was called with: an id, an item of a tree, or nothing when it came from the palette. */
export type Argument = unknown;

/** The session that a command is about; from the palette the person picks one that `fits`. */
export async function findSession(
  argument: Argument,
  services: Services,
  fits: (session: SessionView) => boolean,
): Promise<SessionView | undefined> {
  const sessions = services.control.view?.sessions ?? [];
  const id = idOf(argument, ({ kind, ...target }) =>
    'session' in target && kind !== 'escalation' ? target.session.id : undefined,
  );
  if (id !== undefined) return sessions.find((session) => session.id === id || session.spec.id === id);
  return pick(sessions.filter(fits), services.language.t('Which spec?'), ({ spec, status }) => {
    const { icon, word } = sessionLook(status, services.language);
    return { label: `$(${icon}) ${spec.id}`, description: spec.title, detail: word };
  });
}

/** The terminal that a command is about; a session stands for its newest one that `fits`. */
export async function findTerminal(
  argument: Argument,
  services: Services,
  fits: (terminal: TerminalView) => boolean,
): Promise<TerminalView | undefined> {
  const sessions = services.control.view?.sessions ?? [];
  const terminals = sessions.flatMap((session) => session.terminals);
  const target = targetOf(argument);
  if (target?.kind === 'session') {
    const session = sessions.find(({ id }) => id === target.session.id);
    return session?.terminals.findLast(fits);
  }
  const id = target?.kind === 'terminal' ? target.terminal.id : argument;
  if (typeof id === 'string') {
    const bySession = sessions.find((session) => session.id === id || session.spec.id === id);
    return terminals.find((terminal) => terminal.id === id) ?? bySession?.terminals.findLast(fits);
  }
  return pick(terminals.filter(fits).toReversed(), services.language.t('Which terminal?'), (terminal) => {
    const { icon, word } = terminalLook(terminal.status, terminal.exit !== undefined, services.language);
    return { label: `$(${icon}) ${terminal.id}`, description: word, detail: terminal.command };
  });
}

/** The open escalation that a command is about. */
export async function findEscalation(
  argument: Argument,
  services: Services,
  fits: (escalation: EscalationView) => boolean,
): Promise<EscalationView | undefined> {
  const { t } = services.language;
  const { view } = services.control;
  const target = targetOf(argument);
  const id = target?.kind === 'escalation' ? target.escalation.id : argument;
  const open = openEscalations(view).filter(fits);
  if (target?.kind === 'session' || target?.kind === 'terminal') {
    return open.find(({ session }) => session === target.session.id);
  }
  if (typeof id !== 'string') {
    return pick(open, t('Which escalation?'), (escalation) => ({
      label: escalationWord(escalation.kind, services.language),
      description: escalation.specId ?? '',
      detail: escalation.reason,
    }));
  }
  const found = open.find((escalation) => escalation.id === id);
  if (!found) void vscode.window.showInformationMessage(t('This escalation has been resolved already.'));
  return found;
}

/** Id of the spec that a command is about, when it was called with one. */
export function specIdOf(argument: Argument): string | undefined {
  const target = targetOf(argument);
  if (target?.kind === 'spec') return target.spec.id;
  if (target?.kind === 'session' || target?.kind === 'terminal') return target.session.spec.id;
  return typeof argument === 'string' && argument !== '' ? argument : undefined;
}

function openEscalations(view: RunView | undefined): readonly EscalationView[] {
  return view?.escalations.filter(({ open }) => open) ?? [];
}

function idOf(argument: Argument, read: (target: TreeTarget) => string | undefined): string | undefined {
  if (typeof argument === 'string') return argument;
  const target = targetOf(argument);
  return target && read(target);
}

function targetOf(argument: Argument): TreeTarget | undefined {
  if (typeof argument !== 'object' || argument === null || !('item' in argument)) return undefined;
  return (argument as { readonly item: TreeItemModel }).item.target;
}

async function pick<T>(
  candidates: readonly T[],
  placeHolder: string,
  describe: (candidate: T) => { readonly label: string; readonly description: string; readonly detail: string },
): Promise<T | undefined> {
  const items = candidates.map((candidate) => ({ ...describe(candidate), candidate }));
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.candidate;
}
