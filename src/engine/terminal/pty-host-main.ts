import { readFileSync } from 'node:fs';
import { systemClock } from '../../base/clock.ts';
import { asFields } from './check-message.ts';
import { loadNodePty } from './host/load-node-pty.ts';
import { servePtyHost, type PtyHostSettings } from './host/serve-pty-host.ts';
import { writeStartError } from './rendezvous.ts';

/** The PTY host's process: owns terminals, starts nothing else, leaves when it is idle. Its one argument is {@link PtyHostSettings} as JSON, or a file with it. */
async function main(argument: string | undefined): Promise<void> {
  const settings = readSettings(argument ?? '');
  if (settings === undefined) {
    process.exitCode = 2;
    return;
  }
  try {
    await servePtyHost(settings, { clock: systemClock, loadNodePty });
  } catch (error) {
    writeStartError(settings.rendezvousFile, error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

function readSettings(argument: string): PtyHostSettings | undefined {
  try {
    const text = argument.trimStart().startsWith('{') ? argument : readFileSync(argument, 'utf8');
    const value = asFields(JSON.parse(text));
    const { rendezvousFile, idleMs, socketPath } = { ...value } as Partial<PtyHostSettings>;
    if (typeof rendezvousFile !== 'string' || typeof idleMs !== 'number') return undefined;
    return { rendezvousFile, idleMs, ...(typeof socketPath === 'string' ? { socketPath } : {}) };
  } catch {
    return undefined;
  }
}

void main(process.argv[2]);
