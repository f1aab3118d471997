import assert from 'node:assert/strict';
import type { RunEntry } from '../../../src/engine/model/run-event.ts';
import { Workspace, type SpecShape } from '../../rig/workspace.ts';

const script = [
  'test -t 0 && note terminal',
  'for needed in $(sed -n "s/^Needs: //p" "$ORCHESTRA_SPEC_FILE"); do test -e "$needed.txt" || note "misses-$needed"; done',
  'echo "$ORCHESTRA_SPEC_ID" >"$ORCHESTRA_SPEC_ID.txt"',
].join('\n');

/** An uneven diamond (A over a long and a short way to F) and a fan of six that meets in M. */
const needs: Readonly<Record<string, readonly string[]>> = {
  A: [],
  B: ['A'],
  C: ['A'],
  D: ['B'],
  E: ['D'],
  F: ['C', 'E'],
  G: ['F'],
  H: ['F'],
  I: ['F'],
  J: ['F'],
  K: ['F'],
  L: ['F'],
  M: ['G', 'H', 'I', 'J', 'K', 'L'],
};

const specs = Object.fromEntries(
  Object.entries(needs).map(([id, after]): [string, SpecShape] => [
    id,
    { after, script, body: after.map((needed) => `Needs: ${needed}`).join('\n') },
  ]),
);

describe('thirteen specs in an uneven diamond and a fan', () => {
  let workspace: Workspace;
  let entries: readonly RunEntry[];
  let runId: string;

  before(async () => {
    // Within a minute no tick helps: whatever starts, starts because of what happened.
    workspace = new Workspace({ specs, config: { orchestrator: { max_parallel: 3, monitor_interval: '1m' } } });
    const run = await workspace.runToEnd();
    assert.equal(run.feed.view().result, 'completed');
    runId = run.id;
    entries = await workspace.journal(runId);
  });
  after(() => workspace.dispose());

  const spec = (session: string): string => session.slice(session.indexOf('/') + 1);
  const seqOf = (type: 'attempt_started' | 'session_ended', id: string): number => {
    const found = entries.filter(({ event }) => event.type === type && spec(event.session) === id);
    assert.equal(found.length, 1, `${type} of ${id}`);
    return found[0]?.seq ?? 0;
  };

  it('starts each after all its dependencies, whose files it finds', () => {
    for (const [id, after] of Object.entries(needs)) {
      for (const needed of after) assert.ok(seqOf('session_ended', needed) < seqOf('attempt_started', id));
    }
    assert.deepEqual(
      workspace.notes().filter(({ word }) => word.startsWith('misses')),
      [],
    );
  });

  it('starts one in the very entries that follow what it waited for, a dependency or a slot', () => {
    let running = 0;
    const waiting = new Set(Object.keys(needs));
    const ended = new Set<string>();
    for (const { event, seq } of entries) {
      const ready = [...waiting].filter((id) => needs[id]?.every((needed) => ended.has(needed)));
      // A free slot beside ready work may only be seen among conclusions that are recorded in one go.
      if (!['run_started', 'attempt_started', 'session_ended', 'merge_started'].includes(event.type)) {
        assert.ok(running === 3 || ready.length === 0, `slots are free before entry ${seq} (${event.type})`);
      }
      if (event.type === 'attempt_started') {
        running += 1;
        waiting.delete(spec(event.session));
      }
      if (event.type === 'session_ended') {
        running -= 1;
        ended.add(spec(event.session));
      }
    }
  });

  it('never runs more than three', () => {
    let running = 0;
    let most = 0;
    for (const { event } of entries) {
      if (event.type === 'attempt_started') running += 1;
      if (event.type === 'session_ended') running -= 1;
      most = Math.max(most, running);
    }
    assert.equal(most, 3);
  });

  it('gives each agent a terminal as its standard input', () => {
    const terminals = workspace.notes().filter(({ word }) => word === 'terminal');
    assert.deepEqual(terminals.map((note) => note.spec).sort(), Object.keys(needs));
  });

  it('brings all of it together on the branch of the run', () => {
    assert.deepEqual(
      workspace.mergedFiles(runId),
      Object.keys(needs).map((id) => `${id}.txt`),
    );
  });
});
