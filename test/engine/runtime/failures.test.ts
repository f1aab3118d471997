import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processIsAlive } from '../../../src/engine/terminal/process-tree.ts';
import { Workspace } from '../../rig/workspace.ts';
import type { WatchedRun } from '../../rig/watched-run.ts';
import type { RunHandle } from '../../../src/engine/model/engine-api.ts';

describe('agents that lie, die, hang and succeed late', () => {
  let workspace: Workspace;
  let run: WatchedRun<RunHandle>;

  before(async () => {
    workspace = new Workspace({
      specs: {
        LIAR: { script: 'echo All done.' },
        DYING: { script: 'echo half >half.txt; exit 3' },
        HANGING: {
          keys: { timeout: '3s' },
          script: [
            `setsid bash -c 'trap "" TERM HUP; echo $$ >"$0/grandchild"; while :; do sleep 1; done' "$RIG" &`,
            'await grandchild',
            'sleep 1000',
          ].join('\n'),
        },
        SECOND: { script: 'test "$ORCHESTRA_ATTEMPT" = 2 || exit 1; echo good >second.txt' },
        'AFTER-LIAR': { after: ['LIAR'] },
        'AFTER-ALL': { after: ['DYING', 'AFTER-LIAR', 'SECOND'] },
        'AFTER-HANGING': { after: ['HANGING'] },
        'AFTER-SECOND': { after: ['SECOND'] },
      },
      config: { orchestrator: { retry: { attempts: 2, delay: '0s' } } },
    });
    run = await workspace.runToEnd();
  });
  after(() => workspace.dispose());

  it('end each in its own status, and what depends on them is skipped', () => {
    assert.deepEqual(run.outcome(), {
      LIAR: 'failed 2 nothing_changed',
      DYING: 'failed 2 agent_exit',
      HANGING: 'timed_out 1 timeout',
      SECOND: 'completed 2',
      'AFTER-LIAR': 'skipped 0 dependency',
      'AFTER-ALL': 'skipped 0 dependency',
      'AFTER-HANGING': 'skipped 0 dependency',
      'AFTER-SECOND': 'completed 1',
    });
    assert.equal(run.feed.view().result, 'partial_failure');
    assert.deepEqual(workspace.mergedFiles(run.id), ['AFTER-SECOND.txt', 'second.txt']);
  });

  it('leave no process behind, not even a grandchild in a session of its own that ignores TERM', () => {
    const pid = readFileSync(join(workspace.outside, 'grandchild'), 'utf8').trim();
    assert.match(pid, /^\d+$/);
    assert.equal(processIsAlive(Number(pid), ''), false);
    assert.deepEqual(workspace.processes(), []);
  });

  it('are escalated to files of exactly four fields, once for each cause', () => {
    const files = workspace.escalationFiles();
    assert.deepEqual(Object.keys(files), [
      'DYING-error.json',
      'DYING-warning.json',
      'HANGING-error.json',
      'LIAR-error.json',
      'LIAR-warning.json',
      'SECOND-warning.json',
    ]);
    const { timestamp, ...rest } = files['DYING-error.json'] as Record<string, string>;
    assert.deepEqual(rest, {
      session_id: run.session('DYING'),
      level: 'Error',
      reason: 'The agent ended with exit code 3.',
    });
    assert.match(timestamp ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
    for (const file of Object.values(files)) {
      assert.deepEqual(Object.keys(file as object), ['session_id', 'level', 'reason', 'timestamp']);
    }
  });

  it('are told to the person, each escalation once', () => {
    const raised = run.events('escalated').map(({ id }) => id);
    assert.equal(raised.length, 6);
    assert.deepEqual([...run.announced].sort(), [...raised].sort());
  });

  it('keep the work of a failed try in a rescue branch, out of the next try and of the result', () => {
    const branches = workspace.git('branch', '--list', '--all', '--format=%(refname:short)', 'orchestra/*');
    assert.match(branches, /rescue/);
    assert.equal(workspace.merged(run.id, 'half.txt'), undefined);
  });
});

describe('an agent that cannot be started', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('fails at once with the reason, however many tries there were', async () => {
    workspace = new Workspace({
      specs: { S: {} },
      config: { 'agents.scripted': { command: ['no-such-agent-anywhere'] }, orchestrator: { retry: { attempts: 5 } } },
    });
    const run = await workspace.runToEnd();
    assert.deepEqual(run.outcome(), { S: 'failed 1 spawn_failed' });
    assert.deepEqual(run.feed.view().sessions[0]?.failure, {
      reason: 'spawn_failed',
      message: 'no-such-agent-anywhere was not found on the PATH.',
    });
    assert.equal(run.feed.view().result, 'failed');
  });
});

describe('work that cannot be taken', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('is refused with words and mended in the same worktree', async () => {
    workspace = new Workspace({
      specs: {
        BISECT: {
          script:
            'log="$(git rev-parse --git-path BISECT_LOG)"; if [ "$ORCHESTRA_ATTEMPT" = 1 ]; then touch "$log"; else rm "$log"; fi; echo x >x.txt',
        },
        STUCK: { script: 'echo y >y.txt; git init -q inner; (cd inner && git commit -q --allow-empty -m inner)' },
      },
      config: { orchestrator: { retry: { attempts: 2, delay: '0s' } } },
    });
    const run = await workspace.runToEnd();
    assert.deepEqual(run.outcome(), { BISECT: 'completed 2', STUCK: 'failed 2 work_refused' });
    assert.match(
      workspace.prompt(run.id, 'BISECT.a2'),
      /The work cannot be taken as it is: a bisect is still open[^]*Your earlier work is still/,
    );
  });

  it('is the trouble of the workspace, not of the agent, when git itself cannot go on', async () => {
    workspace = new Workspace({ specs: { S: { script: 'echo s >s.txt; rm -rf "$PWD/.git"; rm -rf "$PWD"' } } });
    const run = await workspace.runToEnd();
    assert.deepEqual(run.outcome(), { S: 'failed 1 workspace' });
  });
});
