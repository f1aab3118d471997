import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { promisify } from 'node:util';
import type { TerminalId } from '../model/ids.ts';

/** One process as the system tells it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly ppid: number;
  /** Session leader's pid; 0 where the system does not tell. */
  readonly session: number;
  /** Linux: clock ticks after boot. macOS: `ps -o lstart`. Empty when unknown. */
  readonly startTime: string;
  readonly isZombie: boolean;
  /** The value of {@link markerVariable} in its environment; undefined without one, for another user's process and off Linux. */
  readonly marker: string | undefined;
}

/** The root of a tree and what marks its members. */
export interface ProcessTree {
  readonly pid: number;
  readonly startTime: string;
  readonly marker: string;
}

/** The variable that marks every process of a terminal; see {@link terminalMarker}. */
export const markerVariable = 'ORCHESTRA_TERMINAL';

/** The mark of one launch, from what is known after any crash: its id and its exit file, whose path names workspace and run. */
export function terminalMarker(terminal: { readonly id: TerminalId; readonly exitFile: string }): string {
  return `${terminal.id}:${createHash('sha256').update(terminal.exitFile).digest('hex').slice(0, 16)}`;
}

const firstPollMs = 10;
const longestPollMs = 80;
const confirmMs = 2_000;

/** Where the processes are read from. */
export type ListProcesses = () => Promise<readonly ProcessEntry[]>;

/**
 * Ends what lives of a tree: TERM, up to `graceMs`, KILL, confirmed for up to 2 s. Members are the root, its session, all descendants, and (on Linux) whoever
 * carries the mark, however far away it was moved. Answers the pids that could not be confirmed dead; a zombie is dead. Safe to repeat, and after a pid was reused.
 */
export async function endProcessTree(
  tree: ProcessTree,
  graceMs: number,
  list: ListProcesses = listProcesses,
): Promise<readonly number[]> {
  if (process.platform === 'win32') return endWindowsTree(tree.pid);
  const seen = new Map<number, ProcessEntry>();
  const living = async (): Promise<readonly ProcessEntry[]> => {
    const all = await list();
    for (const entry of findTree(all, tree)) seen.set(entry.pid, entry);
    return all.filter((entry) => !entry.isZombie && seen.get(entry.pid)?.startTime === entry.startTime);
  };
  const told = new Set<string>();
  const terminate = (entry: ProcessEntry): void => {
    const name = `${entry.pid}:${entry.startTime}`;
    if (told.has(name)) return;
    told.add(name);
    signal(entry.pid, 'SIGTERM');
    signal(entry.pid, 'SIGCONT'); // a stopped process does not act on TERM
  };
  if (await untilGone(living, terminate, graceMs)) return [];
  if (await untilGone(living, ({ pid }) => signal(pid, 'SIGKILL'), confirmMs)) return [];
  return (await living()).map(({ pid }) => pid);
}

async function untilGone(living: ListProcesses, act: (entry: ProcessEntry) => void, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  for (let pollMs = firstPollMs; ; pollMs = Math.min(longestPollMs, pollMs * 1.5)) {
    const left = await living();
    if (left.length === 0) return true;
    for (const entry of left) act(entry);
    if (performance.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // gone meanwhile, or not ours: the next look tells
  }
}

/** The living members of a tree. */
export function findTree(all: readonly ProcessEntry[], tree: ProcessTree): readonly ProcessEntry[] {
  const children = new Map<number, ProcessEntry[]>();
  for (const entry of all) {
    const known = children.get(entry.ppid);
    if (known) known.push(entry);
    else children.set(entry.ppid, [entry]);
  }
  const members = new Map<number, ProcessEntry>();
  const queue = all.filter((entry) => belongs(entry, tree));
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    if (members.has(entry.pid) || entry.pid === process.pid) continue;
    members.set(entry.pid, entry);
    queue.push(...(children.get(entry.pid) ?? []));
  }
  return [...members.values()].filter(({ isZombie }) => !isZombie);
}

/** Whether a process is the root, of its session, or carries the mark. A session's number is not given away while the session has members. */
export function belongs(entry: ProcessEntry, tree: ProcessTree): boolean {
  const { pid, startTime, marker } = tree;
  if (entry.pid === pid && startTime !== '') return entry.startTime === startTime;
  if (entry.pid === pid && process.platform !== 'linux') return true;
  if (isOlder(entry.startTime, startTime)) return false;
  return (pid > 0 && entry.session === pid) || entry.marker === marker;
}

function isOlder(one: string, other: string): boolean {
  return /^\d+$/.test(one) && /^\d+$/.test(other) && Number(one) < Number(other);
}

/** Reads the environment when it is asked for, once: most processes are never asked, and many trees may ask the same one. */
class LinuxProcess implements ProcessEntry {
  readonly pid: number;
  readonly ppid: number;
  readonly session: number;
  readonly startTime: string;
  readonly isZombie: boolean;
  #marker: string | undefined;
  #isRead = false;

  constructor(entry: Omit<ProcessEntry, 'marker'>) {
    this.pid = entry.pid;
    this.ppid = entry.ppid;
    this.session = entry.session;
    this.startTime = entry.startTime;
    this.isZombie = entry.isZombie;
  }

  get marker(): string | undefined {
    if (!this.#isRead && !this.isZombie) this.#marker = readMarker(this.pid);
    this.#isRead = true;
    return this.#marker;
  }
}

function readMarker(pid: number): string | undefined {
  try {
    const name = `${markerVariable}=`;
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return variables.find((variable) => variable.startsWith(name))?.slice(name.length);
  } catch {
    return undefined; // gone, or another user's
  }
}

/** One process on Linux; undefined if there is none. */
export function readProcess(pid: number): ProcessEntry | undefined {
  const text = readProcFile(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The second field is the program's name in parentheses, which may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = '', ppid = '0', , session = '0'] = fields;
  const isZombie = state === 'Z' || state === 'X';
  return new LinuxProcess({ pid, ppid: Number(ppid), session: Number(session), startTime: fields[19] ?? '', isZombie });
}

/** A file of /proc that is shorter than 1 KiB, in one read and with none of what readFileSync does for files that have a size; undefined when it is gone. */
export function readProcFile(file: string): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const bytes = Buffer.allocUnsafe(1024);
    return bytes.toString('latin1', 0, readSync(descriptor, bytes));
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** All processes. On Linux from /proc, elsewhere from `ps`, which starts a process: not for the PTY host. */
export async function listProcesses(): Promise<readonly ProcessEntry[]> {
  if (process.platform === 'linux') return listLinuxProcesses();
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=,sess=,stat=,lstart='], {
    env: { ...process.env, LC_ALL: 'C' },
  });
  return stdout.split('\n').flatMap(readPsLine);
}

/** {@link listProcesses} on Linux, at once. */
export function listLinuxProcesses(): readonly ProcessEntry[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    const entry = pid > 0 ? readProcess(pid) : undefined;
    return entry ? [entry] : [];
  });
}

function readPsLine(line: string): readonly ProcessEntry[] {
  const [pid, ppid, session, stat = '', ...start] = line.trim().split(/\s+/);
  if (!pid) return [];
  return [
    {
      pid: Number(pid),
      ppid: Number(ppid),
      session: Number(session) || 0,
      startTime: start.join(' '),
      isZombie: stat.startsWith('Z'),
      marker: undefined,
    },
  ];
}

/** When a process began, as {@link ProcessEntry.startTime}; undefined if it does not live. Off Linux the system's `ps` is not asked: a living process has the empty time. */
export function processStartTime(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const entry = readProcess(pid);
    return entry === undefined || entry.isZombie ? undefined : entry.startTime;
  }
  try {
    process.kill(pid, 0);
    return '';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? '' : undefined;
  }
}

/** Whether that very process lives; a zombie does not, a reused pid is another. An empty start time matches any. */
export function processIsAlive(pid: number, startTime: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  const actual = processStartTime(pid);
  return actual !== undefined && (startTime === '' || actual === '' || actual === startTime);
}

async function endWindowsTree(pid: number): Promise<readonly number[]> {
  await promisify(execFile)('taskkill', ['/pid', String(pid), '/T', '/F']).catch(() => undefined);
  return processIsAlive(pid, '') ? [pid] : [];
}
