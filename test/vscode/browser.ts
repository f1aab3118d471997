import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openChromium, type Chromium, type FrameLocator, type Locator, type Page } from './chromium.ts';
import { install } from './install.ts';
import { linkExtension, startServer, type RunningServer } from './server.ts';

const paletteTries = 3;
/** For a row of a quick pick to appear. */
const pickTimeoutMs = 10_000;

/** What a journey opens. */
export interface WorkbenchOptions {
  /** Folder or .code-workspace file, absolute. */
  readonly workspace: string;
  /** Folder of the built extension; it is linked, not copied. */
  readonly extensionPath: string;
  /** User settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Added to the environment of the extension host; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The colour themes that journeys look at: name in the picker, class of the workbench. */
const themes = {
  dark: { label: 'Dark Modern', mark: 'vs-dark' },
  light: { label: 'Light Modern', mark: 'vs' },
  highContrast: { label: 'Dark High Contrast', mark: 'hc-black' },
} as const;

const screenshots = join(import.meta.dirname, '..', '..', 'out', 'screenshots');
const stepTimeoutMs = 30_000;
const firstStartTimeoutMs = 60_000;

/** Opens VS Code in a browser with the extension installed, as a person has it: toasts show, nothing is under test. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  install();
  const home = mkdtempSync(join(tmpdir(), 'orchestra-workbench-'));
  linkExtension(options.extensionPath, home);
  const { settings = {}, env = {} } = options;
  const server = await startServer({ home, settings, env });
  const browser = await openChromium().catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  const workbench = new Workbench({ home, server, browser, workspace: options.workspace });
  await workbench.open();
  return workbench;
}

interface Parts {
  readonly home: string;
  readonly server: RunningServer;
  readonly browser: Chromium;
  readonly workspace: string;
}

/** A VS Code window that a test works in. Every wait fails after half a minute. Close it when done. */
export class Workbench {
  readonly page: Page;
  readonly server: RunningServer;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.page = parts.browser.page;
    this.server = parts.server;
    this.page.setDefaultTimeout(stepTimeoutMs);
  }

  /** Goes to the workspace and waits until the workbench stands. */
  async open(): Promise<void> {
    const { server, workspace } = this.#parts;
    const key = workspace.endsWith('.code-workspace') ? 'workspace' : 'folder';
    const query = new URLSearchParams({ [key]: workspace });
    await this.page.goto(`http://127.0.0.1:${server.port}/?${query.toString()}`);
    await this.#standing();
  }

  /** Reloads the window: the extension host ends and another one starts. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.#standing();
  }

  /** Runs a command of the palette by its whole title, for example `Orchestra: Dry Run`. */
  async command(title: string): Promise<void> {
    for (let left = paletteTries; ; left -= 1) {
      await this.page.keyboard.press('F1');
      try {
        await this.pick(title, '>');
        return;
      } catch (error) {
        // A window that is busy drawing may lose what was typed, or close the palette.
        if (left <= 1) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Filters the open quick pick by `label` and accepts the row with exactly that label. */
  async pick(label: string, prefix = ''): Promise<void> {
    await this.page.locator('.quick-input-widget input.input').fill(`${prefix}${label}`);
    const exact = new RegExp(`^\\s*${label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
    await this.quickPickRow(label).locator('.label-name', { hasText: exact }).first().click({ timeout: pickTimeoutMs });
  }

  /** Rows of the open quick pick whose text contains `text`. */
  quickPickRow(text: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: text });
  }

  /** Opens a view container by its title in the activity bar. */
  async openContainer(title: string): Promise<void> {
    const icon = this.page.locator(`.activitybar a.action-label[aria-label^="${title}"]`).first();
    await icon.waitFor();
    if ((await icon.getAttribute('aria-expanded')) !== 'true') await icon.click();
  }

  /** Rows of trees in the side bar whose accessible name begins with `label`. */
  treeRow(label: string): Locator {
    return this.page.locator(`.sidebar .pane-body .monaco-list-row[aria-label^="${label}"]`);
  }

  /** Status bar items that contain `text`. */
  statusItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item', { hasText: text });
  }

  /** Notification toasts that contain `text`. */
  toast(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-toast', { hasText: text });
  }

  /** Text that the active terminal shows, one line a row. */
  async terminalText(): Promise<string> {
    const rows = await this.page.locator('.terminal-wrapper.active .xterm-rows > div').allTextContents();
    return rows.map((row) => row.replace(/\u00a0/g, ' ').trimEnd()).join('\n');
  }

  /** Waits until the active terminal shows `text`. Throws with what it shows instead. */
  async waitForTerminalText(text: string, timeoutMs = stepTimeoutMs): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    let shown = '';
    while (Date.now() < deadline) {
      shown = await this.terminalText();
      if (shown.includes(text)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`The terminal does not show ${JSON.stringify(text)} after ${timeoutMs} ms but:\n${shown}`);
  }

  /** Types into the active terminal; `\n` is Enter. */
  async typeInTerminal(text: string): Promise<void> {
    const input = this.page.locator('.terminal-wrapper.active textarea.xterm-helper-textarea');
    await input.focus();
    for (const [index, line] of text.split('\n').entries()) {
      if (index > 0) await this.page.keyboard.press('Enter');
      await input.pressSequentially(line);
    }
  }

  /** The document inside the visible webview panel. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  /** Changes user settings, over the ones given when the window was opened; they count from the next reload on. */
  changeSettings(settings: Readonly<Record<string, unknown>>): void {
    this.server.writeSettings(settings);
  }

  /** Switches the colour theme through the palette and waits until the workbench wears it. */
  async setTheme(theme: keyof typeof themes): Promise<void> {
    const { label, mark } = themes[theme];
    await this.command('Preferences: Color Theme');
    await this.pick(label);
    await this.page.locator(`.monaco-workbench.${mark}`).first().waitFor();
  }

  /** Saves what the window shows as out/screenshots/`name`.png and gives that path. */
  async screenshot(name: string): Promise<string> {
    mkdirSync(screenshots, { recursive: true });
    const path = join(screenshots, `${name}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  /** Closes browser and server and removes their scratch folder. */
  async close(): Promise<void> {
    const { browser, server, home } = this.#parts;
    await browser.close();
    await server.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }

  async #standing(): Promise<void> {
    await this.page.locator('.monaco-workbench .statusbar-item').first().waitFor({ timeout: firstStartTimeoutMs });
  }
}
