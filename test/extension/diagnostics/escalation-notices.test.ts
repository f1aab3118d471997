import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/emitter.ts';
import type { EscalationId } from '../../../src/engine/model/ids.ts';
import type { EscalationView, RunView } from '../../../src/engine/model/run-view.ts';
import { EscalationNotices } from '../../../src/extension/diagnostics/escalation-notices.ts';
import type { RunPart } from '../../../src/extension/run/run-part.ts';
import { FakeClock } from '../../rig/fake-clock.ts';
import { escalationView, runView, sessionView } from '../views.ts';

describe('notices of escalations', () => {
  let clock: FakeClock;
  let memory: { ids: readonly string[] };
  let shown: string[][];
  let part: RunPart;
  let view: RunView;
  let changes: Emitter<void>;
  let notices: EscalationNotices;

  beforeEach(() => {
    clock = new FakeClock();
    memory = { ids: [] };
    shown = [];
    part = 'orchestrating';
    changes = new Emitter();
    notices = open();
  });

  afterEach(() => {
    notices.dispose();
    assert.equal(clock.pending, 0);
  });

  it('tells of one after a moment, once', () => {
    tell(escalationView('esc-1', 'A', 'question'));
    assert.deepEqual(shown, []);
    clock.advance(1000);
    tell(escalationView('esc-1', 'A', 'question'));
    clock.advance(5000);
    assert.deepEqual(shown, [['esc-1']]);
  });

  it('tells of several that come together in one', () => {
    tell(escalationView('esc-1', 'A', 'failure'));
    clock.advance(400);
    tell(escalationView('esc-1', 'A', 'failure'), escalationView('esc-2', 'B', 'approval'));
    clock.advance(1000);
    assert.deepEqual(shown, [['esc-1', 'esc-2']]);
  });

  it('tells nothing of retries, of what is not written yet, and of what was resolved meanwhile', () => {
    const { file: _file, ...unwritten } = escalationView('esc-2', 'A', 'failure');
    tell(escalationView('esc-1', 'A', 'retry'), unwritten, escalationView('esc-3', 'A', 'question'));
    tell(escalationView('esc-3', 'A', 'question', { open: false }));
    clock.advance(2000);
    assert.deepEqual(shown, []);
  });

  it('tells nothing again after a reload of the window, but what came meanwhile', () => {
    tell(escalationView('esc-1', 'A', 'failure'));
    clock.advance(1000);
    notices.dispose();
    notices = open();
    tell(escalationView('esc-1', 'A', 'failure'), escalationView('esc-2', 'A', 'failure'));
    clock.advance(1000);
    assert.deepEqual(shown, [['esc-1'], ['esc-2']]);
  });

  it('leaves it to the window that orchestrates, and goes on when the run ends', () => {
    part = 'watching';
    tell(escalationView('esc-1', 'A', 'failure'));
    clock.advance(2000);
    assert.deepEqual(shown, []);
    part = 'orchestrating';
    tell();
    part = 'ended';
    tell(escalationView('esc-2', 'A', 'failure'));
    clock.advance(1000);
    assert.deepEqual(shown, [['esc-2']]);
  });

  function open(): EscalationNotices {
    return new EscalationNotices({
      control: {
        get view() {
          return view;
        },
        get part() {
          return part;
        },
        onChange: changes.event,
        onEscalation: new Emitter<EscalationId>().event,
      },
      memory: {
        shownEscalations: () => memory.ids,
        setShownEscalations(_run, ids) {
          memory.ids = ids;
          return Promise.resolve();
        },
      },
      clock,
      show: (escalations) => shown.push(escalations.map(({ id }) => id)),
    });
  }

  function tell(...escalations: readonly EscalationView[]): void {
    view = runView([sessionView('A'), sessionView('B')], { escalations });
    changes.fire();
  }
});
