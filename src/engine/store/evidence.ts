import { fstatSync } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Deferred } from '../../base/deferred.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { syncDirectory } from './durable-file.ts';
import { systemCode, toDiskFailure, type DiskFailure, type StoreWarning } from './failure.ts';
import { firstPrev, isIntact, readSeal, sealEvidence, type EvidenceLine, type EvidenceRow } from './evidence-line.ts';
import { finishedLines, readRange } from './read-lines.ts';

/** What evidence needs from outside. */
export interface EvidenceOptions {
  readonly wallMs: () => number;
  /** Hides secrets; every text of a row passes through it before it is hashed or written. */
  readonly redact: (text: string) => string;
  readonly onWarning: (warning: StoreWarning) => void;
  /** False refuses: another orchestrator holds the workspace. */
  readonly fence?: () => boolean;
}

/** Why a row was not written. */
export type EvidenceFailure =
  DiskFailure | { readonly reason: 'fenced'; readonly file: string; readonly message: string };

/** Why evidence cannot be trusted. */
export type VerifyFailure =
  | DiskFailure
  | {
      readonly reason: 'broken_chain';
      readonly file: string;
      /** Counts from 1; the lines before it are good. */
      readonly line: number;
      readonly message: string;
    };

/** Opens the evidence of a workspace, creating the file; a last line that was never finished is cut off. */
export async function openEvidence(
  file: string,
  options: EvidenceOptions,
): Promise<Result<EvidenceLog, EvidenceFailure>> {
  if (options.fence?.() === false) return fail(fenced(file));
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'a+', 0o600);
    await syncDirectory(dirname(file));
    const log = new EvidenceLog(file, handle, options);
    await log.recover();
    return ok(log);
  } catch (error) {
    await handle?.close().catch(() => undefined);
    return fail(toDiskFailure(file, error));
  }
}

/**
 * Checks every seal from the first line on. Cutting off the newest lines whole cannot be seen in the file alone. An
 * unfinished last line is not held against it.
 */
export async function verifyEvidence(file: string): Promise<Result<{ readonly lines: number }, VerifyFailure>> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? ok({ lines: 0 }) : fail(toDiskFailure(file, error));
  }
  let prev = firstPrev;
  let lines = 0;
  for (const { line } of finishedLines(bytes)) {
    const seal = readSeal(line);
    const fault = faultOf(line, seal, prev);
    if (fault !== undefined) {
      const message = `${file}: line ${lines + 1} ${fault}. The ${lines} lines before it are as they were written.`;
      return fail({ reason: 'broken_chain', file, line: lines + 1, message });
    }
    prev = seal?.hash ?? prev;
    lines += 1;
  }
  return ok({ lines });
}

/** The agents of a run that have a row already; a file that is missing or cannot be read has none. */
export async function evidencedAgents(file: string, runId: string): Promise<ReadonlySet<string>> {
  const agents = new Set<string>();
  let text = '';
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
  for (const line of text.split('\n')) {
    if (!line.includes(runId)) continue;
    const row = parseRow(line);
    if (row?.run_id === runId) agents.add(row.agent_id);
  }
  return agents;
}

function parseRow(line: string): EvidenceRow | undefined {
  try {
    return JSON.parse(line) as EvidenceRow;
  } catch {
    return undefined;
  }
}

/** The append-only proof of what was run. Made by {@link openEvidence}. */
export class EvidenceLog {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #options: EvidenceOptions;
  #prev = firstPrev;
  #size = 0;
  #queue: QueuedRow[] = [];
  #writing: Promise<void> | undefined;

  constructor(file: string, handle: FileHandle, options: EvidenceOptions) {
    this.#file = file;
    this.#handle = handle;
    this.#options = options;
  }

  /** Adds one row; resolves with the line as it is in the file. Rows are written in the order of the calls. Not synced before `close`: what a power cut
   * takes away is added again from the journal when the run is resumed. */
  append(row: EvidenceRow): Promise<Result<EvidenceLine, EvidenceFailure>> {
    const done = new Deferred<Result<EvidenceLine, EvidenceFailure>>();
    this.#queue.push({ row, done });
    this.#writing ??= this.#writeQueue();
    return done.promise;
  }

  /** Closes the file when everything appended so far is written. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#handle.datasync();
    await this.#handle.close();
  }

  /** Finds the end of the chain; cuts off a last line that was never finished. */
  async recover(): Promise<void> {
    const size = (await this.#handle.stat()).size;
    const { end, line } = await this.#lastLine(size);
    if (end < size) {
      await this.#handle.truncate(end);
      await this.#handle.datasync();
      const message = `${this.#file}: the last line was never finished; its ${size - end} bytes are cut off.`;
      this.#options.onWarning({ code: 'torn-tail', file: this.#file, message });
    }
    const seal = line === undefined ? undefined : readSeal(line);
    if (line !== undefined && (seal === undefined || !isIntact(line, seal.hash))) {
      const message = `${this.#file}: the last line was changed after it was written; new lines follow it.`;
      this.#options.onWarning({ code: 'tampered-evidence', file: this.#file, message });
    }
    this.#prev = seal?.hash ?? firstPrev;
    this.#size = end;
  }

  /** The last finished line and where it ends. NUL bytes are blocks that a power cut kept from the disk. */
  async #lastLine(size: number): Promise<{ end: number; line?: Buffer }> {
    for (let length = 65_536; ; length *= 2) {
      const from = Math.max(0, size - length);
      const bytes = await readRange(this.#handle, from, size);
      const end = bytes.lastIndexOf(0x0a) + 1;
      const start = end < 2 ? 0 : bytes.lastIndexOf(0x0a, end - 2) + 1;
      if (from > 0 && (end === 0 || start === 0)) continue;
      if (end === 0) return { end: 0 };
      const line = bytes.subarray(start, end - 1);
      return line.includes(0) ? this.#lastLine(from + start) : { end: from + end, line };
    }
  }

  async #writeQueue(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        const written = await this.#write(batch.map(({ row }) => row));
        for (const [index, { done }] of batch.entries()) {
          const line = written.ok ? written.value[index] : undefined;
          if (line) done.resolve(ok(line));
          else if (!written.ok) done.resolve(written);
        }
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
    // In the same turn as the last look at the queue: what comes after finds nobody writing.
    this.#writing = undefined;
  }

  async #write(rows: readonly EvidenceRow[]): Promise<Result<readonly EvidenceLine[], EvidenceFailure>> {
    if (this.#options.fence?.() === false) return fail(fenced(this.#file));
    try {
      // A failed write, or an overtaken writer, may have left something.
      if (fstatSync(this.#handle.fd).size !== this.#size) await this.recover();
      const at = new Date(this.#options.wallMs()).toISOString();
      const lines: EvidenceLine[] = [];
      let text = '';
      let prev = this.#prev;
      for (const row of rows) {
        const sealed = sealEvidence(row, { at, prev, redact: this.#options.redact });
        text += `${sealed.text}\n`;
        prev = sealed.line.hash;
        lines.push(sealed.line);
      }
      await this.#handle.appendFile(text);
      this.#size += Buffer.byteLength(text);
      this.#prev = prev;
      return ok(lines);
    } catch (error) {
      return fail(toDiskFailure(this.#file, error));
    }
  }
}

interface QueuedRow {
  readonly row: EvidenceRow;
  readonly done: Deferred<Result<EvidenceLine, EvidenceFailure>>;
}

function faultOf(line: Buffer, seal: { prev: string; hash: string } | undefined, prev: string): string | undefined {
  if (seal === undefined) return 'is no line of evidence';
  if (!isIntact(line, seal.hash)) return 'was changed after it was written';
  return seal.prev === prev ? undefined : 'does not follow the line before it: something was taken out or put in';
}

function fenced(file: string): EvidenceFailure {
  return { reason: 'fenced', file, message: `${file}: another orchestrator has taken over this workspace.` };
}
