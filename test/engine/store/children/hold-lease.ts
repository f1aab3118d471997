import { once } from 'node:events';
import { acquireLease } from '../../../../src/engine/store/lease.ts';

/** Says `ready`, asks for the lease at the first input, prints what came of it, and keeps it until it is killed. */
const [, , folder = '', mode = ''] = process.argv;
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const lease = await acquireLease(folder, { holder: 'cli', wallMs: () => Date.now(), takeOver: mode === 'take-over' });
process.stdout.write(`${lease.ok ? `got ${lease.value.epoch}` : lease.failure.reason}\n`);
if (lease.ok) lease.value.onLost(() => process.stdout.write('lost\n'));
setInterval(() => undefined, 60_000);
