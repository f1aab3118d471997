import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { paths } from './install.ts';

/** The part of a playwright locator that the tests use. */
export interface Locator {
  click(options?: { button?: 'left' | 'right'; modifiers?: readonly string[]; timeout?: number }): Promise<void>;
  dblclick(): Promise<void>;
  hover(): Promise<void>;
  focus(): Promise<void>;
  fill(text: string): Promise<void>;
  press(key: string): Promise<void>;
  pressSequentially(text: string, options?: { delay?: number }): Promise<void>;
  waitFor(options?: { state?: 'attached' | 'detached' | 'visible' | 'hidden'; timeout?: number }): Promise<void>;
  first(): Locator;
  last(): Locator;
  nth(index: number): Locator;
  count(): Promise<number>;
  isVisible(): Promise<boolean>;
  textContent(options?: { timeout?: number }): Promise<string | null>;
  innerText(options?: { timeout?: number }): Promise<string>;
  allTextContents(): Promise<string[]>;
  allInnerTexts(): Promise<string[]>;
  getAttribute(name: string): Promise<string | null>;
  evaluate<T>(run: (element: unknown) => T): Promise<T>;
  locator(selector: string, options?: { hasText?: string | RegExp }): Locator;
  filter(options: { hasText?: string | RegExp }): Locator;
  screenshot(options: { path: string }): Promise<unknown>;
}

/** A frame inside a page, such as the inner frame of a webview. */
export interface FrameLocator {
  locator(selector: string, options?: { hasText?: string | RegExp }): Locator;
  frameLocator(selector: string): FrameLocator;
}

/** The part of a playwright page that the tests use. */
export interface Page {
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  close(): Promise<void>;
  screenshot(options: { path: string }): Promise<unknown>;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  waitForFunction(run: string, argument?: unknown, options?: { timeout?: number }): Promise<unknown>;
  evaluate(run: string): Promise<unknown>;
  exposeFunction(name: string, run: (...values: never[]) => unknown): Promise<void>;
  locator(selector: string, options?: { hasText?: string | RegExp }): Locator;
  frameLocator(selector: string): FrameLocator;
  setDefaultTimeout(timeoutMs: number): void;
  on(event: 'crash' | 'close', handle: () => void): unknown;
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
}

/** A running Chromium with one page. */
export interface Chromium {
  readonly page: Page;
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: {
    launch(options: Readonly<Record<string, unknown>>): Promise<{
      newPage(options: Readonly<Record<string, unknown>>): Promise<Page>;
      close(): Promise<void>;
    }>;
  };
}

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The browser that the tests use: `CHROME_PATH`, else one of the usual places; undefined when there is none. */
function findChromium(): string | undefined {
  return [process.env['CHROME_PATH'] ?? '', ...usualPlaces].find((path) => path !== '' && existsSync(path));
}

/** Opens a browser with one empty page. Throws when no browser is installed, saying how to get one. */
export async function openChromium(): Promise<Chromium> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error('No Chromium found: install it (Debian: apt-get install chromium) or set CHROME_PATH.');
  }
  const { chromium } = (await import(pathToFileURL(paths.playwright).href)) as Playwright;
  const asRoot = process.getuid?.() === 0;
  const args = ['--disable-dev-shm-usage', '--disable-gpu', ...(asRoot ? ['--no-sandbox'] : [])];
  const browser = await chromium.launch({ executablePath, args, handleSIGINT: false });
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, locale: 'en-US' });
  return { page, close: () => browser.close() };
}
