import { checkSavedPage, type FromPage, type SavedPage } from './protocol.ts';

/** The page's side of the line to the extension. */
export interface Host {
  send(message: FromPage): void;
  /** What was kept before the window was reloaded. */
  saved(): SavedPage;
  save(page: SavedPage): void;
}

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** VS Code puts this into the page; it can be called once. */
declare function acquireVsCodeApi(): VsCodeApi;

/** Opens the line. Called once, by the page's entry. */
export function openHost(): Host {
  const api = acquireVsCodeApi();
  return {
    send: (message) => api.postMessage(message),
    saved: () => checkSavedPage(api.getState()),
    save: (page) => api.setState(page),
  };
}
