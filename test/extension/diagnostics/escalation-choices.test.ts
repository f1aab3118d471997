import assert from 'node:assert/strict';
import type { EscalationView } from '../../../src/engine/model/run-view.ts';
import { escalationChoices } from '../../../src/extension/diagnostics/escalation-choices.ts';
import { english } from '../../../src/extension/text/language.ts';
import { escalationView, runView, sessionView, terminalView } from '../views.ts';

describe('what can be done about an escalation', () => {
  const live = sessionView('A', [], { status: 'blocked', terminals: [terminalView('A.a1')] });
  const failed = sessionView('A', [], {
    status: 'failed',
    terminals: [
      terminalView('A.a1', { exit: { reason: 'exited', exitCode: 0, bytes: 0, redactions: 0, survivors: [] } }),
      terminalView('A.a1.g0', { exit: { reason: 'exited', exitCode: 1, bytes: 0, redactions: 0, survivors: [] } }),
    ],
  });

  it('answers a question, or goes to the agent that asks', () => {
    assert.deepEqual(choices(live, 'question'), ['Answer… esc-1', 'Attach A.a1', 'Open Log A.a1']);
  });

  it('approves or refuses a step', () => {
    assert.deepEqual(choices(sessionView('A'), 'approval'), ['Approve esc-1', 'Refuse esc-1']);
  });

  it('retries what failed, shows the log of what went wrong, or is content', () => {
    const retry = `Retry ${failed.id}`;
    assert.deepEqual(choices(failed, 'failure'), [retry, 'Open Log A.a1.g0', 'Acknowledge esc-1']);
  });

  function choices(session: Parameters<typeof runView>[0][number], kind: EscalationView['kind']): readonly string[] {
    const escalation = escalationView('esc-1', 'A', kind);
    return escalationChoices(escalation, runView([session]), english).map(({ title, target }) => `${title} ${target}`);
  }
});
