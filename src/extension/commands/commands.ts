import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { Services } from '../services.ts';
import { acknowledge, answer, decide, resolveEscalation, showEscalation } from './escalation-commands.ts';
import { attach, doctor, initializeWorkspace, openLog, openSpec, openWorktree } from './look-commands.ts';
import { OrchestrateFlow } from './orchestrate.ts';
import { mergeRun, resumeRun, retrySession, stopRun, stopSession, takeOver } from './run-commands.ts';
import type { Argument } from './targets.ts';

/** Registers every command of the manifest and joins the panel's buttons to them. */
export function registerCommands(services: Services): Disposable {
  const owned = new DisposableStore();
  const flow = new OrchestrateFlow(services);
  const { panel, log } = services;
  for (const [name, run] of Object.entries(commandTable(services, flow))) {
    owned.add(
      vscode.commands.registerCommand(`orchestra.${name}`, async (argument: Argument) => {
        log.debug(`command ${name}`);
        await run(argument);
      }),
    );
  }
  owned.add(
    panel.onMessage((message) => {
      if (message.type === 'start') void flow.start(message.token);
      else if (message.type === 'cancel') flow.cancel();
      else void vscode.commands.executeCommand(`orchestra.${message.action}`, message.target);
    }),
  );
  return owned;
}

function commandTable(
  services: Services,
  flow: OrchestrateFlow,
): Readonly<Record<string, (argument: Argument) => Promise<void> | void>> {
  return {
    orchestrate: (argument) => flow.orchestrate(argument),
    dryRun: (argument) => flow.dryRun(argument),
    init: () => initializeWorkspace(services),
    resume: () => resumeRun(services),
    takeOver: () => takeOver(services),
    stopRun: () => stopRun(services),
    stop: (argument) => stopSession(services, argument),
    retry: (argument) => retrySession(services, argument),
    merge: () => mergeRun(services),
    answer: (argument) => answer(services, argument),
    approve: (argument) => decide(services, argument, true),
    refuse: (argument) => decide(services, argument, false),
    acknowledge: (argument) => acknowledge(services, argument),
    resolveEscalation: (argument) => resolveEscalation(services, argument),
    showEscalation: (argument) => showEscalation(services, argument),
    attach: (argument) => attach(services, argument),
    openLog: (argument) => openLog(services, argument),
    openWorktree: (argument) => openWorktree(services, argument),
    openSpec: (argument) => openSpec(services, argument),
    openPanel: () => services.panel.show('graph'),
    doctor: () => doctor(services),
  };
}
