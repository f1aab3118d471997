import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { asFields } from './check-message.ts';
import { processIsAlive } from './process-tree.ts';

/** Where a host can be met; a file of mode 0600, since it holds the token. */
export interface Rendezvous {
  readonly hostId: string;
  readonly pid: number;
  /** Of `pid`, as {@link processIsAlive} understands it. */
  readonly startTime: string;
  readonly socket: string;
  readonly token: string;
  readonly protocol: number;
}

/** Reads the file; undefined when there is none or it is damaged. */
export function readRendezvous(file: string): Rendezvous | undefined {
  const value = readJson(file);
  const isRendezvous =
    typeof value?.['hostId'] === 'string' &&
    typeof value['pid'] === 'number' &&
    typeof value['startTime'] === 'string' &&
    typeof value['socket'] === 'string' &&
    typeof value['token'] === 'string' &&
    typeof value['protocol'] === 'number';
  return isRendezvous ? (value as unknown as Rendezvous) : undefined;
}

/** Reads the file; undefined also when its host is gone. */
export function readLiveRendezvous(file: string): Rendezvous | undefined {
  const found = readRendezvous(file);
  return found && processIsAlive(found.pid, found.startTime) ? found : undefined;
}

/** Writes the file, whole or not at all. */
export function writeRendezvous(file: string, rendezvous: Rendezvous): void {
  writePrivateFile(file, rendezvous);
}

/** Removes the file if it still is that host's. */
export function removeRendezvous(file: string, hostId: string): void {
  if (readRendezvous(file)?.hostId === hostId) rmSync(file, { force: true });
}

/** The host's own words when it could not start, beside the rendezvous file. */
export function startErrorFile(rendezvousFile: string): string {
  return `${rendezvousFile}.error`;
}

/** Leaves the cause of a failed start for whoever started the host. */
export function writeStartError(rendezvousFile: string, message: string): void {
  writePrivateFile(startErrorFile(rendezvousFile), { message });
}

/** The cause that a host left; undefined if there is none. */
export function readStartError(rendezvousFile: string): string | undefined {
  const message = readJson(startErrorFile(rendezvousFile))?.['message'];
  return typeof message === 'string' ? message : undefined;
}

/** Bytes of a socket's path that every system takes, with the closing zero (sun_path of macOS). */
const maxSocketPathBytes = 103;

/** A new socket's path for a host: short, in a folder of the user's own. Throws when that folder is someone else's. */
export function socketPathFor(rendezvousFile: string, hostId: string): string {
  const name = createHash('sha256').update(`${rendezvousFile}\0${hostId}`).digest('hex').slice(0, 20);
  if (process.platform === 'win32') return `\\\\.\\pipe\\spec-orchestra-${name}`;
  const bases = [process.env['XDG_RUNTIME_DIR'] ?? '', tmpdir(), '/tmp'].filter((base) => base !== '');
  const user = process.getuid?.() ?? 0;
  for (const base of bases) {
    const path = join(base, `spec-orchestra-${user}`, `${name}.sock`);
    if (Buffer.byteLength(path) > maxSocketPathBytes) continue;
    if (makePrivateFolder(dirname(path), user)) return path;
  }
  throw new Error(`No folder for a socket could be made under ${bases.join(', ')}.`);
}

function makePrivateFolder(folder: string, user: number): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    return false;
  }
  const found = lstatSync(folder);
  return found.isDirectory() && found.uid === user && (found.mode & 0o077) === 0;
}

function writePrivateFile(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(temporary, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  renameSync(temporary, file);
}

function readJson(file: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asFields(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
