import type { Event } from '../base/emitter.ts';
import type { EngineFailure, PlanReport } from '../engine/model/engine-api.ts';
import type { Problem } from '../engine/model/problem.ts';
import type { RunView } from '../engine/model/run-view.ts';
import { ok, type Result } from '../base/result.ts';
import type { PanelState } from '../webview/protocol.ts';
import type { RunPart } from './run/run-part.ts';
import type { Services } from './services.ts';
import type { TreeItemModel } from './trees/tree-item.ts';

/** What the extension shows, as plain values. */
export interface ApiState {
  readonly part: RunPart | undefined;
  readonly run: RunView | undefined;
  /** Ids, in the order of the files; undefined before the files have been read. */
  readonly specs: readonly string[] | undefined;
  readonly problems: readonly Problem[];
  readonly specsTree: readonly TreeItemModel[];
  readonly sessionsTree: readonly TreeItemModel[];
  /** How often the Sessions view was drawn anew as a whole, and how many of its items one by one. */
  readonly sessionsRefreshes: { readonly all: number; readonly nodes: number };
  readonly panel: PanelState;
  /** Agents whose terminal is open in this window. */
  readonly terminals: readonly string[];
  /** Escalations that a notification told, by notification. */
  readonly notices: readonly (readonly string[])[];
}

/** Version 1 of what other extensions and tests may use. */
export interface OrchestraApi {
  readonly version: 1;
  state(): ApiState;
  /** The run or the specs changed. */
  readonly onDidChange: Event<void>;
  plan(specs?: readonly string[]): Promise<Result<PlanReport, EngineFailure>>;
  /** Starts a run of these specs and what they need; refused in a folder that is not trusted. Answers the run's id. */
  orchestrate(specs: readonly string[]): Promise<Result<string, EngineFailure>>;
}

/** What `activate` answers. */
export interface OrchestraExports {
  /** Undefined for a version that this extension does not have, or when no folder is open. */
  getApi(version: number): OrchestraApi | undefined;
}

/** Version 1 over the parts of the extension. */
export function createApi(services: Services, notices: readonly (readonly string[])[]): OrchestraApi {
  const { control, specs, trees, panel, terminals, engine } = services;
  return {
    version: 1,
    state: () => ({
      part: control.part,
      run: control.view,
      specs: specs.report?.specs.map(({ id }) => id),
      problems: specs.report?.problems ?? [],
      specsTree: trees.specsTree.items,
      sessionsTree: trees.sessionsTree.items,
      sessionsRefreshes: { ...trees.sessionsTree.refreshes },
      panel: panel.state,
      terminals: terminals.open,
      notices,
    }),
    onDidChange(listener) {
      const subscriptions = [control.onChange(() => listener()), specs.onChange(() => listener())];
      return { dispose: () => subscriptions.forEach((each) => each.dispose()) };
    },
    plan: async (wanted) => (await engine.get()).plan(wanted),
    async orchestrate(wanted) {
      const started = await control.start({ specs: wanted });
      return started.ok ? ok(started.value.runId) : started;
    },
  };
}
