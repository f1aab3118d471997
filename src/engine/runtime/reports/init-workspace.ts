import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail, ok, type Result } from '../../../base/result.ts';
import type { EngineFailure } from '../../model/engine-api.ts';

/** Coding-agent CLIs that may be installed: program and how it takes a prompt without a person, from each one's own help. */
const knownPrograms: readonly (readonly [name: string, command: readonly string[]])[] = [
  ['claude', ['claude', '--permission-mode', 'acceptEdits', '-p', '{prompt}']],
  ['codex', ['codex', 'exec', '--sandbox', 'workspace-write', '{prompt}']],
  ['gemini', ['gemini', '--approval-mode', 'auto_edit', '-p', '{prompt}']],
  ['opencode', ['opencode', 'run', '{prompt}']],
];

/** Writes orchestra.toml and two example specs; answers their paths relative to `root`. An existing file stays and is a failure before anything is written. */
export async function initWorkspace(
  root: string,
  isInstalled: (program: string) => Promise<boolean>,
): Promise<Result<readonly string[], EngineFailure>> {
  const installed: string[] = [];
  for (const [name] of knownPrograms) if (await isInstalled(name)) installed.push(name);
  const files: readonly (readonly [string, string])[] = [
    ['orchestra.toml', configText(installed)],
    ['specs/SPEC-001-greeting.md', firstSpec],
    ['specs/SPEC-002-farewell.md', secondSpec],
  ];
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text, { flag: 'wx' });
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      const path = 'path' in error ? String(error.path) : root;
      return fail({ reason: 'exists', message: `${path} exists already and was left as it is.` });
    }
    if (error instanceof Error && 'code' in error) return fail({ reason: 'store', message: error.message });
    throw error;
  }
  return ok(files.map(([path]) => path));
}

function configText(installed: readonly string[]): string {
  const tables = knownPrograms.map(([name, command]) => {
    const words = command.map((word) => JSON.stringify(word)).join(', ');
    const lines = [`[agents.${name}]`, 'driver = "command"', `command = [${words}]`];
    return installed.includes(name) ? lines.join('\n') : lines.map((line) => `# ${line}`).join('\n');
  });
  return `# What every key means: docs/configuration.md of Spec Orchestra. All keys are optional.

[orchestrator]
specs = ["specs"]
# The embedded agent needs no login: it writes the blocks of a spec that name a file. Name one of the agents below instead.
agent = "blocks"

[gate]
# Commands that accept or refuse the work of every spec that names none of its own.
commands = []

# Agents found on this machine are ready to use; the others are here as examples.
${tables.join('\n\n')}
`;
}

const firstSpec = `+++
id = "SPEC-001"
title = "A greeting"
gate = ["test -s greeting.txt"]
+++
Write a greeting. The embedded agent writes the block below as it stands; a coding agent reads it as an example.

\`\`\`text file=greeting.txt
Hello from Spec Orchestra.
\`\`\`
`;

const secondSpec = `+++
id = "SPEC-002"
title = "A farewell"
depends_on = ["SPEC-001"]
gate = ["test -s greeting.txt", "test -s farewell.txt"]
+++
Write a farewell beside the greeting. This spec starts when SPEC-001 has been accepted.

\`\`\`text file=farewell.txt
Good night; trust what it says in the morning.
\`\`\`
`;
