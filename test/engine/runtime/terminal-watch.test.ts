import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock.ts';
import { Emitter } from '../../../src/base/emitter.ts';
import { fail, ok } from '../../../src/base/result.ts';
import { applyEntry } from '../../../src/engine/core/apply.ts';
import type { RunState } from '../../../src/engine/core/run-state.ts';
import type { RunId, SessionId, SpecId, TerminalId } from '../../../src/engine/model/ids.ts';
import type { RunEvent } from '../../../src/engine/model/run-event.ts';
import type { TerminalExit, TerminalSignal } from '../../../src/engine/model/terminal.ts';
import { performEffect, type EffectParts } from '../../../src/engine/runtime/loop/perform-effect.ts';
import type { RunRecords, RunTerminals, RunWorkspace } from '../../../src/engine/runtime/ports.ts';
import { RunLoop } from '../../../src/engine/runtime/loop/run-loop.ts';
import { TerminalWatch } from '../../../src/engine/runtime/loop/terminal-watch.ts';
import { drivers } from '../../../src/engine/agents/drivers.ts';

const session = 'run/S' as SessionId;
const terminal = 'S.a1' as TerminalId;
const exit: TerminalExit = { reason: 'exited', exitCode: 0, bytes: 0, redactions: 0, survivors: [] };

const beginning: readonly RunEvent[] = [
  {
    type: 'run_started',
    runId: 'run' as RunId,
    base: { commit: 'c' },
    integrationBranch: 'b',
    specs: [
      {
        ...{ id: 'S' as SpecId, title: 'S', file: 'specs/S.md', hash: '', dependsOn: [], selected: true },
        ...{ strategy: 'solo', agent: 'a', gate: [], touches: [], timeoutMs: 60_000, estimateMs: 1, criticalMs: 1 },
        allowEmpty: false,
      },
    ],
    settings: {
      ...{ maxParallel: 1, maxTerminals: 1, mode: 'auto', killGraceMs: 1, gateTimeoutMs: 1, hostIdleMs: 1 },
      retry: { attempts: 1, delayMs: 0, runBudget: 0, mergeRework: 0 },
      agents: { a: { name: 'a', driver: 'command', command: ['true'], args: [], env: [] } },
      workspace: { copy: [], link: [], setup: [] },
      terminal: { columns: 80, rows: 24, scrollback: 10 },
      redaction: { patterns: [], env: [] },
    },
  },
  { type: 'attempt_started', session, attempt: 1, cause: 'first' },
  { type: 'worktree_ready', session, path: '/', branch: 'b', baseCommit: 'c' },
];

/** A run whose only session is about to launch its agent, with ports that do nothing but what a test gives them. */
function arrange(terminals: Partial<RunTerminals>) {
  let state: RunState | undefined;
  const entry = (event: RunEvent) => ({ seq: (state?.seq ?? 0) + 1, t: 0, at: '', event });
  for (const event of beginning) state = applyEntry(state, entry(event));
  assert.ok(state);
  const recorded: RunEvent[] = [];
  const journal = {
    append(event: RunEvent) {
      recorded.push(event);
      return entry(event);
    },
    flushed: () => Promise.resolve(ok(undefined)),
    close: () => Promise.resolve(),
  };
  const loop = new RunLoop({
    ...{ state, journal, untold: [], clock: systemClock, monitorIntervalMs: 1000 },
    isCurrent: () => true,
  });
  const signals = new Emitter<TerminalSignal>();
  const host = { onSignal: signals.event, onLost: new Emitter<void>().event, ...terminals } as RunTerminals;
  const file = (name: string): string => name;
  const records = {
    ...{ promptFile: file, questionFile: file, specFile: file, transcriptFile: file, exitFile: file },
    writePrompt: () => Promise.resolve(),
    readText: () => Promise.resolve(undefined),
    addEvidence: () => Promise.resolve(),
  } as unknown as RunRecords;
  const watch = new TerminalWatch({ loop, terminals: host, records, redact: (text) => text });
  let pauses = 0;
  const parts: EffectParts = {
    ...{ loop, terminals: host, records, watch, drivers, environment: {}, execPath: '', distFolder: '' },
    workspace: { environment: {} } as RunWorkspace,
    platform: 'linux',
    redact: (text) => text,
    pause: () => Promise.resolve(void (pauses += 1)),
  };
  const launch = () =>
    performEffect({ kind: 'launch', id: 'x', session, terminal, role: 'agent', index: 0 }, parts, () =>
      Promise.resolve(true),
    );
  return { signals, recorded, launch, pauses: () => pauses };
}

describe('what a terminal tells before its start was recorded', () => {
  it('is kept and recorded after it, in order', async () => {
    const rig = arrange({
      spawn: () => {
        rig.signals.fire({ type: 'status', id: terminal, status: { state: 'blocked', kind: 'question' } });
        rig.signals.fire({ type: 'exited', id: terminal, exit });
        return Promise.resolve(ok({ id: terminal, pid: 7, startTime: '1' }));
      },
    });
    await rig.launch();
    assert.deepEqual(
      rig.recorded.map(({ type }) => type),
      ['terminal_started', 'program_status', 'terminal_exited'],
    );
  });
});

describe('a launch that the host could not answer because it is gone', () => {
  it('is no failure of the session: it pauses and is named again', async () => {
    const gone = fail({ reason: 'connection_lost', message: 'gone' });
    const ended: unknown[] = [];
    const rig = arrange({
      spawn: () => Promise.resolve(gone),
      list: () => Promise.resolve(ok([])),
      endLeftovers: (what) => Promise.resolve([ended.push(what)]),
    });
    await rig.launch();
    assert.deepEqual([rig.recorded, rig.pauses()], [[], 1]);
    assert.deepEqual(ended, [{ id: terminal, pid: 0, startTime: '' }], 'what the old host may have started is ended');
  });

  it('is a failure of the workspace when the host refuses it for good', async () => {
    const refused = fail({ reason: 'bad_request', message: 'A pattern is wrong.' });
    const rig = arrange({ spawn: () => Promise.resolve(refused) });
    await rig.launch();
    assert.deepEqual(rig.recorded, [
      { type: 'step_failed', session, failure: { reason: 'workspace', message: 'A pattern is wrong.' } },
    ]);
  });
});
