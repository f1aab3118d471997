import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Result } from '../../src/base/result.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type {
  Engine,
  EngineFailure,
  EnginePorts,
  ResumeOptions,
  RunFeed,
  RunHandle,
  StartOptions,
} from '../../src/engine/model/engine-api.ts';
import type { RunId, TerminalId } from '../../src/engine/model/ids.ts';
import type { RunEntry, RunEvent } from '../../src/engine/model/run-event.ts';
import { readJournal } from '../../src/engine/store/journal.ts';
import { orchestraFiles, runFiles, type OrchestraFiles, type RunFiles } from '../../src/engine/store/run-files.ts';
import { readRendezvous } from '../../src/engine/terminal/rendezvous.ts';
import { fingerprint } from '../engine/workspace/rig.ts';
import { findProcesses, type FoundProcess } from './find-processes.ts';
import { until } from './until.ts';
import { WatchedRun } from './watched-run.ts';
import { writeToml, type TomlValue } from './write-toml.ts';

/** The built programs. */
const distFolder = join(import.meta.dirname, '..', '..', 'dist');

/** One spec of a test: front matter, and what its scripted agent does. */
export interface SpecShape {
  readonly after?: readonly string[];
  /** Bash, run by the agent in its worktree with `note` and `await` at hand; absent: it writes `<id>.txt`. */
  readonly script?: string;
  /** Further keys of the front matter. */
  readonly keys?: Readonly<Record<string, TomlValue>>;
  readonly body?: string;
}

/** What a workspace of a test is made of. */
export interface WorkspaceShape {
  readonly specs: Readonly<Record<string, SpecShape>>;
  /** Tables of orchestra.toml, laid over the rig's own (quick intervals, one try, the scripted agent). */
  readonly config?: Readonly<Record<string, Readonly<Record<string, TomlValue>>>>;
  /** Names and values of further variables in the orchestrator's environment. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Names of variables that the scripted agent gets. */
  readonly passed?: readonly string[];
  /** Committed files besides orchestra.toml and the specs, relative to the workspace. */
  readonly files?: Readonly<Record<string, string>>;
  /** The workspace is this folder of the repository. */
  readonly folder?: string;
}

/** One line that an agent noted outside of its worktree. */
export interface Note {
  readonly spec: string;
  readonly attempt: number;
  readonly word: string;
  readonly pid: number;
}

/** A git workspace in a temporary folder with scripted agents, real processes all of them. Its HOME is its own. */
export class Workspace {
  readonly home = realpathSync(mkdtempSync(join(tmpdir(), 'orchestra-run-')));
  /** Of the repository. */
  readonly top = join(this.home, 'project');
  readonly root: string;
  /** What agents see as `$RIG`. */
  readonly outside = join(this.home, 'outside');
  readonly environment: Record<string, string | undefined>;
  readonly warnings: string[] = [];
  readonly #engines: Engine[] = [];
  readonly #handles: RunHandle[] = [];
  #checkout: Record<string, string>;

  constructor(shape: WorkspaceShape) {
    this.root = shape.folder === undefined ? this.top : join(this.top, shape.folder);
    this.environment = {
      PATH: process.env['PATH'],
      LANG: 'C.UTF-8',
      HOME: this.home,
      XDG_CONFIG_HOME: join(this.home, 'config'),
      GIT_CONFIG_NOSYSTEM: '1',
      ...shape.variables,
    };
    this.#write(this.home, {
      '.gitconfig': '[user]\n\tname = Someone\n\temail = someone@example.org\n[init]\n\tdefaultBranch = main\n',
    });
    mkdirSync(join(this.outside, 'scripts'), { recursive: true });
    copyFileSync(join(import.meta.dirname, 'agent.sh'), join(this.outside, 'agent.sh'));
    mkdirSync(this.root, { recursive: true });
    this.git('init', '--quiet');
    this.#write(this.root, { 'readme.txt': 'one\ntwo\nthree\n', ...shape.files });
    this.configure(shape);
    for (const [id, spec] of Object.entries(shape.specs)) this.writeSpec(id, spec);
    this.git('add', '-A');
    this.git('commit', '--quiet', '-m', 'first');
    this.#checkout = checkoutOf(this.top);
  }

  get files(): OrchestraFiles {
    return orchestraFiles(this.root);
  }

  /** Writes orchestra.toml. */
  configure({ config = {}, passed = [] }: Pick<WorkspaceShape, 'config' | 'passed'>): void {
    const own: Record<string, Record<string, TomlValue>> = {
      orchestrator: {
        agent: 'scripted',
        max_parallel: 4,
        monitor_interval: '100ms',
        kill_grace: '200ms',
        retry: { attempts: 1, delay: '0s' },
      },
      'agents.scripted': { command: ['bash', join(this.outside, 'agent.sh')], env: [...passed] },
      terminal: { host_idle: '1s' },
    };
    const names = new Set([...Object.keys(own), ...Object.keys(config)]);
    const tables = [...names].map((name) => `[${name}]\n${writeToml({ ...own[name], ...config[name] })}`);
    this.#write(this.root, { 'orchestra.toml': tables.join('\n') });
  }

  writeSpec(id: string, { after = [], script, keys = {}, body = `Do ${id}.` }: SpecShape): void {
    const front = writeToml({ id, title: `Title of ${id}`, depends_on: after, ...keys });
    this.#write(this.root, { [`specs/${id}.md`]: `+++\n${front}+++\n${body}\n` });
    if (script !== undefined) this.#write(this.outside, { [`scripts/${id}.sh`]: `${script}\n` });
  }

  /** Writes files of the user's own into the workspace. */
  writeFiles(files: Readonly<Record<string, string>>): void {
    this.#write(this.root, files);
  }

  /** Commits everything as the user; the checkout is held against this state from then on. */
  commit(): void {
    this.git('add', '-A');
    this.git('commit', '--quiet', '-m', 'more');
    this.#checkout = checkoutOf(this.top);
  }

  /** Calls git in the user's checkout. */
  git(...args: string[]): string {
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    return execFileSync('git', args, { cwd: this.top, env: this.environment, encoding: 'utf8', stdio });
  }

  /** A file as the run's integration branch has it; undefined when it is not there. */
  merged(run: string, file: string): string | undefined {
    try {
      return this.git('show', `orchestra/${run}/_integration:${file}`);
    } catch {
      return undefined;
    }
  }

  /** Paths on the run's integration branch that the first commit does not have. */
  mergedFiles(run: string): readonly string[] {
    const listed = this.git('diff', '--name-only', 'HEAD', `orchestra/${run}/_integration`);
    return listed.split('\n').filter((line) => line !== '');
  }

  /** Opens the workspace as a front would. */
  engine(changes: Partial<EnginePorts> = {}, holder: 'cli' | 'vscode' = 'cli'): Engine {
    const ports: EnginePorts = {
      environment: this.environment,
      execPath: process.execPath,
      distFolder,
      cpuCount: 4,
      onWarning: (message) => void this.warnings.push(message),
      ...changes,
    };
    const engine = createEngine(ports, { root: this.root, holder });
    this.#engines.push(engine);
    return engine;
  }

  async start(options: StartOptions = {}, engine: Engine = this.engine()): Promise<WatchedRun<RunHandle>> {
    return this.#watched(value(await engine.start(options)));
  }

  async resume(options: ResumeOptions = {}, engine: Engine = this.engine()): Promise<WatchedRun<RunHandle>> {
    return this.#watched(value(await engine.resume(options)));
  }

  /** Starts, waits for the end, and asserts that no process is left and that the user's checkout is as it was. */
  async runToEnd(options: StartOptions = {}): Promise<WatchedRun<RunHandle>> {
    const run = await this.start(options);
    await this.finish(run);
    return run;
  }

  /** Waits for the end of a run, and asserts what {@link Workspace.runToEnd} does. */
  async finish(run: WatchedRun<RunFeed>): Promise<void> {
    const end = await run.feed.ended;
    assert.equal(end.kind, 'finished', JSON.stringify(end));
    await this.assertNothingRuns();
    this.assertCheckoutUnchanged();
  }

  run(id: string): RunFiles {
    return runFiles(this.files, id as RunId);
  }

  /** The journal as it is on disk. */
  async journal(run: string): Promise<readonly RunEntry[]> {
    return value(await readJournal<RunEvent>(this.run(run).journal)).entries;
  }

  transcript(run: string, terminal: string): string {
    return readFileSync(this.run(run).transcript(terminal as TerminalId), 'utf8');
  }

  prompt(run: string, terminal: string): string {
    return readFileSync(this.run(run).prompt(terminal as TerminalId), 'utf8');
  }

  /** What the agents noted so far, in order. */
  notes(): readonly Note[] {
    const file = join(this.outside, 'notes.log');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [spec = '', attempt = '', word = '', pid = ''] = line.split(' ');
        return { spec, attempt: Number(attempt), word, pid: Number(pid) };
      });
  }

  /** Waits until a spec's agent has noted a word. */
  noted(spec: string, word: string, attempt = 1): Promise<Note> {
    return until(`${spec} notes ${word} in attempt ${attempt}`, () =>
      this.notes().find((note) => note.spec === spec && note.word === word && note.attempt === attempt),
    );
  }

  /** How often the agent of a spec was really launched. */
  launches(spec: string): number {
    return this.notes().filter((note) => note.spec === spec && note.word === 'start').length;
  }

  /** Lets agents go on that `await` this. */
  go(name: string): void {
    writeFileSync(join(this.outside, name), '');
  }

  has(name: string): boolean {
    return existsSync(join(this.outside, name));
  }

  remove(name: string): void {
    rmSync(join(this.outside, name), { force: true });
  }

  /** Content of the files that escalations were written to, by name. */
  escalationFiles(): Readonly<Record<string, unknown>> {
    const folder = this.files.escalations;
    return Object.fromEntries(
      readdirSync(folder)
        .sort()
        .map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown]),
    );
  }

  /** Pid of the workspace's PTY host; undefined while none is known. */
  get hostPid(): number | undefined {
    return readRendezvous(join(this.files.folder, 'pty-host.json'))?.pid;
  }

  /** Living processes of this workspace but its PTY host. */
  processes(): readonly FoundProcess[] {
    const host = this.hostPid;
    return findProcesses(this.home).filter(({ pid, command }) => pid !== host && !command.includes('pty-host.cjs'));
  }

  async assertNothingRuns(): Promise<void> {
    await until('no process of the workspace is left', () => this.processes().length === 0, 3_000).catch(() => {
      assert.deepEqual(this.processes(), []);
    });
  }

  assertCheckoutUnchanged(): void {
    assert.deepEqual(checkoutOf(this.top), this.#checkout);
  }

  /** `kill -9` of the PTY host; answers its pid. */
  killHost(): number {
    const host = readRendezvous(join(this.files.folder, 'pty-host.json'));
    assert.ok(host, 'There is a terminal host.');
    process.kill(host.pid, 'SIGKILL');
    rmSync(host.socket, { force: true });
    return host.pid;
  }

  /** Lets go of everything, ends every process of the workspace by its pid and removes the folder. */
  async dispose(): Promise<void> {
    for (const engine of this.#engines) engine.dispose();
    await Promise.all(this.#handles.map((handle) => handle.detach()));
    const host = this.hostPid;
    // Asked to, the host takes its socket along.
    if (host !== undefined) endProcess(host, 'SIGTERM');
    const patience = performance.now() + 3_000;
    await until('every process of the workspace has ended', () => {
      const alive = findProcesses(this.home);
      for (const { pid } of alive) if (pid !== host || performance.now() > patience) endProcess(pid, 'SIGKILL');
      return alive.length === 0;
    });
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }

  #watched(handle: RunHandle): WatchedRun<RunHandle> {
    this.#handles.push(handle);
    return new WatchedRun(handle);
  }

  #write(folder: string, files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  }
}

/** The value of a success; anything else fails the test with the failure's words. */
export function value<T, F>(result: Result<T, F>): T {
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.failure));
  return result.value;
}

/** The failure of a call that must fail. */
export function refusal<T>(result: Result<T, EngineFailure>): EngineFailure {
  assert.ok(!result.ok, 'It succeeded.');
  return result.failure;
}

/** What of the user's must stay as it is; a workspace in a folder has its `.orchestra` there. */
function checkoutOf(top: string): Record<string, string> {
  return Object.fromEntries(Object.entries(fingerprint(top)).filter(([file]) => !file.includes('/.orchestra/')));
}

function endProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}
