import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail, ok, type Result } from '../../base/result.ts';
import type { SessionId, SpecId } from '../model/ids.ts';
import type { EscalationLevel } from '../model/status.ts';
import { createAndSync, createFolder, writeDurably } from './durable-file.ts';
import { systemCode, toDiskFailure, type DiskFailure } from './failure.ts';

/** The content of an escalation file: these four fields and no other. */
export interface EscalationLog {
  readonly session_id: SessionId;
  readonly level: EscalationLevel;
  /** Redacted by the caller. */
  readonly reason: string;
  /** RFC 3339. */
  readonly timestamp: string;
}

/** Why an escalation was not written. */
export type EscalationFileFailure =
  | DiskFailure
  /** The file holds another escalation; ask {@link nextEscalationFile} again. */
  | { readonly reason: 'occupied'; readonly file: string; readonly message: string };

/** The first free name: `SPEC-003-error.json`, then `SPEC-003-error-2.json`, …; absolute. Creates nothing. */
export async function nextEscalationFile(
  folder: string,
  spec: SpecId,
  level: EscalationLevel,
): Promise<Result<string, DiskFailure>> {
  try {
    // Case is folded because file systems may do so.
    const taken = new Set((await readdir(folder)).map((name) => name.toLowerCase()));
    const stem = `${spec}-${level.toLowerCase()}`;
    let name = `${stem}.json`;
    for (let count = 2; taken.has(name.toLowerCase()); count += 1) name = `${stem}-${count}.json`;
    return ok(join(folder, name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return ok(join(folder, `${spec}-${level.toLowerCase()}.json`));
    return fail(toDiskFailure(folder, error));
  }
}

/**
 * Writes an escalation durably under the name that was decided (and journaled) for it. Doing it again is harmless, and
 * completes what a crash cut short; another escalation's file is never overwritten.
 */
export async function writeEscalation(file: string, log: EscalationLog): Promise<Result<void, EscalationFileFailure>> {
  const { session_id, level, reason, timestamp } = log;
  const text = `${JSON.stringify({ session_id, level, reason, timestamp }, undefined, 2)}\n`;
  try {
    await createFolder(dirname(file));
    await createAndSync(file, text);
    return ok(undefined);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') return fail(toDiskFailure(file, error));
  }
  return confirm(file, text);
}

async function confirm(file: string, text: string): Promise<Result<void, EscalationFileFailure>> {
  try {
    const present = await readFile(file);
    const wanted = Buffer.from(text);
    if (present.equals(wanted)) return ok(undefined);
    if (wanted.subarray(0, present.length).equals(present)) return await writeDurably(file, text);
    return fail({ reason: 'occupied', file, message: `${file} holds another escalation.` });
  } catch (error) {
    return fail(toDiskFailure(file, error));
  }
}
