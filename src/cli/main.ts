import { availableParallelism } from 'node:os';
import { systemClock } from '../base/clock.ts';
import { toDisposable } from '../base/disposable.ts';
import { runCli } from './run-cli.ts';

/** Something that was left open must not keep the person's prompt from coming back. */
const lingerMs = 1_000;

void runCli({
  argv: process.argv.slice(2),
  environment: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signals: {
    on: (signal, listener) => {
      process.on(signal, listener);
      return toDisposable(() => process.off(signal, listener));
    },
    onExit: (listener) => {
      process.on('exit', listener);
      return toDisposable(() => process.off('exit', listener));
    },
  },
  clock: systemClock,
  cpuCount: availableParallelism(),
  execPath: process.execPath,
  distFolder: import.meta.dirname,
  async createEngine(ports, options) {
    const { createEngine } = await import('../engine/engine.ts');
    return createEngine(ports, options);
  },
}).then((code) => {
  process.exitCode = code;
  setTimeout(() => process.exit(code), lingerMs).unref();
});
