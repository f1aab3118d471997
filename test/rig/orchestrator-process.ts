import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import type { EngineFailure, RunEnd } from '../../src/engine/model/engine-api.ts';
import type { RunEntry, RunEvent } from '../../src/engine/model/run-event.ts';
import type { OrchestrateOrder } from './children/orchestrate.ts';
import { until } from './until.ts';
import type { Workspace } from './workspace.ts';

interface Line {
  readonly run?: string;
  readonly entry?: RunEntry;
  readonly end?: RunEnd;
  readonly failure?: EngineFailure;
  readonly warning?: string;
}

/** An orchestrator in a process of its own, so that it can be killed. */
export class OrchestratorProcess {
  readonly pid: number;
  readonly entries: RunEntry[] = [];
  readonly warnings: string[] = [];
  run: string | undefined;
  end: RunEnd | undefined;
  failure: EngineFailure | undefined;
  stderr = '';
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #exited: Promise<void>;
  #isOver = false;

  /** `maxFileKiB`: no file of this process and its children may grow larger, as on a full disk. */
  constructor(workspace: Workspace, order: Partial<OrchestrateOrder>, maxFileKiB?: number) {
    const { root, environment } = workspace;
    const program = join(import.meta.dirname, 'children', 'orchestrate.ts');
    const words = [process.execPath, '--import', 'tsx', program];
    const order_ = JSON.stringify({ root, holder: 'cli', ...order });
    const limit = maxFileKiB === undefined ? '' : `ulimit -f ${maxFileKiB}; `;
    this.#child = spawn('bash', ['-c', `${limit}exec "$@"`, 'bash', ...words, order_], {
      cwd: join(import.meta.dirname, '..', '..'),
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.pid = this.#child.pid ?? 0;
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#take(JSON.parse(line) as Line));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.#exited = new Promise((resolve) =>
      this.#child.once('close', () => {
        this.#isOver = true;
        resolve();
      }),
    );
  }

  /** Waits until an entry was told that `matches`; rejects when the process failed before. */
  entry(name: string, matches: (event: RunEvent) => boolean): Promise<RunEntry> {
    return until(name, () => {
      const found = this.entries.find(({ event }) => matches(event));
      if (!found && (this.failure || this.#isOver)) {
        throw new Error(`${name}: ended with ${JSON.stringify(this.failure ?? this.end)} ${this.stderr}`);
      }
      return found;
    });
  }

  /** Waits until so many entries were told. */
  async count(entries: number): Promise<void> {
    await until(`${entries} entries`, () => this.#isOver || this.entries.length >= entries);
  }

  /** `kill -9`, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** Waits until it has ended by itself. */
  async exited(): Promise<void> {
    await this.#exited;
    if (this.stderr !== '') throw new Error(this.stderr);
  }

  #take({ run, entry, end, failure, warning }: Line): void {
    if (run !== undefined) this.run = run;
    if (entry) this.entries.push(entry);
    if (end) this.end = end;
    if (failure) this.failure = failure;
    if (warning !== undefined) this.warnings.push(warning);
  }
}
