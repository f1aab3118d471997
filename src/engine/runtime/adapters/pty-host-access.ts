import { join } from 'node:path';
import type { Result } from '../../../base/result.ts';
import type { EnginePorts } from '../../model/engine-api.ts';
import { connectPtyHost, type PtyHostClient } from '../../terminal/pty-host-client.ts';
import type { TerminalsFailure } from '../ports.ts';

/** Who connects: the orchestrator of a lease epoch, who may start a host, or a person's terminal, who may not. */
export type HostRole =
  { readonly role: 'orchestrator'; readonly epoch: number; readonly idleMs: number } | { readonly role: 'viewer' };

/** Connects to the workspace's PTY host. `folder` is `.orchestra`, absolute. */
export function openPtyHost(
  folder: string,
  ports: EnginePorts,
  who: HostRole,
): Promise<Result<PtyHostClient, TerminalsFailure>> {
  return connectPtyHost({
    rendezvousFile: join(folder, 'pty-host.json'),
    hostScript: join(ports.distFolder, 'pty-host.cjs'),
    execPath: ports.execPath,
    ...(who.role === 'orchestrator'
      ? { role: who.role, epoch: who.epoch, idleMs: who.idleMs }
      : { role: who.role, epoch: 0, idleMs: 0 }),
  });
}
