import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ApiState, OrchestraApi, OrchestraExports } from '../../src/extension/api.ts';
import type { SessionView } from '../../src/engine/model/run-view.ts';
import type { TreeItemModel } from '../../src/extension/trees/tree-item.ts';
import { until } from '../rig/until.ts';

/** The extension's own interface, activated. */
export async function openApi(): Promise<OrchestraApi> {
  const extension = vscode.extensions.getExtension<OrchestraExports>('spec-orchestra.spec-orchestra');
  assert.ok(extension, 'the extension is installed');
  const api = (await extension.activate()).getApi(1);
  assert.ok(api, 'a folder is open');
  return api;
}

/** Waits until what the extension shows meets `fact`; the failure tells what it showed. */
export async function untilState<T>(
  api: OrchestraApi,
  name: string,
  fact: (state: ApiState) => T | false | undefined,
): Promise<T> {
  return until(name, () => fact(api.state()), 30_000).catch((error: unknown) => {
    const { part, run, problems } = api.state();
    const sessions = run?.sessions.map(({ id, status, step }) => `${id} ${status} ${step}`);
    throw new Error(JSON.stringify({ part, sessions, problems }, undefined, 1), { cause: error });
  });
}

/** The session of a spec. */
export function sessionOf(state: ApiState, spec: string): SessionView | undefined {
  return state.run?.sessions.find((session) => session.spec.id === spec);
}

/** All items of a tree, in the order in which they are shown. */
export function flatten(items: readonly TreeItemModel[]): readonly TreeItemModel[] {
  return items.flatMap((item) => [item, ...flatten(item.children)]);
}

/** The opened folder. */
export function folder(): string {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(first);
  return first.uri.fsPath;
}
