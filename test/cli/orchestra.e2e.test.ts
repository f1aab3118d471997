import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Workspace } from '../rig/workspace.ts';

const command = join(import.meta.dirname, '..', '..', 'dist', 'orchestra.cjs');

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function orchestra(root: string, words: readonly string[], environment: Record<string, string | undefined>): Ended {
  const options = { cwd: root, env: environment, encoding: 'utf8', timeout: 60_000 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...words], options);
  return { status, stdout, stderr };
}

function jsonLines(text: string): readonly Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the orchestra command', () => {
  const folders: string[] = [];
  let workspace: Workspace | undefined;

  afterEach(async () => {
    await workspace?.dispose();
    workspace = undefined;
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('builds the example workspace and brings it into the base branch', () => {
    const root = mkdtempSync(join(tmpdir(), 'orchestra-example-'));
    folders.push(root);
    cpSync(join(import.meta.dirname, '..', '..', 'examples', 'text-kit'), root, { recursive: true });
    const git = (...words: readonly string[]): string =>
      execFileSync('git', ['-c', 'user.name=Someone', '-c', 'user.email=someone@example.org', ...words], {
        cwd: root,
        encoding: 'utf8',
      });
    git('init', '--quiet', '--initial-branch=main');
    git('add', '-A');
    git('commit', '--quiet', '-m', 'first');
    const environment = { PATH: process.env['PATH'], HOME: root, LANG: 'en_US.UTF-8' };
    const run = orchestra(root, ['run', '--json'], environment);
    const last = jsonLines(run.stdout).at(-1) as {
      run_id: string;
      sessions: readonly { spec_id: string; status: string }[];
    };
    assert.equal(run.status, 0, run.stderr);
    assert.deepEqual(
      last.sessions.map(({ spec_id, status }) => `${spec_id} ${status}`),
      [1, 2, 3, 4, 5, 6].map((number) => `SPEC-00${number} completed`),
    );
    assert.equal(orchestra(root, ['merge'], environment).status, 0);
    assert.equal(git('status', '--porcelain'), '');
    assert.match(execFileSync('node', ['--test'], { cwd: root, encoding: 'utf8' }), /# pass 12\n# fail 0/);
    assert.equal(git('log', '--merges', '--format=%s', '-1').trim().startsWith('Merge specs SPEC-001'), true);
  });

  it('ends with run_finished, exit code 1 and escalation files of four fields when specs fail', async () => {
    workspace = new Workspace({
      specs: {
        LIES: { script: 'true' },
        DIES: { script: 'exit 3' },
        HANGS: { script: 'setsid sleep 300 & sleep 300', keys: { timeout: '1s' } },
        AGAIN: { script: 'test "$ORCHESTRA_ATTEMPT" = 2 && echo done >AGAIN.txt' },
        AFTER: { after: ['DIES'] },
      },
      config: { orchestrator: { retry: { attempts: 2, delay: '0s' } } },
    });
    const run = orchestra(workspace.root, ['run', '--json'], workspace.environment);
    const last = jsonLines(run.stdout).at(-1) as Record<string, unknown>;
    const sessions = last['sessions'] as readonly { spec_id: string; status: string; attempts: number }[];
    assert.equal(run.status, 1, run.stderr);
    assert.deepEqual(
      Object.fromEntries(sessions.map(({ spec_id, status, attempts }) => [spec_id, `${status} ${attempts}`])),
      { LIES: 'failed 2', DIES: 'failed 2', HANGS: 'timed_out 1', AGAIN: 'completed 2', AFTER: 'skipped 0' },
    );
    assert.deepEqual(
      [last['type'], last['result'], Object.keys(last).sort()],
      ['run_finished', 'partial_failure', ['branch', 'duration_ms', 'result', 'run_id', 'sessions', 'type']],
    );
    const file = join(workspace.root, '.orchestra', 'escalations', 'DIES-error.json');
    const escalation = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    assert.deepEqual(Object.keys(escalation).sort(), ['level', 'reason', 'session_id', 'timestamp']);
    await workspace.assertNothingRuns();
    workspace.assertCheckoutUnchanged();
    assert.deepEqual([escalation['level'], escalation['reason']], ['Error', 'The agent ended with exit code 3.']);
  });

  it('names every bad spec with its place, exits 2 and writes nothing', () => {
    const root = mkdtempSync(join(tmpdir(), 'orchestra-bad-'));
    folders.push(root);
    mkdirSync(join(root, 'specs'));
    const bad: Readonly<Record<string, string>> = {
      'SPEC-001.md': '+++\ndepends_on = ["SPEC-404"]\n+++\n# A\nx\n',
      'SPEC-002.md': '+++\ndepends_on = ["SPEC-002"]\n+++\n# A\nx\n',
      'SPEC-003.md': '+++\ndepends_on = ["SPEC-004"]\n+++\n# A\nx\n',
      'SPEC-004.md': '+++\ndepends_on = ["SPEC-003"]\n+++\n# A\nx\n',
      'SPEC-005.md': '+++\nid = "spec-001"\n+++\n# A\nx\n',
      'SPEC-006.md': '+++\ncolour = "blue"\n+++\n# A\nx\n',
      'SPEC-007.md': '+++\ntimeout = "soon"\n+++\n# A\nx\n',
      'SPEC-008.md': '+++\nid = "../up"\n+++\n# A\nx\n',
      'SPEC-009.md': '+++\nagent = "nobody"\n+++\n# A\nx\n',
      'SPEC-010.md': '+++\ntitle = \n+++\n# A\nx\n',
    };
    for (const [name, text] of Object.entries(bad)) writeFileSync(join(root, 'specs', name), text);
    const plan = orchestra(root, ['plan', '--json'], { PATH: process.env['PATH'], HOME: root });
    const { problems } = JSON.parse(plan.stdout) as {
      problems: readonly { code: string; file: string; line: number; column: number }[];
    };
    const found = problems.map(({ code, file, line, column }) => `${file}:${line}:${column} ${code}`).sort();
    assert.equal(plan.status, 2);
    assert.deepEqual(found, [
      'specs/SPEC-001.md:2:15 unknown-dependency',
      'specs/SPEC-002.md:2:15 self-dependency',
      'specs/SPEC-003.md:2:15 cycle',
      'specs/SPEC-005.md:2:6 duplicate-id',
      'specs/SPEC-006.md:2:1 unknown-key',
      'specs/SPEC-007.md:2:11 invalid-duration',
      'specs/SPEC-008.md:2:6 invalid-id',
      'specs/SPEC-009.md:2:9 unknown-agent',
      'specs/SPEC-010.md:2:9 invalid-toml',
    ]);
    assert.equal(orchestra(root, ['run'], { PATH: process.env['PATH'], HOME: root }).status, 2);
    assert.equal(existsSync(join(root, '.orchestra')), false);
  });

  it('goes on after kill -9 and adopts the agent that lived on', async () => {
    workspace = new Workspace({
      specs: { FIRST: {}, LIVES: { after: ['FIRST'], script: 'note begun; await go; echo done >LIVES.txt' } },
    });
    const killed: ChildProcess = spawn(process.execPath, [command, 'run'], {
      cwd: workspace.root,
      env: workspace.environment,
      stdio: 'ignore',
    });
    await workspace.noted('LIVES', 'begun');
    killed.kill('SIGKILL');
    await new Promise((resolve) => killed.once('exit', resolve));
    workspace.go('go');
    const resumed = orchestra(workspace.root, ['run', '--resume', '--json'], workspace.environment);
    const last = jsonLines(resumed.stdout).at(-1) as Record<string, unknown>;
    assert.deepEqual([resumed.status, last['result']], [0, 'completed'], resumed.stderr);
    assert.equal(workspace.notes().filter(({ word }) => word === 'begun').length, 1);
  });
});
