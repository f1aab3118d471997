import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemClock, type Clock } from '../../base/clock.ts';
import { Deferred } from '../../base/deferred.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { createFolder, syncDirectory, writeDurably } from './durable-file.ts';
import { systemCode, toDiskFailure, type DiskFailure, type StoreWarning } from './failure.ts';
import { watchFolder, type WatchOptions } from './watch-folder.ts';

/** What another process asks of the orchestrator of a run. */
export interface Request<T> {
  /** The file's name without its suffix: unique, and in order of time. Journal it, so that a crash before the acknowledgement repeats nothing. */
  readonly id: string;
  readonly file: string;
  readonly content: T;
}

/** How requests are taken. */
export interface RequestOptions<T> extends WatchOptions {
  /** Checks what the file says; the failure is a sentence for the warning. */
  readonly parse: (value: unknown) => Result<T, string>;
  readonly onRequest: (request: Request<T>) => void;
  readonly onWarning: (warning: StoreWarning) => void;
}

/** Leaves a request, durably, in the folder of a run; the answer is its file. */
export async function submitRequest(
  folder: string,
  content: unknown,
  wallMs: () => number,
): Promise<Result<string, DiskFailure>> {
  const time = new Date(wallMs()).toISOString().replace(/[^\dTZ]/g, '');
  const file = join(folder, `${time}-${randomUUID()}.json`);
  try {
    await createFolder(folder);
  } catch (error) {
    return fail(toDiskFailure(folder, error));
  }
  const written = await writeDurably(file, JSON.stringify(content));
  return written.ok ? ok(file) : written;
}

/** Takes requests as they come, in order of time; each is given once per watch. */
export function watchRequests<T>(folder: string, options: RequestOptions<T>): RequestWatch<T> {
  return new RequestWatch(folder, options);
}

/** The taking end of a folder of requests. Made by {@link watchRequests}. */
export class RequestWatch<T> implements Disposable {
  readonly #folder: string;
  readonly #options: RequestOptions<T>;
  readonly #watch: Disposable;
  /** Given and not yet acknowledged. */
  #given = new Set<string>();
  #polling: Promise<void> | undefined;
  #isDisposed = false;

  constructor(folder: string, options: RequestOptions<T>) {
    this.#folder = folder;
    this.#options = options;
    this.#watch = watchFolder(folder, () => void this.poll(), options);
    void this.poll();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#watch.dispose();
  }

  /** Looks now; resolves when everything that lay there at the call was given. */
  async poll(): Promise<void> {
    await this.#polling;
    // Whoever waited for the same look shares the next one.
    this.#polling ??= this.#look().finally(() => (this.#polling = undefined));
    await this.#polling;
  }

  async #look(): Promise<void> {
    try {
      const names = (await readdir(this.#folder)).filter((name) => /^[^.].*\.json$/.test(name)).sort();
      this.#given = new Set(names.filter((name) => this.#given.has(name)));
      for (const name of names) if (!this.#isDisposed && !this.#given.has(name)) await this.#take(name);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return;
      const { message } = toDiskFailure(this.#folder, error);
      this.#options.onWarning({ code: 'unreadable-folder', file: this.#folder, message });
    }
  }

  async #take(name: string): Promise<void> {
    const file = join(this.#folder, name);
    const text = await readIfPresent(file);
    if (this.#isDisposed || text === undefined) return;
    const content = this.#read(text);
    if (!content.ok) {
      await this.#reject(file, content.failure);
      return;
    }
    this.#given.add(name);
    this.#options.onRequest({ id: name.slice(0, -'.json'.length), file, content: content.value });
  }

  #read(text: string): Result<T, string> {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return fail('it is not JSON');
    }
    return this.#options.parse(value);
  }

  async #reject(file: string, why: string): Promise<void> {
    await moveAside(file);
    const message = `A request could not be used (${why}); it was moved to ${rejectedFile(file)}.`;
    this.#options.onWarning({ code: 'rejected-request', file: rejectedFile(file), message });
  }
}

/** Says that a request was understood and cannot be granted: whoever waits for it is told so. */
export async function rejectRequest(file: string): Promise<Result<void, DiskFailure>> {
  try {
    await moveAside(file);
    return ok(undefined);
  } catch (error) {
    return fail(toDiskFailure(file, error));
  }
}

/** Says that the event a request led to is on disk: removes its file. Harmless when it is gone. */
export async function acknowledgeRequest(file: string): Promise<Result<void, DiskFailure>> {
  try {
    await rm(file, { force: true });
    await syncDirectory(dirname(file));
    return ok(undefined);
  } catch (error) {
    return fail(toDiskFailure(file, error));
  }
}

/** Why a request was not taken: nobody orchestrates the run, or it was not understood. */
export type RequestFailure =
  | DiskFailure
  | { readonly reason: 'not_taken'; readonly file: string; readonly timeoutMs: number }
  | { readonly reason: 'rejected'; readonly file: string };

/** Waits until the orchestrator has acknowledged a request; gives up after `timeoutMs`, and the request stays. */
export async function waitUntilTaken(
  file: string,
  timeoutMs: number,
  clock: Clock = systemClock,
): Promise<Result<void, RequestFailure>> {
  const outcome = new Deferred<Result<void, RequestFailure>>();
  const look = async (): Promise<void> => {
    try {
      if (await isPresent(file)) return;
      outcome.resolve((await isPresent(rejectedFile(file))) ? fail({ reason: 'rejected', file }) : ok(undefined));
    } catch (error) {
      outcome.resolve(fail(toDiskFailure(file, error)));
    }
  };
  const owned = new DisposableStore();
  owned.add(watchFolder(dirname(file), () => void look(), { pollMs: 100, clock }));
  owned.add(clock.after(timeoutMs, () => outcome.resolve(fail({ reason: 'not_taken', file, timeoutMs }))));
  void look();
  try {
    return await outcome.promise;
  } finally {
    owned.dispose();
  }
}

async function moveAside(file: string): Promise<void> {
  await createFolder(join(dirname(file), 'rejected'));
  await rename(file, rejectedFile(file));
}

function rejectedFile(file: string): string {
  return join(dirname(file), 'rejected', basename(file));
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function isPresent(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
