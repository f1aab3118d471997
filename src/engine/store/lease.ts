import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Disposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { createFolder } from './durable-file.ts';
import { systemCode, toDiskFailure, type DiskFailure } from './failure.ts';
import {
  claimFile,
  createClaim,
  isTopClaim,
  removeOlderClaims,
  replaceClaim,
  topClaim,
  type LeaseRecord,
  type TopClaim,
} from './lease-claims.ts';
import { processStartTime } from './process-start.ts';
import { watchFolder } from './watch-folder.ts';

/** Another orchestrator has the workspace. */
export interface LeaseHeld {
  readonly reason: 'held';
  readonly holder: LeaseRecord;
  /** The holder sits on another machine, so whether it lives is not known. */
  readonly isOtherHost: boolean;
  readonly message: string;
}

/** Why the workspace could not be had. */
export type LeaseFailure = LeaseHeld | DiskFailure;

/** Who asks for the workspace. */
export interface LeaseClaimant {
  readonly holder: 'cli' | 'vscode';
  readonly wallMs: () => number;
  /** Take the workspace although its holder lives: that one is fenced out. */
  readonly takeOver?: boolean;
}

/** A lease as others see it. */
export interface LeaseState {
  readonly record: LeaseRecord;
  /** False when the holder has let go or is dead; true for a holder on another machine. */
  readonly isHeld: boolean;
}

/**
 * Makes this process the one orchestrator of a workspace. `folder` holds one file per epoch, the highest counts, and
 * exclusive creation of the next one decides every race: no lock that its owner could leave behind.
 */
export async function acquireLease(folder: string, who: LeaseClaimant): Promise<Result<Lease, LeaseFailure>> {
  try {
    await createFolder(folder);
    for (;;) {
      const top = await settledTop(folder);
      const held = who.takeOver === true ? undefined : await findHolder(top);
      if (held !== undefined) return fail(held);
      const record = await makeRecord((top?.epoch ?? 0) + 1, who);
      if (!(await createClaim(folder, record))) continue;
      if ((await topClaim(folder))?.epoch === record.epoch) {
        await removeOlderClaims(folder, record.epoch);
        return ok(new Lease(folder, record, who.wallMs));
      }
      // What was read was so old that its successors had come and gone.
      await rm(claimFile(folder, record.epoch), { force: true });
    }
  } catch (error) {
    return fail(toDiskFailure(folder, error));
  }
}

/** The newest lease of a workspace, for those who only look; undefined when there never was one. */
export async function readLease(folder: string): Promise<Result<LeaseState | undefined, DiskFailure>> {
  try {
    const top = await topClaim(folder);
    if (top?.record === undefined) return ok(undefined);
    return ok({ record: top.record, isHeld: (await findHolder(top)) !== undefined });
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? ok(undefined) : fail(toDiskFailure(folder, error));
  }
}

/** The right to write, as long as nobody newer has claimed it. Made by {@link acquireLease}. */
export class Lease implements Disposable {
  readonly record: LeaseRecord;
  /** Fires once when a newer orchestrator is seen, by a look or by {@link Lease.isCurrent}. */
  readonly onLost: Event<void>;
  readonly #folder: string;
  readonly #wallMs: () => number;
  readonly #lost = new Emitter<void>();
  readonly #watch: Disposable;
  #isOver = false;

  constructor(folder: string, record: LeaseRecord, wallMs: () => number) {
    this.record = record;
    this.#folder = folder;
    this.#wallMs = wallMs;
    this.onLost = this.#lost.event;
    this.#watch = watchFolder(folder, () => void this.isCurrent());
  }

  get epoch(): number {
    return this.record.epoch;
  }

  /** Asks the disk (two `stat` calls); once false, always false. An unreadable folder counts as lost. */
  isCurrent(): boolean {
    if (this.#isOver) return false;
    if (this.#isTop()) return true;
    this.#end();
    // Not at once: the asker may be in the midst of a write.
    queueMicrotask(() => this.#lost.fire());
    return false;
  }

  /** Lets go, at once; harmless when the lease is lost or already released. */
  release(): void {
    if (!this.isCurrent()) return;
    this.#end();
    try {
      replaceClaim(this.#folder, { ...this.record, releasedAt: new Date(this.#wallMs()).toISOString() });
    } catch (error) {
      // The end of this process says the same.
      if (systemCode(error) === undefined) throw error;
    }
  }

  dispose(): void {
    this.release();
    this.#lost.dispose();
  }

  #end(): void {
    this.#isOver = true;
    this.#watch.dispose();
  }

  #isTop(): boolean {
    try {
      return isTopClaim(this.#folder, this.epoch);
    } catch {
      return false;
    }
  }
}

/** A claim without content is being written this very moment, or its writer died over it: two seconds tell. */
async function settledTop(folder: string): Promise<TopClaim | undefined> {
  let top = await topClaim(folder);
  for (let look = 0; look < 100 && top !== undefined && top.record === undefined; look += 1) {
    await delay(20);
    top = await topClaim(folder);
  }
  return top;
}

async function makeRecord(epoch: number, who: LeaseClaimant): Promise<LeaseRecord> {
  return {
    epoch,
    pid: process.pid,
    startTime: (await processStartTime(process.pid)) ?? '',
    hostname: hostname(),
    holder: who.holder,
    since: new Date(who.wallMs()).toISOString(),
  };
}

async function findHolder(top: TopClaim | undefined): Promise<LeaseHeld | undefined> {
  const holder = top?.record;
  if (holder === undefined || holder.releasedAt !== undefined) return undefined;
  const isOtherHost = holder.hostname !== hostname();
  if (!isOtherHost && (await processStartTime(holder.pid)) !== holder.startTime) return undefined;
  const who = `${holder.holder === 'vscode' ? 'VS Code' : 'The command line'} (pid ${holder.pid})`;
  const where = isOtherHost ? ` on ${holder.hostname}, another machine, whose processes cannot be seen from here,` : '';
  const message = `${who}${where} has been orchestrating this workspace since ${holder.since}.`;
  return { reason: 'held', holder, isOtherHost, message };
}
