import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fail, ok, type Result } from '../../base/result.ts';
import { systemCode, toDiskFailure, type DiskFailure } from './failure.ts';

/** Replaces `file` as a whole (mode 0600): after a crash it holds the old content or the new one, never a part. */
export async function writeDurably(file: string, content: string | Uint8Array): Promise<Result<void, DiskFailure>> {
  // The leading dot keeps half-written files out of every listing by suffix.
  const temporary = join(dirname(file), `.${randomUUID()}.tmp`);
  try {
    await writeAndSync(temporary, content);
    await rename(temporary, file);
    await syncDirectory(dirname(file));
    return ok(undefined);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    return fail(toDiskFailure(file, error));
  }
}

/** Creates a file that must not exist yet (else rejects with `EEXIST`) and puts it on disk. */
export async function createAndSync(file: string, content: string): Promise<void> {
  await writeAndSync(file, content);
  await syncDirectory(dirname(file));
}

/** Creates a folder and its missing parents (mode 0700) so that their names survive a power cut. */
export async function createFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  const top = dirname(resolve(first));
  for (let parent = dirname(resolve(folder)); parent.length >= top.length; parent = dirname(parent)) {
    await syncDirectory(parent);
    if (parent === dirname(parent)) return;
  }
}

/** Puts the names in a folder on disk; does nothing where the system cannot (Windows, some network folders). */
export async function syncDirectory(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP'].includes(systemCode(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

async function writeAndSync(file: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
