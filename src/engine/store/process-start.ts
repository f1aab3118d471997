import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { systemCode } from './failure.ts';

const execFileAsync = promisify(execFile);

/**
 * When a process began, in the system's own words, so that a reused pid is not mistaken for it; undefined when it is
 * dead or a zombie. Linux: clock ticks since boot, field 22 of /proc/PID/stat (proc_pid_stat(5)). Other Unixes: `ps`.
 * Windows tells no start time cheaply: the answer is empty for every live process.
 */
export async function processStartTime(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return startTimeFromProc(pid);
  if (process.platform === 'win32') return isAlive(pid) ? '' : undefined;
  return startTimeFromPs(pid);
}

async function startTimeFromProc(pid: number): Promise<string | undefined> {
  try {
    return parseProcStat(await readFile(`/proc/${pid}/stat`, 'latin1'));
  } catch (error) {
    // ESRCH: the process ended between opening and reading.
    if (['ENOENT', 'ESRCH'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** The start time in the text of /proc/PID/stat; undefined for zombies. The name in it may hold blanks and brackets. */
export function parseProcStat(text: string): string | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  return state === undefined || 'ZXx'.includes(state) ? undefined : fields[19];
}

/** The start time as `ps` prints it; undefined for dead processes and zombies. */
export async function startTimeFromPs(pid: number): Promise<string | undefined> {
  try {
    const args = ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)];
    const { stdout } = await execFileAsync('ps', args, { env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' } });
    const [state, ...start] = stdout.trim().split(/\s+/);
    return state === undefined || state.startsWith('Z') || start.length === 0 ? undefined : start.join(' ');
  } catch (error) {
    // ps exits 1 when there is no such process; its own absence carries a system code.
    if (systemCode(error) !== undefined) throw error;
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
