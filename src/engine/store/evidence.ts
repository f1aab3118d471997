import { open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
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

/** The append-only proof of what was run. Made by {@link openEvidence}. */
export class EvidenceLog {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #options: EvidenceOptions;
  #prev = firstPrev;
  #size = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(file: string, handle: FileHandle, options: EvidenceOptions) {
    this.#file = file;
    this.#handle = handle;
    this.#options = options;
  }

  /** Adds one row; resolves with the line as it is on disk. Rows are written in the order of the calls. */
  append(row: EvidenceRow): Promise<Result<EvidenceLine, EvidenceFailure>> {
    const written = this.#last.then(() => this.#write(row));
    this.#last = written.catch(() => undefined);
    return written;
  }

  /** Closes the file when everything appended so far is written. */
  async close(): Promise<void> {
    await this.#last;
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

  async #write(row: EvidenceRow): Promise<Result<EvidenceLine, EvidenceFailure>> {
    if (this.#options.fence?.() === false) return fail(fenced(this.#file));
    try {
      // A failed write, or an overtaken writer, may have left something.
      if ((await this.#handle.stat()).size !== this.#size) await this.recover();
      const at = new Date(this.#options.wallMs()).toISOString();
      const { text, line } = sealEvidence(row, { at, prev: this.#prev, redact: this.#options.redact });
      await this.#handle.appendFile(`${text}\n`);
      await this.#handle.datasync();
      this.#size += Buffer.byteLength(text) + 1;
      this.#prev = line.hash;
      return ok(line);
    } catch (error) {
      return fail(toDiskFailure(this.#file, error));
    }
  }
}

function faultOf(line: Buffer, seal: { prev: string; hash: string } | undefined, prev: string): string | undefined {
  if (seal === undefined) return 'is no line of evidence';
  if (!isIntact(line, seal.hash)) return 'was changed after it was written';
  return seal.prev === prev ? undefined : 'does not follow the line before it: something was taken out or put in';
}

function fenced(file: string): EvidenceFailure {
  return { reason: 'fenced', file, message: `${file}: another orchestrator has taken over this workspace.` };
}
