import { plainText } from '../../base/plain-text.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { DoctorCheck } from '../../engine/model/engine-api.ts';
import type { Services } from '../services.ts';
import { logTerminal } from '../diagnostics/escalation-choices.ts';
import { toRange } from '../diagnostics/problem-diagnostics.ts';
import { findSession, findTerminal, specIdOf, type Argument } from './targets.ts';
import { requireTrust, tellFailure } from './tell.ts';

/** Shows an agent's live terminal; of one that has ended its log. */
export async function attach(services: Services, argument: Argument): Promise<void> {
  if (!requireTrust(services)) return;
  const { control, terminals, language } = services;
  const terminal = await findTerminal(argument, services, ({ exit }) => exit === undefined);
  const { view } = control;
  if (!terminal || !view) {
    if (argument !== undefined) void vscode.window.showInformationMessage(language.t('No agent is live there now.'));
    return;
  }
  if (terminal.exit === undefined) terminals.attach(view.runId, terminal.id);
  else await openLog(services, terminal.id);
}

/** Shows what a terminal printed. */
export async function openLog(services: Services, argument: Argument): Promise<void> {
  const { control, engine, documents, language } = services;
  const { view } = control;
  const session = view?.sessions.find(({ id }) => id === argument);
  const terminal = session ? logTerminal(session.terminals) : await findTerminal(argument, services, () => true);
  if (!terminal || !view) return;
  const file = (await engine.get()).transcriptFile(view.runId, terminal.id);
  await documents.open(`${terminal.id}.log`, async () => {
    try {
      return plainText(await readFile(file, 'utf8'));
    } catch {
      return language.t('Nothing has been printed yet.');
    }
  });
}

/** Opens a session's worktree in a window of its own. */
export async function openWorktree(services: Services, argument: Argument): Promise<void> {
  const session = await findSession(argument, services, ({ worktree }) => worktree !== undefined);
  if (!session) return;
  if (session.worktree === undefined) {
    void vscode.window.showInformationMessage(services.language.t('{0} has no worktree yet.', session.spec.id));
    return;
  }
  await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(session.worktree), {
    forceNewWindow: true,
  });
}

/** Opens the file of a spec at its heading. */
export async function openSpec(services: Services, argument: Argument): Promise<void> {
  const id = specIdOf(argument);
  const { specs, control, root } = services;
  const spec = specs.report?.specs.find((each) => each.id === id);
  const session = control.view?.sessions.find((each) => each.spec.id === id);
  if (!spec && !session) return;
  const uri = vscode.Uri.file(spec?.file ?? join(root, session?.spec.file ?? ''));
  const selection = spec ? toRange(spec.places.heading) : undefined;
  await vscode.window.showTextDocument(uri, {
    preview: true,
    ...(selection === undefined ? {} : { selection: new vscode.Range(selection.start, selection.start) }),
  });
}

/** Examines what a run needs and shows the findings. */
export async function doctor(services: Services): Promise<void> {
  if (!requireTrust(services)) return;
  const { engine, documents, language } = services;
  await documents.open('Spec Orchestra Doctor.md', async () =>
    doctorText(await (await engine.get()).doctor(), language.t('Doctor')),
  );
}

const doctorMarks = { ok: '✔', warning: '⚠', error: '✘' } as const;

function doctorText(checks: readonly DoctorCheck[], title: string): string {
  const lines = checks.map(({ name, status, detail, advice }) =>
    [`- ${doctorMarks[status]} **${name}**: ${detail}`, ...(advice === undefined ? [] : [`  - ${advice}`])].join('\n'),
  );
  return [`# ${title}`, '', ...lines, ''].join('\n');
}

/** Writes a first orchestra.toml and example specs. */
export async function initializeWorkspace(services: Services): Promise<void> {
  if (!requireTrust(services)) return;
  const { engine, specs, root } = services;
  const written = await (await engine.get()).init();
  if (!written.ok) return tellFailure(written.failure, services);
  specs.want();
  await specs.load();
  const first = written.value.find((path) => path.endsWith('.toml')) ?? written.value[0];
  if (first !== undefined) await vscode.window.showTextDocument(vscode.Uri.file(join(root, first)));
}
