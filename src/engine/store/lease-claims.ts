import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createAndSync } from './durable-file.ts';
import { systemCode } from './failure.ts';

/** Who runs the orchestrator of a workspace. */
export interface LeaseRecord {
  /** Grows by 1 with each acquisition. */
  readonly epoch: number;
  readonly pid: number;
  /** Start time of `pid`, as the system tells it. */
  readonly startTime: string;
  readonly hostname: string;
  readonly holder: 'cli' | 'vscode';
  /** RFC 3339. */
  readonly since: string;
  /** RFC 3339; present once the holder has let go. */
  readonly releasedAt?: string;
}

/** The newest claim; `record` is undefined while it is being written, or when its writer died over it. */
export interface TopClaim {
  readonly epoch: number;
  readonly record: LeaseRecord | undefined;
}

/** The file of one epoch: creating it exclusively is the acquisition. */
export function claimFile(folder: string, epoch: number): string {
  return join(folder, `${epoch}.json`);
}

/** The claim with the highest epoch; undefined when there is none. */
export async function topClaim(folder: string): Promise<TopClaim | undefined> {
  const epoch = Math.max(0, ...(await listEpochs(folder)));
  if (epoch === 0) return undefined;
  try {
    const value = parseJson(await readFile(claimFile(folder, epoch), 'utf8'));
    return { epoch, record: isLeaseRecord(value) ? value : undefined };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return topClaim(folder);
    throw error;
  }
}

/** Claims an epoch; false when another was first. */
export async function createClaim(folder: string, record: LeaseRecord): Promise<boolean> {
  try {
    await createAndSync(claimFile(folder, record.epoch), JSON.stringify(record));
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Rewrites a claim in place, at once. */
export function replaceClaim(folder: string, record: LeaseRecord): void {
  const temporary = join(folder, `.${randomUUID()}.tmp`);
  writeFileSync(temporary, JSON.stringify(record), { mode: 0o600 });
  renameSync(temporary, claimFile(folder, record.epoch));
}

/** Removes claims older than `epoch`, lowest first: {@link isTopClaim} rests on that order. */
export async function removeOlderClaims(folder: string, epoch: number): Promise<void> {
  const older = (await listEpochs(folder)).filter((other) => other < epoch).sort((a, b) => a - b);
  for (const other of older) await rm(claimFile(folder, other), { force: true });
}

/**
 * Whether no newer claim than `epoch` was made. The successor's file may be gone again, but only after its own
 * successor removed ours: so it is looked for first.
 */
export function isTopClaim(folder: string, epoch: number): boolean {
  return !existsSync(claimFile(folder, epoch + 1)) && existsSync(claimFile(folder, epoch));
}

async function listEpochs(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => (/^[1-9]\d{0,14}\.json$/.test(name) ? [Number.parseInt(name, 10)] : []));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isLeaseRecord(value: unknown): value is LeaseRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Partial<Record<keyof LeaseRecord, unknown>>;
  const { startTime, hostname, holder, since, releasedAt } = record;
  return (
    Number.isSafeInteger(record.epoch) &&
    Number.isSafeInteger(record.pid) &&
    [startTime, hostname, since].every((text) => typeof text === 'string') &&
    (holder === 'cli' || holder === 'vscode') &&
    (releasedAt === undefined || typeof releasedAt === 'string')
  );
}
