import type { Workbench } from '../../vscode/browser.ts';

/** Reloads the window as a person does, so that VS Code can put away what it wants to keep; resolves when the new one stands. */
export async function reloadWindow(workbench: Workbench): Promise<void> {
  await workbench.page.evaluate('window.isOld = true');
  await workbench.command('Developer: Reload Window');
  const stands = "window.isOld === undefined && document.querySelector('.monaco-workbench .statusbar-item') !== null";
  await workbench.page.waitForFunction(stands, undefined, { timeout: 60_000 });
}
