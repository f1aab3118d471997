import { statSync } from 'node:fs';
import {
  belongs,
  findTree,
  listLinuxProcesses,
  readProcess,
  readProcFile,
  type ListProcesses,
  type ProcessEntry,
  type ProcessTree,
} from '../process-tree.ts';

/** A tree that lived no longer than this cannot have used up all process numbers, so its members are younger than its root. */
const shortLifeMs = 1_000;
/** More numbers than this are looked up by a whole scan instead. */
const maxRange = 64;

/** Looks at the machine's processes without starting one. Scans that are asked for in one turn are one scan. */
export class ProcessScan {
  #pending: Promise<readonly ProcessEntry[]> | undefined;

  /** Looks at every process. */
  async hasLeftovers(tree: ProcessTree): Promise<boolean> {
    if (process.platform !== 'linux') return (await listGroup(tree.pid)).length > 0;
    return findTree(await this.#scan(), tree).some((entry) => entry.pid !== tree.pid);
  }

  /** The answer without a scan where process numbers tell it, undefined where they do not. `isOther` tells pids and sessions that are known to be someone else's. */
  quickAnswer(tree: ProcessTree, livedMs: number, isOther: (pid: number) => boolean): boolean | undefined {
    if (process.platform !== 'linux' || livedMs > shortLifeMs) return undefined;
    const last = lastPid();
    if (last < tree.pid || last - tree.pid > maxRange) return undefined;
    for (let pid = tree.pid + 1; pid <= last; pid++) {
      if (isOther(pid) || !statSync(`/proc/${pid}`, { throwIfNoEntry: false })) continue;
      const entry = readProcess(pid);
      // The numbers of this process's own threads are among them.
      if (!entry || entry.isZombie || entry.session === process.pid || isOther(entry.session)) continue;
      if (entry.ppid === tree.pid || belongs(entry, tree)) return true;
    }
    return false;
  }

  /** How the host lists processes to end the tree of `pid`. */
  listFor(pid: number): ListProcesses {
    return process.platform === 'linux' ? () => this.#scan() : () => listGroup(pid);
  }

  #scan(): Promise<readonly ProcessEntry[]> {
    this.#pending ??= new Promise((resolve) =>
      setImmediate(() => {
        this.#pending = undefined;
        resolve(listLinuxProcesses());
      }),
    );
    return this.#pending;
  }
}

/** The number last given to a process; the fifth field of /proc/loadavg (proc(5)). */
function lastPid(): number {
  return Number(readProcFile('/proc/loadavg')?.trim().split(' ')[4] ?? -1);
}

/** What a process that must start nothing can tell where there is no /proc: whether the group still has members. */
async function listGroup(pid: number): Promise<readonly ProcessEntry[]> {
  await Promise.resolve();
  try {
    process.kill(-pid, 0);
    return [{ pid: -pid, ppid: 0, session: pid, startTime: '', isZombie: false, marker: undefined }];
  } catch {
    return [];
  }
}
