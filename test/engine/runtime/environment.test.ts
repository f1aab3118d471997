import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Workspace } from '../../rig/workspace.ts';

describe('what a session gets', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('is who it is, the basics of the machine and the variables of its own agent, and not those of another', async () => {
    const print = 'env | sort >"$RIG/$ORCHESTRA_SPEC_ID.env"; cat "$ORCHESTRA_PROMPT_FILE" >prompt.txt';
    workspace = new Workspace({
      variables: { ONE_KEY: 'value-of-one', OTHER_KEY: 'value-of-other', UNNAMED: 'nobody asked', LC_ALL: 'C' },
      passed: ['ONE_KEY', 'NOT_SET'],
      specs: {
        ONE: { script: print, body: 'The body of ONE.' },
        OTHER: { keys: { agent: 'other' }, script: print, after: ['ONE'] },
      },
    });
    const agent = { command: ['bash', join(workspace.outside, 'agent.sh')], env: ['OTHER_KEY'] };
    workspace.configure({ passed: ['ONE_KEY', 'NOT_SET'], config: { 'agents.other': agent } });
    workspace.commit();
    const run = await workspace.runToEnd();
    assert.deepEqual(run.outcome(), { ONE: 'completed 1', OTHER: 'completed 1' });
    const environment = (id: string): Record<string, string> =>
      Object.fromEntries(
        readFileSync(join(workspace.outside, `${id}.env`), 'utf8')
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      );
    const one = environment('ONE');
    assert.equal(one['ONE_KEY'], 'value-of-one');
    assert.deepEqual([one['OTHER_KEY'], one['UNNAMED'], one['NOT_SET']], [undefined, undefined, undefined]);
    const session = run.feed.view().sessions[0];
    assert.deepEqual(
      {
        home: one['HOME'],
        locale: one['LC_ALL'],
        term: one['TERM'],
        run: one['ORCHESTRA_RUN_ID'],
        session: one['ORCHESTRA_SESSION_ID'],
        spec: one['ORCHESTRA_SPEC_ID'],
        agent: one['ORCHESTRA_AGENT_ID'],
        role: one['ORCHESTRA_ROLE'],
        attempt: one['ORCHESTRA_ATTEMPT'],
        cwd: one['PWD'],
      },
      {
        home: workspace.home,
        locale: 'C',
        term: 'xterm-256color',
        run: run.id,
        session: run.session('ONE'),
        spec: 'ONE',
        agent: 'ONE.a1',
        role: 'coder',
        attempt: '1',
        cwd: session?.worktree,
      },
    );
    assert.equal(
      readFileSync(one['ORCHESTRA_SPEC_FILE'] ?? '', 'utf8'),
      readFileSync(join(workspace.root, 'specs/ONE.md'), 'utf8'),
    );
    const prompt = readFileSync(one['ORCHESTRA_PROMPT_FILE'] ?? '', 'utf8');
    assert.match(prompt, /^# ONE: Title of ONE\n\nThe body of ONE\.\n\n## How your work is taken\n/);
    assert.equal(prompt.includes('+++'), false);
    const other = environment('OTHER');
    assert.deepEqual([other['OTHER_KEY'], other['ONE_KEY']], ['value-of-other', undefined]);
  });

  it('is a worktree with copied, linked and set-up files that are never committed', async () => {
    workspace = new Workspace({
      files: { '.gitignore': '.env\nlibraries\nbuilt.txt\n' },
      specs: { S: { script: 'cat .env libraries/lib.txt built.txt >all.txt; git add -f .env; echo mine >>.env' } },
      config: {
        workspace: { copy: ['.env'], link: ['libraries'], setup: ['cat .env >built.txt', 'test -s built.txt'] },
      },
    });
    workspace.writeFiles({ '.env': 'settings\n', 'libraries/lib.txt': 'library\n' });
    const run = await workspace.start();
    await run.feed.ended;
    assert.deepEqual(run.outcome(), { S: 'completed 1' });
    assert.deepEqual(workspace.mergedFiles(run.id), ['all.txt']);
    assert.equal(workspace.merged(run.id, 'all.txt'), 'settings\nlibrary\nsettings\n');
    assert.equal(readFileSync(join(workspace.root, '.env'), 'utf8'), 'settings\n');
    assert.deepEqual(
      run.events('terminal_started').map(({ role, index }) => `${role} ${index}`),
      ['setup 0', 'setup 1', 'agent 0'],
    );
  });

  it('is nothing but a failure when a setup command fails, with its log in the next prompt', async () => {
    workspace = new Workspace({
      specs: { S: {} },
      config: {
        workspace: {
          setup: ['test -e "$HOME/outside/mended" || { echo no network; touch "$HOME/outside/mended"; exit 7; }'],
        },
        orchestrator: { retry: { attempts: 2, delay: '0s' } },
      },
    });
    const run = await workspace.runToEnd();
    assert.deepEqual(run.outcome(), { S: 'completed 2' });
    const [ended] = run.events('attempt_ended');
    assert.deepEqual(ended?.failure, { reason: 'setup_failed', terminal: 'S.a1.s0', exitCode: 7 });
    assert.match(workspace.prompt(run.id, 'S.a2'), /no network/);
    assert.equal(workspace.launches('S'), 1);
  });
});

describe('a workspace that is a folder of a repository', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('has its agents work in that folder of the worktree', async () => {
    workspace = new Workspace({
      folder: 'packages/tool',
      specs: { S: { keys: { gate: ['test -e S.txt && test -e ../../packages/tool/readme.txt'] } } },
    });
    const run = await workspace.runToEnd();
    assert.deepEqual(run.outcome(), { S: 'completed 1' });
    assert.deepEqual(workspace.mergedFiles(run.id), ['packages/tool/S.txt']);
  });
});
