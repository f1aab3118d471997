import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The frame of the page: nothing may be loaded but our own script, styles and font. */
export function panelHtml(
  webview: vscode.Webview,
  folders: { readonly dist: vscode.Uri; readonly media: vscode.Uri },
): string {
  const nonce = randomBytes(16).toString('base64url');
  const asset = (folder: vscode.Uri, name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
  const { cspSource } = webview;
  // Inline styles are not among them: sizes travel as attributes of the drawing.
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource}; font-src ${cspSource}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${asset(folders.dist, 'codicon.css')}">
  <link rel="stylesheet" href="${asset(folders.media, 'panel.css')}">
  <title>Spec Orchestra</title>
</head>
<body>
  <div id="root"></div>
  <script nonce="${nonce}" src="${asset(folders.dist, 'webview.js')}"></script>
</body>
</html>`;
}
