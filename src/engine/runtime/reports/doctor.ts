import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { systemClock } from '../../../base/clock.ts';
import type { DoctorCheck, EnginePorts, WorkspaceReport } from '../../model/engine-api.ts';
import { loadNodePty } from '../../terminal/host/load-node-pty.ts';
import { GitRepository } from '../../workspace/git-repository.ts';

/** Checks what a run here would need: node, git, the repository, the PTY library, every agent's program. Starts no agent. */
export async function examine(
  root: string,
  ports: EnginePorts,
  report: WorkspaceReport,
): Promise<readonly DoctorCheck[]> {
  const checks: DoctorCheck[] = [
    nodeCheck(),
    await gitCheck(root, ports),
    await ptyCheck(ports),
    problemsCheck(report),
  ];
  for (const agent of report.config.agents.values()) {
    const [program] = agent.command;
    if (program === undefined) {
      checks.push({ name: `agent ${agent.name}`, status: 'ok', detail: `driver ${agent.driver}, embedded` });
      continue;
    }
    const found = await findProgram(program, root, ports);
    checks.push(
      found === undefined
        ? {
            name: `agent ${agent.name}`,
            status: 'error',
            detail: `${program} was not found on the PATH.`,
            advice: `Install ${program}, or correct \`command\` of [agents.${agent.name}] in orchestra.toml.`,
          }
        : { name: `agent ${agent.name}`, status: 'ok', detail: found },
    );
    for (const name of agent.env) {
      if (ports.environment[name] !== undefined) continue;
      checks.push({
        name: `agent ${agent.name}`,
        status: 'warning',
        detail: `The variable ${name} is not set.`,
        advice: `Set ${name} before the run, or take it out of \`env\`.`,
      });
    }
  }
  return checks;
}

function nodeCheck(): DoctorCheck {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNewEnough = major > 20 || (major === 20 && minor >= 19);
  return {
    name: 'node',
    status: isNewEnough ? 'ok' : 'error',
    detail: process.versions.node,
    ...(isNewEnough ? {} : { advice: 'Install Node.js 20.19 or newer.' }),
  };
}

async function gitCheck(root: string, ports: EnginePorts): Promise<DoctorCheck> {
  const repository = await GitRepository.open({ root, clock: systemClock, env: ports.environment });
  if (!repository.ok) {
    return {
      name: 'git',
      status: 'error',
      detail: repository.failure.message,
      advice: gitAdvice(repository.failure.reason),
    };
  }
  const state = await repository.value.inspect();
  if (!state.ok) return { name: 'git', status: 'error', detail: state.failure.message };
  return { name: 'git', status: 'ok', detail: `${state.value.gitVersion}, ${state.value.repoRoot}` };
}

function gitAdvice(reason: string): string {
  if (reason === 'not_a_repository') return 'Run `git init` and commit something.';
  if (reason === 'no_commit') return 'Commit something: runs start from a commit.';
  return 'Install git 2.38 or newer.';
}

async function ptyCheck(ports: EnginePorts): Promise<DoctorCheck> {
  const script = join(ports.distFolder, 'pty-host.cjs');
  try {
    await access(script, constants.R_OK);
    await loadNodePty();
    return { name: 'terminals', status: 'ok', detail: `node-pty loads on ${process.platform}-${process.arch}` };
  } catch (error) {
    return {
      name: 'terminals',
      status: 'error',
      detail: error instanceof Error ? error.message : String(error),
      advice: 'Build the product (`npm run build`) and install its packages for this platform (`npm ci`).',
    };
  }
}

function problemsCheck(report: WorkspaceReport): DoctorCheck {
  const errors = report.problems.filter(({ severity }) => severity === 'error').length;
  const detail = `${report.specs.length} specs, ${errors} errors, ${report.problems.length - errors} warnings`;
  return errors === 0
    ? { name: 'specs', status: 'ok', detail }
    : { name: 'specs', status: 'error', detail, advice: '`orchestra plan` names them all.' };
}

/** The file that a program name stands for on the PATH, or a path from `root`; undefined when there is none that can be run. */
export async function findProgram(program: string, root: string, ports: EnginePorts): Promise<string | undefined> {
  const isPath = program.includes('/') || program.includes('\\');
  const folders = isPath ? [''] : (ports.environment['PATH'] ?? '').split(delimiter);
  const endings = process.platform === 'win32' ? (ports.environment['PATHEXT'] ?? '.EXE;.CMD').split(';') : [''];
  for (const folder of folders) {
    for (const ending of endings) {
      const file = isPath ? (isAbsolute(program) ? program : join(root, program)) : join(folder, program);
      try {
        await access(`${file}${ending}`, constants.X_OK);
        return `${file}${ending}`;
      } catch {
        // The next folder may have it.
      }
    }
  }
  return undefined;
}
