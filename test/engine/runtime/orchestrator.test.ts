import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunHandle } from '../../../src/engine/model/engine-api.ts';
import type { SpecId } from '../../../src/engine/model/ids.ts';
import type { RunEvent } from '../../../src/engine/model/run-event.ts';
import { Orchestrator } from '../../../src/engine/runtime/orchestrator.ts';
import { processIsAlive } from '../../../src/engine/terminal/process-tree.ts';
import { until } from '../../rig/until.ts';
import { refusal, value, Workspace } from '../../rig/workspace.ts';
import type { WatchedRun } from '../../rig/watched-run.ts';

describe('the Orchestrator of a run', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  const orchestratorOf = ({ feed }: WatchedRun<RunHandle>): Orchestrator => {
    assert.ok(feed instanceof Orchestrator);
    return feed;
  };

  it('has its sessions by id, the graph of what they need, and its configuration', async () => {
    workspace = new Workspace({
      specs: { A: {}, B: { after: ['A'] }, C: { after: ['A', 'B'] } },
      config: { orchestrator: { max_parallel: 3 } },
    });
    const run = await workspace.start();
    const orchestrator = orchestratorOf(run);
    assert.deepEqual(
      [...orchestrator.sessions].map(([id, session]) => [id, session.id, session.spec.id]),
      ['A', 'B', 'C'].map((id) => [run.session(id), run.session(id), id]),
    );
    const graph = [
      ['A', []],
      ['B', ['A']],
      ['C', ['A', 'B']],
    ];
    assert.deepEqual([...orchestrator.dependencyGraph.nodes], graph);
    assert.deepEqual(value(orchestrator.dependencyGraph.topologicalSort()), ['A', 'B', 'C']);
    assert.deepEqual([orchestrator.config.maxParallel, orchestrator.config.mode], [3, 'auto']);
    assert.deepEqual(orchestrator.registerSpec('B' as SpecId), { ok: true, value: undefined });
    assert.deepEqual([...orchestrator.dependencyGraph.nodes], graph, 'registering again changes nothing');
    await workspace.finish(run);
  });

  it('starts a session as a real process, and says of another one what it waits for', async () => {
    workspace = new Workspace({ specs: { A: { script: 'await a; echo a >a.txt' }, B: { after: ['A'] } } });
    const run = await workspace.start();
    const orchestrator = orchestratorOf(run);
    // The loop looks for requests on the disk before it decides anything, so nothing has started by itself yet.
    assert.equal(orchestrator.sessions.get(run.session('A'))?.attempt, 0);
    const [a, b, nobody] = await Promise.all(
      ['A', 'B', 'NOBODY'].map((id) => orchestrator.startSession(run.session(id))),
    );
    assert.deepEqual(a, { ok: true, value: undefined });
    assert.deepEqual(b, {
      ok: false,
      failure: { reason: 'refused', message: 'B cannot start now: it waits for A.' },
    });
    assert.equal(nobody && refusal(nobody).reason, 'unknown_session');
    const { pid } = await workspace.noted('A', 'start');
    const { pid: recorded } = await run.event('terminal_started');
    assert.deepEqual([recorded, processIsAlive(pid, '')], [pid, true]);
    assert.equal(refusal(await orchestrator.startSession(run.session('A'))).reason, 'refused');
    workspace.go('a');
    await workspace.finish(run);
    assert.deepEqual(run.outcome(), { A: 'completed 1', B: 'completed 1' });
  });

  it('starts each session, agent and all, within 500 ms of being ready', async () => {
    const ids = ['A', 'B', 'C', 'D', 'E'];
    const after = (id: string): string | undefined => ids[ids.indexOf(id) - 1];
    const specs = ids.map((id) => [id, { after: [after(id) ?? []].flat() }] as const);
    // Within a minute no tick helps.
    workspace = new Workspace({
      specs: Object.fromEntries(specs),
      config: { orchestrator: { monitor_interval: '1m' } },
    });
    const run = await workspace.runToEnd();
    const entries = await workspace.journal(run.id);
    const timeOf = (type: RunEvent['type'], id?: string): number => {
      const found = entries.find(
        ({ event }) =>
          event.type === type && (id === undefined || ('session' in event && event.session === run.session(id))),
      );
      assert.ok(found, `${type} of ${id}`);
      return Date.parse(found.at);
    };
    const delays = ids.map((id) => {
      const needed = after(id);
      const ready = needed === undefined ? timeOf('run_started') : timeOf('session_ended', needed);
      return { start: timeOf('attempt_started', id) - ready, launch: timeOf('terminal_started', id) - ready };
    });
    const words = JSON.stringify(delays);
    for (const { start } of delays) assert.ok(start < 500, words);
    const launches = delays.map(({ launch }) => launch).sort((a, b) => a - b);
    // The median: a busy machine may hold one process back.
    assert.ok((launches[2] ?? Infinity) < 500, words);
  });

  it('escalates on three levels, each to its file, to the root session and to the person', async () => {
    workspace = new Workspace({ specs: { A: { script: 'await a; echo a >a.txt' } } });
    const run = await workspace.start();
    const orchestrator = orchestratorOf(run);
    const session = run.session('A');
    await workspace.noted('A', 'start');
    const raised = [
      orchestrator.escalate(session, 'It went wrong.'),
      orchestrator.escalate(session, 'It may go wrong.', 'Warning'),
      orchestrator.escalate(session, 'Nothing can go on.', 'Critical'),
    ];
    await until('the person is told of all', () => run.announced.length === raised.length);
    assert.deepEqual(run.announced.toSorted(), raised);

    const received = run.feed.view().escalations;
    const words = [
      ['Error', 'It went wrong.'],
      ['Warning', 'It may go wrong.'],
      ['Critical', 'Nothing can go on.'],
    ] as const;
    const files = words.map(([level]) => `A-${level.toLowerCase()}.json`);
    assert.deepEqual(
      received,
      words.map(([level, reason], index) => ({
        ...{ id: raised[index], session, specId: 'A', level, kind: 'failure', reason, open: true },
        ...{ file: `.orchestra/escalations/${files[index]}`, at: received[index]?.at },
      })),
    );
    const logs = words.map(([level, reason], index) => [
      files[index],
      { session_id: session, level, reason, timestamp: received[index]?.at },
    ]);
    assert.deepEqual(workspace.escalationFiles(), Object.fromEntries(logs));
    const watched = value(await workspace.engine().watch(run.id));
    assert.deepEqual(watched.view().escalations, received, 'the root session outlives its process');
    watched.dispose();
    workspace.go('a');
    await workspace.finish(run);
  });

  it('follows a completion with the next session and with tidying, and keeps everything of a failure', async () => {
    workspace = new Workspace({
      specs: { GOOD: {}, BAD: { script: 'echo half >half.txt; exit 3' }, NEXT: { after: ['GOOD'] } },
    });
    const run = await workspace.start();
    const orchestrator = orchestratorOf(run);
    const handled: string[] = [];
    const completed = orchestrator.onSessionCompleted.bind(orchestrator);
    const failed = orchestrator.onSessionFailed.bind(orchestrator);
    orchestrator.onSessionCompleted = (id) => {
      handled.push(`${id} completed`);
      return completed(id);
    };
    orchestrator.onSessionFailed = (id, failure) => {
      handled.push(`${id} failed: ${failure?.reason}`);
      return failed(id, failure);
    };
    await workspace.finish(run);
    assert.deepEqual(
      handled.toSorted(),
      ['BAD failed: agent_exit', 'GOOD completed', 'NEXT completed'].map((line) => `${run.id}/${line}`),
    );
    assert.deepEqual(run.outcome(), { GOOD: 'completed 1', BAD: 'failed 1 agent_exit', NEXT: 'completed 1' });
    const kept = run.feed.view().sessions.map(({ spec, worktree = '' }) => [spec.id, existsSync(worktree)]);
    assert.deepEqual(Object.fromEntries(kept), { GOOD: false, BAD: true, NEXT: false });
    const { worktree = '' } = run.feed.view().sessions.find(({ spec }) => spec.id === 'BAD') ?? {};
    assert.equal(readFileSync(join(worktree, 'half.txt'), 'utf8'), 'half\n');
  });
});
