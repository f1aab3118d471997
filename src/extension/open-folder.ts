import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../base/clock.ts';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { createApi, type OrchestraApi } from './api.ts';
import { registerCommands } from './commands/commands.ts';
import { tellFailure } from './commands/tell.ts';
import { keepContextKeys } from './context-keys.ts';
import { EscalationActions } from './diagnostics/escalation-actions.ts';
import { EscalationDiagnostics } from './diagnostics/escalation-diagnostics.ts';
import { EscalationNotices } from './diagnostics/escalation-notices.ts';
import { ProblemDiagnostics } from './diagnostics/problem-diagnostics.ts';
import { showNotice } from './diagnostics/show-notice.ts';
import { Documents } from './documents.ts';
import { Panel } from './panel/panel.ts';
import { EngineAccess } from './run/engine-access.ts';
import { Memory } from './run/memory.ts';
import { RunControl } from './run/run-control.ts';
import { SpecsModel } from './run/specs-model.ts';
import type { Services } from './services.ts';
import { StatusBar } from './status-bar.ts';
import { Terminals } from './terminals/terminals.ts';
import type { Language } from './text/language.ts';
import { Trees } from './trees/trees.ts';

/** The extension at work in one folder. */
export interface OpenFolder extends Disposable {
  readonly api: OrchestraApi;
  /** Lets go of the run quickly; its agents live on. */
  detach(): Promise<void>;
}

/** Puts the parts together for the folder `root`. Reads nothing of it yet. */
export function openFolder(context: vscode.ExtensionContext, root: string, log: vscode.LogOutputChannel): OpenFolder {
  const owned = new DisposableStore();
  const language = currentLanguage();
  const memory = new Memory(context.workspaceState);
  const engine = owned.add(new EngineAccess(root, vscode.Uri.joinPath(context.extensionUri, 'dist').fsPath, log));
  const control = owned.add(
    new RunControl({
      engine: () => engine.get(),
      memory,
      clock: systemClock,
      isTrusted: () => vscode.workspace.isTrusted,
      onBroken: (failure) => void tellFailure(failure, { language, log }),
    }),
  );
  const specs = owned.add(new SpecsModel(engine, log));
  const services: Services = {
    ...{ root, engine, control, specs, memory, language, log },
    trees: owned.add(new Trees({ specs, control, memory, language })),
    terminals: owned.add(new Terminals({ engine: () => engine.get(), control, memory, language })),
    panel: owned.add(new Panel(context.extensionUri, control, language)),
    documents: owned.add(new Documents()),
  };
  const notices: string[][] = [];
  owned.add(new StatusBar(control, language));
  owned.add(new ProblemDiagnostics(specs, language));
  owned.add(new EscalationDiagnostics({ root, control, specs, language }));
  owned.add(
    new EscalationNotices({
      ...{ control, memory, clock: systemClock },
      show(escalations, run) {
        notices.push(escalations.map(({ id }) => id));
        void showNotice(escalations, run, language);
      },
    }),
  );
  owned.add(
    vscode.languages.registerCodeActionsProvider(
      { scheme: 'file', pattern: new vscode.RelativePattern(vscode.Uri.file(root), '**') },
      new EscalationActions(control, language),
      { providedCodeActionKinds: EscalationActions.kinds },
    ),
  );
  owned.add(keepContextKeys(control, specs));
  owned.add(registerCommands(services));
  owned.add(beginWhenWanted(services));
  return { api: createApi(services, notices), detach: () => control.detach(), dispose: () => owned.dispose() };
}

/** Looks into the folder only when there is something to look for: a run, an open spec, or a run that another process begins. */
function beginWhenWanted({ root, control, specs, log }: Services): Disposable {
  const owned = new DisposableStore();
  const report = (error: unknown): void => log.error(error instanceof Error ? error : String(error));
  // After the activation, which VS Code waits for.
  const first = setImmediate(() => {
    if (!existsSync(join(root, '.orchestra', 'runs'))) return;
    specs.want();
    control.restore().catch(report);
  });
  owned.add({ dispose: () => clearImmediate(first) });
  const runs = new vscode.RelativePattern(vscode.Uri.file(root), '.orchestra/runs/*/journal.jsonl');
  const watcher = owned.add(vscode.workspace.createFileSystemWatcher(runs, false, true, true));
  owned.add(watcher.onDidCreate(() => void control.showNewest().catch(report)));
  owned.add(vscode.workspace.onDidGrantWorkspaceTrust(() => void control.restore().catch(report)));
  const look = (document: vscode.TextDocument | undefined): void => {
    if (document && specs.concerns(document.uri)) specs.want();
  };
  vscode.workspace.textDocuments.forEach(look);
  owned.add(vscode.workspace.onDidOpenTextDocument(look));
  return owned;
}

function currentLanguage(): Language {
  return {
    locale: vscode.env.language.toLowerCase().startsWith('ja') ? 'ja' : 'en',
    t: (message, ...values) => vscode.l10n.t(message, ...values),
  };
}
