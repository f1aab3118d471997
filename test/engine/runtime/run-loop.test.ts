import assert from 'node:assert/strict';
import { ok } from '../../../src/base/result.ts';
import { applyEntry } from '../../../src/engine/core/apply.ts';
import type { RunId } from '../../../src/engine/model/ids.ts';
import type { RunEntry, RunEvent } from '../../../src/engine/model/run-event.ts';
import type { RequestSource, RunJournal } from '../../../src/engine/runtime/ports.ts';
import { RunLoop, type PerformEffect } from '../../../src/engine/runtime/loop/run-loop.ts';
import { FakeClock } from '../../rig/fake-clock.ts';
import { exited, exitedWell, plainSettings, spec, started, worktreeReady } from '../core/core-fixture.ts';

describe('the monitor loop', () => {
  it('looks at all sessions at each tick, notices by itself whose time is up, and stops with the run', async () => {
    const clock = new FakeClock();
    const entries: RunEntry[] = [];
    const journal: RunJournal = {
      append(event, t) {
        const entry = { seq: entries.length + 1, t, at: '2026-01-01T00:00:00Z', event };
        entries.push(entry);
        return entry;
      },
      flushed: () => Promise.resolve(ok(undefined)),
      close: () => Promise.resolve(),
    };
    const first = journal.append(
      {
        type: 'run_started',
        runId: 'run' as RunId,
        base: { commit: 'base' },
        integrationBranch: 'orchestra/run',
        specs: [spec({ id: 'A', timeoutMs: 2_100 }), spec({ id: 'B', timeoutMs: 2_900 }), spec({ id: 'C' })],
        settings: plainSettings,
      },
      0,
    );
    const state = applyEntry(undefined, first);
    const loop = new RunLoop({
      ...{ state, journal, clock, untold: [first], monitorIntervalMs: 1_000, isCurrent: () => true },
    });
    let polls = 0;
    const requests: RequestSource = {
      poll: () => Promise.resolve(void (polls += 1)),
      dispose: () => undefined,
    };
    loop.start(worldOf(loop), requests);
    const seen = (type: RunEvent['type']): readonly string[] =>
      entries.flatMap(({ event, t }) =>
        event.type === type && 'session' in event ? [`${event.session} at ${t}`] : [],
      );
    const pass = async (ms: number): Promise<void> => {
      clock.advance(ms);
      await turn();
    };
    await turn();
    assert.deepEqual(seen('terminal_started'), ['run/A at 0', 'run/B at 0', 'run/C at 0']);

    await pass(1_000);
    await pass(1_000);
    await pass(999);
    assert.deepEqual(seen('deadline_passed'), [], 'two are overdue, and nobody has looked since 2000 ms');
    await pass(1);
    assert.deepEqual(seen('deadline_passed'), ['run/A at 3000', 'run/B at 3000']);
    assert.deepEqual(seen('session_ended'), ['run/A at 3000', 'run/B at 3000']);
    assert.equal(polls, 4, 'once at the start and at each tick');

    await pass(7_000);
    assert.deepEqual(seen('deadline_passed').slice(2), ['run/C at 10000']);
    assert.deepEqual(await loop.ended, { kind: 'finished', result: 'failed' });
    assert.equal(clock.pending, 0);
  });
});

/** Agents that start at once, work for ever and die when they are killed. */
function worldOf(loop: RunLoop): PerformEffect {
  return (effect) => {
    const idOf = (session: string): string => session.slice('run/'.length);
    if (effect.kind === 'prepare_worktree') loop.append(worktreeReady(idOf(effect.session)));
    if (effect.kind === 'launch') loop.append(started(idOf(effect.session), effect.terminal));
    if (effect.kind === 'kill') {
      loop.append(exited(idOf(effect.session), effect.terminal, { ...exitedWell, reason: 'killed' }));
    }
    if (effect.kind === 'deliver_escalation') {
      loop.append({ type: 'escalation_delivered', id: effect.escalation, file: 'file', at: '' });
    }
    return Promise.resolve();
  };
}

/** Lets everything happen that waits for nothing but its turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
