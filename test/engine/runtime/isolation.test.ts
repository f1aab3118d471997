import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainText } from '../../../src/base/plain-text.ts';
import { Workspace } from '../../rig/workspace.ts';

const script = [
  'echo "said by $ORCHESTRA_SPEC_ID"',
  'echo "$ORCHESTRA_SPEC_ID" >draft.txt',
  'echo "$ORCHESTRA_SPEC_ID" >"$ORCHESTRA_SPEC_ID.txt"',
  'note wrote; await all-wrote',
  '{',
  '  ls | xargs',
  '  cat draft.txt',
  '  git branch --show-current',
  '  git status --porcelain | xargs',
  '  env | grep -o "^[A-Z]*_KEY" | sort | xargs',
  '  tty',
  '} >"$RIG/$ORCHESTRA_SPEC_ID.seen"',
  'rm draft.txt',
].join('\n');

describe('sessions that run at the same time', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('have files, branch, variables, terminal, prompt and transcript each, and nothing of the others', async () => {
    workspace = new Workspace({
      variables: { FIRST_KEY: 'value-of-first', SECOND_KEY: 'value-of-second' },
      specs: {
        FIRST: { script, keys: { agent: 'first' }, body: 'Words for FIRST.' },
        SECOND: { script, keys: { agent: 'second' }, body: 'Words for SECOND.' },
      },
    });
    const command = ['bash', join(workspace.outside, 'agent.sh')];
    workspace.configure({
      config: {
        'agents.first': { command, env: ['FIRST_KEY'] },
        'agents.second': { command, env: ['SECOND_KEY'] },
      },
    });
    workspace.commit();
    const run = await workspace.start();
    await Promise.all(['FIRST', 'SECOND'].map((id) => workspace.noted(id, 'wrote')));
    workspace.go('all-wrote');
    await workspace.finish(run);
    assert.deepEqual(run.outcome(), { FIRST: 'completed 1', SECOND: 'completed 1' });

    const terminals = new Set<string>();
    for (const [id, other] of [
      ['FIRST', 'SECOND'],
      ['SECOND', 'FIRST'],
    ] as const) {
      const lines = readFileSync(join(workspace.outside, `${id}.seen`), 'utf8').split('\n');
      terminals.add(lines[5] ?? '');
      assert.deepEqual(lines.slice(0, 5), [
        `${id}.txt draft.txt orchestra.toml readme.txt specs`,
        id,
        `orchestra/${run.id}/${id}`,
        `?? ${id}.txt ?? draft.txt`,
        `${id}_KEY`,
      ]);
      const said = plainText(workspace.transcript(run.id, `${id}.a1`));
      assert.deepEqual([said.includes(`said by ${id}`), said.includes(`said by ${other}`)], [true, false]);
      const prompt = workspace.prompt(run.id, `${id}.a1`);
      assert.deepEqual([prompt.includes(`for ${id}.`), prompt.includes(`for ${other}.`)], [true, false]);
    }
    assert.equal(terminals.size, 2);
    assert.deepEqual(workspace.mergedFiles(run.id), ['FIRST.txt', 'SECOND.txt']);
  });
});
