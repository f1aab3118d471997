import assert from 'node:assert/strict';
import { criticalPath, graphState } from '../../../src/extension/panel/graph-state.ts';
import { english } from '../../../src/extension/text/language.ts';
import { escalationView, runView, sessionView, terminalView } from '../views.ts';

describe('the Graph page', () => {
  it('marks the longest chain as critical', () => {
    const sessions = [
      sessionView('A', [], { criticalMs: 3000 }),
      sessionView('X', [], { criticalMs: 1000 }),
      sessionView('B', ['A'], { criticalMs: 2000 }),
      sessionView('C', ['A', 'X'], { criticalMs: 500 }),
      sessionView('D', ['B'], { criticalMs: 1000 }),
    ];
    assert.deepEqual(criticalPath(sessions.map(({ spec }) => spec)), ['A', 'B', 'D']);
    assert.deepEqual(criticalPath([]), []);
  });

  it('tells everything of a session in the words of the person', () => {
    const session = sessionView('A', ['Z'], {
      ...{ status: 'failed', step: 'ended', attempts: 2, progress: 60, durationMs: 4000, branch: 'orchestra/1/A' },
      failure: { reason: 'agent_exit', exitCode: 3 },
      terminals: [
        terminalView('A.a1', {
          status: 'exited',
          exit: { reason: 'exited', exitCode: 3, bytes: 1, redactions: 0, survivors: [] },
        }),
      ],
    });
    const run = runView([session], {
      result: 'failed',
      escalations: [escalationView('esc-1', 'A', 'failure'), escalationView('esc-2', 'A', 'retry', { open: false })],
    });
    assert.deepEqual(graphState(run, english), {
      ...{ runId: run.runId, icon: 'error', word: 'failed', summary: '0/1 specs · 5 s', escalations: [] },
      nodes: [
        {
          ...{ id: 'A', session: session.id, title: 'Title A', status: 'failed', icon: 'error', word: 'failed' },
          ...{ step: 'ended', progress: 60, attempts: 2, dependsOn: ['Z'], critical: true },
          ...{ failure: 'The agent ended with exit code 3.', branch: 'orchestra/1/A', duration: '4 s' },
          terminals: [
            {
              ...{ id: 'A.a1', icon: 'error', word: 'ended with an error' },
              ...{ evidence: 'process 77 lives', role: 'agent', live: false },
            },
          ],
          escalations: [{ id: 'esc-1', kind: 'failure', title: 'Failed', reason: 'reason of esc-1' }],
        },
      ],
    });
  });
});
