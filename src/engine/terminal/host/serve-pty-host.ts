import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { Clock } from '../../../base/clock.ts';
import { toDisposable } from '../../../base/disposable.ts';
import { processStartTime } from '../process-tree.ts';
import { protocolVersion } from '../protocol.ts';
import { readLiveRendezvous, readRendezvous, removeRendezvous, socketPathFor, writeRendezvous } from '../rendezvous.ts';
import type { NodePty } from './load-node-pty.ts';
import { PtyHost } from './pty-host.ts';

/** How a host is set up. */
export interface PtyHostSettings {
  readonly rendezvousFile: string;
  /** A host without clients and living terminals leaves after this long. */
  readonly idleMs: number;
  /** Chosen by the host if absent. */
  readonly socketPath?: string;
}

/** What the process brings. */
export interface PtyHostProcess {
  readonly clock: Clock;
  readonly loadNodePty: () => Promise<NodePty>;
}

/** Runs a host in this process until it is idle or told to end. Resolves once it can be met; at once when another host lives already. Rejects when it cannot listen. */
export async function servePtyHost(settings: PtyHostSettings, { clock, loadNodePty }: PtyHostProcess): Promise<void> {
  const { rendezvousFile, idleMs } = settings;
  if (readLiveRendezvous(rendezvousFile) !== undefined) return;
  removeOldSocket(rendezvousFile);
  const hostId = randomUUID();
  const token = randomBytes(32).toString('base64url');
  const socket = settings.socketPath ?? socketPathFor(rendezvousFile, hostId);
  let isLeaving = false;
  let idle = toDisposable(() => undefined);
  const handleActivity = (): void => {
    idle.dispose();
    if (host.isIdle && !isLeaving) idle = clock.after(isOurs() ? idleMs : 0, leaveIfIdle);
  };
  // A host that lost the race for the rendezvous file can never be found.
  const isOurs = (): boolean => readRendezvous(rendezvousFile)?.hostId === hostId;
  const leaveIfIdle = (): void => {
    if (host.isIdle) leave();
  };
  const host = new PtyHost({ clock, hostId, token, loadNodePty, handleActivity });
  const server = createServer((connection) => host.accept(connection));
  // With nothing left that could happen, the process ends by itself.
  const leave = (): void => {
    isLeaving = true;
    idle.dispose();
    removeRendezvous(rendezvousFile, hostId);
    host.closeConnections();
    server.close();
    if (process.platform !== 'win32') rmSync(socket, { force: true });
  };
  await listen(server, socket);
  process.on('SIGHUP', () => undefined);
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => void host.endAll().then(leave));
  writeRendezvous(rendezvousFile, {
    hostId,
    pid: process.pid,
    startTime: processStartTime(process.pid) ?? '',
    socket,
    token,
    protocol: protocolVersion,
  });
  handleActivity();
}

/** A host that was killed could not remove its socket. */
function removeOldSocket(rendezvousFile: string): void {
  const old = readRendezvous(rendezvousFile);
  if (old !== undefined && old.socket === socketPathFor(rendezvousFile, old.hostId))
    rmSync(old.socket, { force: true });
}

async function listen(server: Server, socket: string): Promise<void> {
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socket, resolve);
    });
  } finally {
    process.umask(before);
  }
  if (process.platform !== 'win32') chmodSync(socket, 0o600);
}
