import assert from 'node:assert/strict';
import { Workspace } from '../../rig/workspace.ts';

describe('the gate', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('decides: red work goes back with the log of the command that failed, green work is merged', async () => {
    workspace = new Workspace({
      specs: {
        S: {
          keys: {
            gate: [
              'echo fine',
              'echo "expected two lines"; test "$(wc -l <S.txt)" = 2',
              'test -e never-reached || true',
            ],
          },
          script: 'echo line >>S.txt; note "$(wc -l <S.txt)"',
        },
      },
      config: { orchestrator: { retry: { attempts: 3, delay: '0s' } } },
    });
    const run = await workspace.runToEnd();
    assert.deepEqual(run.outcome(), { S: 'completed 2' });
    assert.equal(workspace.merged(run.id, 'S.txt'), 'line\nline\n', 'the second try found the work of the first');
    const [ended] = run.events('attempt_ended');
    assert.deepEqual(ended?.failure, {
      reason: 'gate_red',
      combined: false,
      command: 'echo "expected two lines"; test "$(wc -l <S.txt)" = 2',
      terminal: 'S.a1.g1',
      exitCode: 1,
      timedOut: false,
    });
    assert.match(workspace.prompt(run.id, 'S.a2'), /Your earlier work is still[^]*```\nexpected two lines\n```/);
    assert.deepEqual(
      run.events('terminal_started').map(({ terminal }) => terminal),
      ['S.a1', 'S.a1.g0', 'S.a1.g1', 'S.a2', 'S.a2.g0', 'S.a2.g1', 'S.a2.g2'],
    );
  });

  it('is red when a command runs past the time limit, and its whole tree is ended', async () => {
    workspace = new Workspace({
      specs: { S: { keys: { gate: ['sleep 1000 & sleep 1000'] } } },
      config: { gate: { timeout: '300ms' } },
    });
    const run = await workspace.runToEnd();
    assert.deepEqual(run.outcome(), { S: 'failed 1 gate_red' });
    const { failure } = run.feed.view().sessions[0] ?? {};
    assert.equal(failure?.reason === 'gate_red' && failure.timedOut, true);
  });

  it('has no terminal to ask at and no colours', async () => {
    workspace = new Workspace({
      specs: {
        S: { keys: { gate: ['test ! -t 0 && test "$CI$NO_COLOR$TERM" = true1dumb && test "$ORCHESTRA_ROLE" = gate'] } },
      },
    });
    const run = await workspace.runToEnd();
    assert.deepEqual(run.outcome(), { S: 'completed 1' });
  });

  it('passes a spec that may change nothing and does not', async () => {
    workspace = new Workspace({
      specs: { EMPTY: { script: 'true', keys: { allow_empty: true } }, NEXT: { after: ['EMPTY'] } },
    });
    const run = await workspace.runToEnd();
    assert.deepEqual(run.outcome(), { EMPTY: 'completed 1', NEXT: 'completed 1' });
  });
});

describe('specs that touch the same files', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('never run at the same time, and keep nobody else from running', async () => {
    workspace = new Workspace({
      specs: {
        ONE: { keys: { touches: ['src/**'] }, script: 'await go; echo 1 >1.txt' },
        TWO: { keys: { touches: ['src/lib/*.ts'] } },
        FREE: { keys: { touches: ['docs/**'] } },
      },
    });
    const run = await workspace.start();
    await run.event('session_ended', ({ session }) => session === run.session('FREE'));
    await workspace.noted('ONE', 'start');
    assert.equal(run.outcome()['TWO'], 'pending 0');
    workspace.go('go');
    await workspace.finish(run);
    const order = run.entries.flatMap(({ event }) =>
      event.type === 'attempt_started' || event.type === 'session_ended'
        ? [`${event.session.split('/')[1]} ${event.type}`]
        : [],
    );
    assert.ok(order.indexOf('TWO attempt_started') > order.indexOf('ONE session_ended'), order.join('\n'));
  });
});
