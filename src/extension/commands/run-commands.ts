import * as vscode from 'vscode';
import type { PersonRequest } from '../../engine/model/engine-api.ts';
import { isFinal } from '../../engine/model/status.ts';
import type { Services } from '../services.ts';
import { findSession, type Argument } from './targets.ts';
import { confirm, requireTrust, tellFailure } from './tell.ts';

/** Goes on with the unfinished run, or, when the shown one ended badly, tries its failed specs again. */
export async function resumeRun(services: Services): Promise<void> {
  if (!requireTrust(services)) return;
  const { control, language } = services;
  const { view } = control;
  const endedBadly = view?.result !== undefined && view.result !== 'completed';
  if (endedBadly) {
    const { t } = language;
    const question = t('Run {0} has ended. Try again what failed?', view.runId.slice(0, 8));
    if (!(await confirm(question, t('Specs that completed are not run again.'), t('Try Again')))) return;
  }
  const resumed = await control.resume(endedBadly ? { run: view.runId, retryFailed: true } : {});
  if (!resumed.ok) await tellFailure(resumed.failure, services);
}

/** Takes the run over from the living process that orchestrates it. */
export async function takeOver(services: Services): Promise<void> {
  if (!requireTrust(services)) return;
  const { control, language } = services;
  const { t } = language;
  const question = t('Take the orchestration over?');
  const detail = t('The process that orchestrates now will only watch. Agents are not interrupted.');
  if (!(await confirm(question, detail, t('Take Over')))) return;
  const resumed = await control.resume({ takeOver: true });
  if (!resumed.ok) await tellFailure(resumed.failure, services);
}

/** Ends the run and its agents. */
export async function stopRun(services: Services): Promise<void> {
  const { t } = services.language;
  const agents =
    services.control.view?.sessions.filter(({ status }) => status === 'running' || status === 'blocked') ?? [];
  const detail = t('Sessions under way: {0}. Their agents are ended; what they wrote is kept.', agents.length);
  if (await confirm(t('Stop the run?'), detail, t('Stop Run'))) await request(services, { type: 'stop' });
}

/** Ends one session and its agent. */
export async function stopSession(services: Services, argument: Argument): Promise<void> {
  const session = await findSession(argument, services, ({ status }) => !isFinal(status));
  if (session) await request(services, { type: 'stop', session: session.id });
}

/** Tries a session again that did not complete; a run that has ended goes on for it. */
export async function retrySession(services: Services, argument: Argument): Promise<void> {
  if (!requireTrust(services)) return;
  const session = await findSession(argument, services, ({ status }) => isFinal(status) && status !== 'completed');
  if (!session) return;
  const { control } = services;
  const { part, view } = control;
  if (!(await request(services, { type: 'retry', session: session.id }, part !== 'ended'))) return;
  if (part !== 'ended' || !view) return;
  const resumed = await control.resume({ run: view.runId });
  if (!resumed.ok) await tellFailure(resumed.failure, services);
}

/** Brings the accepted work of the run into the branch that it started from. */
export async function mergeRun(services: Services): Promise<void> {
  if (!requireTrust(services)) return;
  const { control, engine, language } = services;
  const { view } = control;
  if (!view) return;
  const { t } = language;
  const base = view.baseRef ?? view.baseCommit.slice(0, 10);
  const question = t('Merge run {0} into {1}?', view.runId.slice(0, 8), base);
  if (!(await confirm(question, t('Branch: {0}', view.integrationBranch), t('Merge')))) return;
  const merged = await (await engine.get()).merge(view.runId);
  if (!merged.ok) return tellFailure(merged.failure, services);
  const { alreadyMerged, commit } = merged.value;
  const text = alreadyMerged
    ? t('{0} holds the work of this run already.', merged.value.base)
    : t('The work of the run is in {0} now: {1}', merged.value.base, commit.slice(0, 10));
  void vscode.window.showInformationMessage(text);
}

/** Hands a wish to the run and tells what became of it. True: it was taken or lies ready. */
export async function request(services: Services, wish: PersonRequest, tellQueued = true): Promise<boolean> {
  const { control, language } = services;
  const done = await control.request(wish);
  if (!done.ok) {
    await tellFailure(done.failure, services);
    return false;
  }
  if (done.value === 'queued' && tellQueued) {
    const resume = language.t('Resume Run');
    const text = language.t('Nobody orchestrates the run now. This takes effect when it is resumed.');
    void vscode.window.showInformationMessage(text, resume).then(async (chosen) => {
      if (chosen === resume) await vscode.commands.executeCommand('orchestra.resume');
    });
  }
  return true;
}
