import { openJournal } from '../../../../src/engine/store/journal.ts';

/** Appends without end and prints each `seq` that is acknowledged. */
const file = process.argv[2] ?? '';
const opened = await openJournal(file, { epoch: 1, wallMs: () => Date.now(), onWarning: () => undefined });
if (!opened.ok) throw new Error(opened.failure.message);
const { journal } = opened.value;

async function write(): Promise<void> {
  for (;;) {
    const { seq } = journal.append({ type: 'counted' }, 0);
    const flushed = await journal.flushed();
    if (!flushed.ok) throw new Error(flushed.failure.message);
    process.stdout.write(`${seq}\n`);
  }
}

await Promise.all(Array.from({ length: 20 }, write));
