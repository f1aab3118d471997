import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainText } from '../../../src/base/plain-text.ts';
import { refusal, Workspace } from '../../rig/workspace.ts';

const key = 'correct-horse-7291-battery';
const token = `ghp_${'aB3dE5gH7j'.repeat(4)}`.slice(0, 40);

/** Files below `folder` that hold one of the secrets, as it is, in base64 or with escape sequences inside. */
function leaks(folder: string): readonly string[] {
  const forms = [key, token].flatMap((secret) => [
    secret,
    Buffer.from(secret).toString('base64').slice(0, -4),
    secret.slice(0, -2),
  ]);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => {
      const text = readFileSync(file, 'latin1');
      return forms.some((form) => text.includes(form) || plainText(text).includes(form));
    });
}

describe('secrets', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('are in no file of .orchestra, whoever says them and however they are cut', async () => {
    const say = (secret: string): string => {
      const [left, right] = [secret.slice(0, 11), secret.slice(11)];
      return `printf 'this: ${left}\\033[31m'; sleep 0.1; printf '${right.slice(0, 5)}\\033[0;1m${right.slice(5)}\\033[0m end\\n'`;
    };
    workspace = new Workspace({
      variables: { SERVICE_KEY: key },
      passed: ['SERVICE_KEY'],
      specs: {
        TALKER: {
          script: `${say(key)}; ${say(token)}; echo "$SERVICE_KEY"; printf '\\033]0;%s\\007' "$SERVICE_KEY"; echo t >t.txt`,
        },
        GATED: { keys: { gate: ['echo "gate: $SERVICE_KEY"; test -e never'] } },
        ASKING: {
          script: `test "$ORCHESTRA_ATTEMPT" = 2 || { echo "May I use $SERVICE_KEY or ${token}?" >"$ORCHESTRA_QUESTION_FILE"; exit 0; }; echo a >a.txt`,
        },
        TELLING: {
          script: `printf '\\033]7501;state=blocked:kind=question:msg=%s\\033\\\\' "$(printf 'with %s?' "$SERVICE_KEY" | base64 -w0)"; read -r line; echo "$line" >/dev/null; echo u >u.txt`,
        },
        REFUSED: {
          script: 'git init -q "in-$SERVICE_KEY" && cd "in-$SERVICE_KEY" && git commit -q --allow-empty -m x',
        },
      },
      config: { orchestrator: { retry: { attempts: 2, delay: '0s' }, max_parallel: 5 } },
    });
    const run = await workspace.start();
    const isQuestionOf = (spec: string) => (event: { readonly kind: string; readonly session?: string }) =>
      event.kind === 'question' && event.session === run.session(spec);
    for (const spec of ['ASKING', 'TELLING']) {
      const { id, reason } = await run.event('escalated', isQuestionOf(spec));
      assert.match(reason, /May I use|wit/);
      const answered = await run.feed.request({ type: 'answer', escalation: id, text: `Use ${key}.` });
      assert.equal(answered.ok, true);
    }
    await run.feed.ended;
    await workspace.assertNothingRuns();
    assert.deepEqual(run.outcome(), {
      TALKER: 'completed 1',
      GATED: 'failed 2 gate_red',
      ASKING: 'completed 2',
      TELLING: 'completed 1',
      REFUSED: 'failed 2 work_refused',
    });
    const said = plainText(workspace.transcript(run.id, 'TALKER.a1'));
    assert.equal(said.match(/this: \S+ end/g)?.length, 2, `the rest is kept: ${said}`);
    assert.match(workspace.prompt(run.id, 'GATED.a2'), /gate: /);
    assert.ok(readFileSync(workspace.run(run.id).journal, 'utf8').includes('in-'));
    assert.deepEqual(leaks(workspace.files.folder), []);
    assert.ok(run.events('terminal_exited').some(({ exit }) => exit.redactions >= 3));
  });

  it('are not taken in a command, because commands are recorded', async () => {
    workspace = new Workspace({ specs: { S: { keys: { gate: [`curl -H 'x: ${token}' example.org`] } } } });
    const refused = refusal(await workspace.engine().start({}));
    assert.deepEqual(refused.reason, 'refused');
    assert.match(refused.message, /^A command of a gate holds what looks like a secret/);
    assert.deepEqual(readdirSync(workspace.root).includes('.orchestra'), false);
  });
});
