import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { planState } from '../panel/plan-state.ts';
import { pickSpecs } from './pick-specs.ts';
import { specIdOf, type Argument } from './targets.ts';
import { requireTrust, tellFailure } from './tell.ts';

/** The way from the wish to a run: pick, look at the dry run, start. Nothing starts before the page's Start. */
export class OrchestrateFlow {
  readonly #services: Services;
  /** What the shown plan would start. */
  #planned: { readonly token: string; readonly specs: readonly string[] } | undefined;

  constructor(services: Services) {
    this.#services = services;
  }

  /** Picks specs, unless called with one, and shows what a run of them would do. */
  async orchestrate(argument: Argument): Promise<void> {
    if (!requireTrust(this.#services)) return;
    const one = specIdOf(argument);
    const specs = one === undefined ? await this.#pick() : [one];
    if (specs) await this.#showPlan(specs, false);
  }

  /** Shows what a run of the ticked specs would do, or of all. */
  async dryRun(argument: Argument): Promise<void> {
    // A plan asks git about the checkout, and git runs what a repository's configuration names.
    if (!requireTrust(this.#services)) return;
    const one = specIdOf(argument);
    const { checkedSpecs } = this.#services.trees;
    await this.#showPlan(one === undefined ? checkedSpecs : [one], true);
  }

  /** Starts the plan that the page shows. */
  async start(token: string): Promise<void> {
    const { panel, control, language } = this.#services;
    if (this.#planned?.token !== token) {
      void vscode.window.showWarningMessage(language.t('This plan is out of date. Make it again.'));
      return;
    }
    if (!requireTrust(this.#services)) return;
    await this.saveFiles();
    const { specs } = this.#planned;
    const started = await vscode.window.withProgress({ location: { viewId: 'orchestra.sessions' } }, () =>
      control.start({ specs }),
    );
    if (!started.ok) return tellFailure(started.failure, this.#services);
    this.cancel();
    await vscode.commands.executeCommand('orchestra.sessions.focus');
    panel.show('graph');
  }

  /** Gives the shown plan up. */
  cancel(): void {
    this.#planned = undefined;
    this.#services.panel.dropPlan();
  }

  /** A run takes its specs from the disk, and what a person sees in the editor is what they mean. */
  async saveFiles(): Promise<void> {
    const { specs } = this.#services;
    for (const document of vscode.workspace.textDocuments) {
      if (document.isDirty && specs.concerns(document.uri)) await document.save();
    }
  }

  async #pick(): Promise<readonly string[] | undefined> {
    const { engine, trees, language } = this.#services;
    const planned = await (await engine.get()).plan();
    if (!planned.ok) {
      await tellFailure(planned.failure, this.#services);
      return undefined;
    }
    const { plan, problems } = planned.value;
    if (plan) return pickSpecs(plan, trees.checkedSpecs, language);
    await tellFailure({ reason: 'problems', message: 'The specs have errors.', problems }, this.#services);
    return undefined;
  }

  async #showPlan(specs: readonly string[], dry: boolean): Promise<void> {
    const { engine, panel, control, language } = this.#services;
    const planned = await (await engine.get()).plan(specs.length === 0 ? undefined : specs);
    if (!planned.ok) return tellFailure(planned.failure, this.#services);
    const token = randomUUID();
    const obstacle =
      control.part === 'orchestrating'
        ? language.t('A run is going on. Wait for its end, or stop it first.')
        : planned.value.notes.some(({ code }) => code !== 'dirty_checkout')
          ? language.t('The git repository is not ready for a run.')
          : undefined;
    this.#planned = dry || obstacle !== undefined ? undefined : { token, specs };
    panel.showPlan(planState(planned.value, { token, dry, obstacle, shorten }, language));
  }
}

function shorten(file: string): string {
  return vscode.workspace.asRelativePath(file, false);
}
