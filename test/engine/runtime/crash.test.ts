import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import type { RunHandle } from '../../../src/engine/model/engine-api.ts';
import type { RunEvent } from '../../../src/engine/model/run-event.ts';
import { processIsAlive } from '../../../src/engine/terminal/process-tree.ts';
import { OrchestratorProcess } from '../../rig/orchestrator-process.ts';
import { Workspace, type SpecShape } from '../../rig/workspace.ts';
import type { WatchedRun } from '../../rig/watched-run.ts';

const gate = ['while [ -e "$HOME/outside/hold-gate" ]; do sleep 0.02; done'];
const chain: Readonly<Record<string, SpecShape>> = {
  A: { keys: { gate } },
  B: { after: ['A'], script: 'await b; echo b >B.txt', keys: { gate } },
  C: { after: ['B'] },
  LONG: { script: 'await long; echo long >LONG.txt' },
};
const allCompleted = { A: 'completed 1', B: 'completed 1', C: 'completed 1', LONG: 'completed 1' };

interface Moment {
  readonly name: string;
  readonly reached: (event: RunEvent) => boolean;
  readonly prepare?: (workspace: Workspace) => void;
  readonly release?: readonly string[];
}

const isOf = (spec: string, event: { readonly session: string }): boolean => event.session.endsWith(`/${spec}`);

const moments: readonly Moment[] = [
  { name: 'when the run has begun', reached: ({ type }) => type === 'run_started' },
  {
    name: 'while agents work',
    reached: (event) => event.type === 'terminal_started' && isOf('B', event),
  },
  {
    name: 'while a gate runs',
    prepare: (workspace) => workspace.go('hold-gate'),
    reached: (event) => event.type === 'terminal_started' && event.role === 'gate',
  },
  { name: 'while something is merged', reached: (event) => event.type === 'merge_prepared' && isOf('A', event) },
  { name: 'when a session has been accepted', reached: (event) => event.type === 'session_ended' && isOf('A', event) },
];

describe('kill -9 of the orchestrator', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  /** Goes on in this process, lets everything finish, and asserts that nothing was done twice. */
  async function resumeToEnd(): Promise<WatchedRun<RunHandle>> {
    const run = await workspace.resume();
    workspace.remove('hold-gate');
    workspace.go('b');
    workspace.go('long');
    await workspace.finish(run);
    assert.equal(run.feed.view().result, 'completed');
    assert.deepEqual(workspace.mergedFiles(run.id), ['A.txt', 'B.txt', 'C.txt', 'LONG.txt']);
    return run;
  }

  for (const { name, reached, prepare } of moments) {
    it(`${name}: the resumed run completes and nothing is run twice`, async () => {
      workspace = new Workspace({ specs: chain });
      prepare?.(workspace);
      const orchestrator = new OrchestratorProcess(workspace, {});
      const { seq } = await orchestrator.entry(name, reached);
      await orchestrator.kill();
      const before = await workspace.journal(orchestrator.run ?? '');
      assert.ok(before.length >= seq, 'what was told is on disk');
      const alive = workspace.notes().filter(({ word, pid }) => word === 'start' && processIsAlive(pid, ''));

      const run = await resumeToEnd();
      assert.deepEqual(run.outcome(), allCompleted);
      for (const spec of Object.keys(chain)) assert.equal(workspace.launches(spec), 1, `${spec} was launched once`);
      for (const { spec, pid } of alive) {
        const record = run.feed.view().sessions.find((session) => session.spec.id === spec)?.terminals[0];
        assert.equal(record?.pid, pid, `${spec} is the process that it was`);
      }
      const accepted = run.entries.filter(({ event }) => event.type === 'session_ended' && isOf('A', event));
      const wasAccepted = before.some(({ event }) => event.type === 'session_ended' && isOf('A', event));
      assert.equal(accepted.length, wasAccepted ? 0 : 1);
    });
  }

  it('again and again, at any moment: the run completes and every agent was launched once', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    let state = seed;
    const random = (): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff;
      return state / 0x7f_ff_ff_ff;
    };
    workspace = new Workspace({ specs: { ...chain, D: { after: ['C', 'LONG'] }, E: { after: ['A'] } } });
    workspace.go('b');
    workspace.go('long');
    const kills: number[] = [];
    let run: string | undefined;
    for (let round = 0; round < 8; round += 1) {
      const orchestrator = new OrchestratorProcess(workspace, run === undefined ? {} : { resume: { run } });
      // After so many entries of its own, the last time after all of them.
      const entries = round === 7 ? Infinity : 1 + Math.floor(random() * 14);
      const over = orchestrator.exited();
      await Promise.race([over, orchestrator.count(entries)]);
      await orchestrator.kill();
      run ??= orchestrator.run;
      kills.push(entries);
      assert.equal(orchestrator.failure, undefined, `seed ${seed}, kills after ${kills.join(', ')}`);
      if (orchestrator.end?.kind === 'finished') break;
    }
    const watched = (await workspace.engine().watch(run)) as { readonly ok: true; readonly value: RunHandle };
    const view = watched.value.view();
    watched.value.dispose();
    assert.equal(view.result, 'completed', `seed ${seed}, kills after ${kills.join(', ')}`);
    for (const { spec } of view.sessions) {
      assert.equal(workspace.launches(spec.id), 1, `${spec.id}, seed ${seed}, kills after ${kills.join(', ')}`);
    }
    await workspace.assertNothingRuns();
    workspace.assertCheckoutUnchanged();
  }).timeout(60_000);

  it('with the terminal host: what was lost is tried again, and its remains are ended', async () => {
    workspace = new Workspace({
      specs: {
        ...chain,
        LONG: { script: 'trap "" HUP; note deaf; await long; echo long >LONG.txt' },
      },
      config: { orchestrator: { retry: { attempts: 2, delay: '0s' } } },
    });
    const orchestrator = new OrchestratorProcess(workspace, {});
    const { pid } = await workspace.noted('LONG', 'deaf');
    await orchestrator.entry('A is accepted', (event) => event.type === 'session_ended' && isOf('A', event));
    await orchestrator.kill();
    workspace.killHost();
    const run = await resumeToEnd();
    assert.equal(run.outcome()['LONG'], 'completed 2');
    assert.equal(run.outcome()['A'], 'completed 1');
    assert.equal(workspace.launches('A'), 1);
    assert.equal(processIsAlive(pid, ''), false);
    const lost = run.events('attempt_ended').map(({ failure }) => failure.reason);
    assert.ok(lost.length > 0 && lost.every((reason) => reason === 'agent_lost'), lost.join());
  });

  it('with the terminal host before a start was recorded: what lives of it is ended before it is launched again', async () => {
    workspace = new Workspace({
      specs: { LONG: { script: 'trap "" HUP; note deaf; await long; echo long >LONG.txt' } },
    });
    const orchestrator = new OrchestratorProcess(workspace, {});
    const { pid } = await workspace.noted('LONG', 'deaf');
    await orchestrator.entry('LONG works', ({ type }) => type === 'terminal_started');
    await orchestrator.kill();
    workspace.killHost();
    const { journal } = workspace.run(orchestrator.run ?? '');
    const [unstarted = ''] = readFileSync(journal, 'latin1').split(/^.*"terminal_started"/m);
    truncateSync(journal, unstarted.length);
    const run = await workspace.resume();
    await run.event('terminal_started');
    assert.equal(processIsAlive(pid, ''), false);
    workspace.go('long');
    await workspace.finish(run);
    assert.equal(run.outcome()['LONG'], 'completed 1');
  });

  it('in the middle of a line of the journal: the half line is cut off with a warning', async () => {
    workspace = new Workspace({ specs: chain });
    const orchestrator = new OrchestratorProcess(workspace, {});
    await orchestrator.entry('LONG works', (event) => event.type === 'terminal_started' && isOf('LONG', event));
    await orchestrator.kill();
    appendFileSync(workspace.run(orchestrator.run ?? '').journal, '{"seq":999,"t":12,"at":"2026-01-0');
    const run = await resumeToEnd();
    assert.deepEqual(run.outcome(), allCompleted);
    assert.equal(workspace.launches('LONG'), 1);
    assert.ok(
      workspace.warnings.some((warning) => warning.includes('was never finished')),
      workspace.warnings.join('\n'),
    );
  });
});

describe('the terminal host', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('that is killed under a living orchestrator takes its agents along, and the run goes on with another', async () => {
    workspace = new Workspace({
      specs: { S: { script: 'await s; echo s >s.txt' }, T: { script: 'await s; echo t >t.txt' } },
      config: { orchestrator: { retry: { attempts: 2, delay: '0s', run_budget: 1 } } },
    });
    const run = await workspace.start();
    await Promise.all([workspace.noted('S', 'start'), workspace.noted('T', 'start')]);
    const host = workspace.killHost();
    workspace.go('s');
    await workspace.finish(run);
    // The budget of the whole run is one retry.
    assert.deepEqual(Object.values(run.outcome()).sort(), ['completed 2', 'failed 1 agent_lost']);
    assert.notEqual(workspace.hostPid, host);
  });
});

describe('a full disk', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('ends the run as broken, agents live on, and it can be resumed when there is room again', async () => {
    const quick = Array.from({ length: 8 }, (_, index) => `Q${index}`);
    workspace = new Workspace({
      specs: {
        LONG: { script: 'await long; echo long >LONG.txt' },
        ...Object.fromEntries(quick.map((id) => [id, { script: 'exit 1' }])),
      },
      config: { orchestrator: { max_parallel: 2 } },
    });
    const orchestrator = new OrchestratorProcess(workspace, {}, 12);
    await orchestrator.exited();
    assert.deepEqual(orchestrator.end?.kind === 'broken' && orchestrator.end.failure.reason, 'store');
    const { pid } = await workspace.noted('LONG', 'start');
    assert.equal(processIsAlive(pid, ''), true);
    const run = await workspace.resume();
    workspace.go('long');
    await workspace.finish(run);
    assert.equal(run.outcome()['LONG'], 'completed 1');
    assert.equal(workspace.launches('LONG'), 1);
    for (const id of quick) assert.equal(workspace.launches(id), 1);
  });
});
