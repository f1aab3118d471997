import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { createEngine as CreateEngine } from '../../../src/engine/engine.ts';
import type { ResumeOptions, StartOptions } from '../../../src/engine/model/engine-api.ts';

/** What this process is told by its one argument, as JSON. */
export interface OrchestrateOrder {
  readonly root: string;
  readonly holder: 'cli' | 'vscode';
  readonly start?: StartOptions;
  readonly resume?: ResumeOptions;
}

// The built engine: it loads in a fraction of the time, and it is what people get.
const distFolder = join(import.meta.dirname, '..', '..', '..', 'dist');
const { createEngine } = createRequire(import.meta.url)(join(distFolder, 'engine.cjs')) as {
  readonly createEngine: typeof CreateEngine;
};

const order = JSON.parse(process.argv[2] ?? '') as OrchestrateOrder;
const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const engine = createEngine(
  {
    environment: process.env,
    execPath: process.execPath,
    distFolder,
    cpuCount: 4,
    onWarning: (warning) => tell({ warning }),
  },
  order,
);
const run = order.resume ? await engine.resume(order.resume) : await engine.start(order.start ?? {});
if (run.ok) {
  tell({ run: run.value.runId });
  run.value.onEntry((entry) => tell({ entry }));
  tell({ end: await run.value.ended });
} else {
  tell({ failure: run.failure });
}
engine.dispose();
