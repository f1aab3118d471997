import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that has to do with a folder. */
export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/**
 * Living processes (Linux) that carry `folder` in their environment or arguments or work inside it; this process and zombies
 * are none of them.
 */
export function findProcesses(folder: string): readonly FoundProcess[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!(pid > 0) || pid === process.pid) return [];
    const command = read(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
      .replaceAll('\0', ' ')
      .trim();
    const environment = read(() => readFileSync(`/proc/${pid}/environ`, 'utf8'));
    const cwd = read(() => readlinkSync(`/proc/${pid}/cwd`));
    const isOurs = [command, environment, `${cwd}/`].some((text) => text.includes(folder));
    return isOurs ? [{ pid, command }] : [];
  });
}

function read(look: () => string): string {
  try {
    return look();
  } catch {
    return '';
  }
}
