import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock.ts';
import { fail, ok } from '../../../src/base/result.ts';
import { applyEntry } from '../../../src/engine/core/apply.ts';
import type { RunState } from '../../../src/engine/core/run-state.ts';
import type { RunId } from '../../../src/engine/model/ids.ts';
import type { RunEvent } from '../../../src/engine/model/run-event.ts';
import { performEffect, type EffectParts } from '../../../src/engine/runtime/loop/perform-effect.ts';
import type { RunRecords, RunWorkspace } from '../../../src/engine/runtime/ports.ts';
import { RunLoop } from '../../../src/engine/runtime/loop/run-loop.ts';
import {
  collected,
  exited,
  exitedWell,
  mergePrepared,
  plainSettings,
  sessionId,
  spec,
  started,
  worktreeReady,
} from '../core/core-fixture.ts';

/** The journal of a run whose only session is about to be merged. */
const beginning: readonly RunEvent[] = [
  {
    type: 'run_started',
    runId: 'run' as RunId,
    base: { commit: 'base' },
    integrationBranch: 'orchestra/run/_integration',
    specs: [spec({ id: 'A', gate: [] })],
    settings: plainSettings,
  },
  { type: 'attempt_started', session: sessionId('A'), attempt: 1, cause: 'first' },
  worktreeReady('A'),
  started('A', 'A.a1'),
  exited('A', 'A.a1', exitedWell),
  collected('A'),
  { type: 'merge_started', session: sessionId('A') },
  mergePrepared('A', false),
];

describe('a merge that keeps failing', () => {
  it('stops the run here with one critical escalation, and going on is its answer', async () => {
    let state: RunState | undefined;
    const entry = (event: RunEvent) => ({ seq: (state?.seq ?? 0) + 1, t: 0, at: 'now', event });
    for (const event of beginning) state = applyEntry(state, entry(event));
    assert.ok(state);
    const journal = { append: entry, flushed: () => Promise.resolve(ok(undefined)), close: () => Promise.resolve() };
    const loop = new RunLoop({
      ...{ state, journal, untold: [], clock: systemClock, monitorIntervalMs: 1_000, isCurrent: () => true },
    });
    let merges = 0;
    const written: unknown[] = [];
    const parts = {
      loop,
      redact: (text: string) => text,
      pause: () => new Promise<void>((resolve) => void setImmediate(resolve)),
      workspace: {
        merge: () => {
          merges += 1;
          return Promise.resolve(fail({ reason: 'workspace', message: 'the ref is locked' }));
        },
      } as unknown as RunWorkspace,
      records: {
        writeEscalation: (escalation: unknown) => {
          written.push(escalation);
          return Promise.resolve(ok('.orchestra/escalations/RUN-critical.json'));
        },
      } as unknown as RunRecords,
    } as unknown as EffectParts;
    loop.start((effect, durable) => performEffect(effect, parts, durable), {
      poll: () => Promise.resolve(),
      dispose: () => undefined,
    });
    const message = 'A could not be merged: The worktree could not be handled: the ref is locked';
    assert.deepEqual(await loop.ended, { kind: 'broken', failure: { reason: 'workspace', message } });
    assert.ok(merges >= 3, String(merges));
    assert.deepEqual(written, [{ session: 'run', spec: 'RUN', level: 'Critical', reason: message, timestamp: 'now' }]);
    assert.equal(state.sessions.get(sessionId('A'))?.phase.kind, 'merging');
    assert.deepEqual(
      [...state.escalations.values()].map(({ kind, open }) => ({ kind, open })),
      [{ kind: 'run', open: true }],
    );
    applyEntry(state, entry({ type: 'run_resumed', holder: 'cli' }));
    assert.deepEqual(
      [...state.escalations.values()].map(({ open }) => open),
      [false],
    );
  });
});
