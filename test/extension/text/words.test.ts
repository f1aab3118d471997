import assert from 'node:assert/strict';
import { describeStatus } from '../../../src/extension/text/describe-status.ts';
import { formatDuration } from '../../../src/extension/text/format-duration.ts';
import { english } from '../../../src/extension/text/language.ts';
import { plainText } from '../../../src/base/plain-text.ts';
import { escalationView, runView, sessionView } from '../views.ts';

describe('the words of the extension', () => {
  it('say durations in at most two units', () => {
    const said = [0, 999, 59_400, 60_000, 125_000, 3_600_000, 5_400_000, -5].map((ms) => formatDuration(ms, english));
    assert.deepEqual(said, ['0 s', '1 s', '59 s', '1 min', '2 min 5 s', '1 h', '1 h 30 min', '0 s']);
  });

  it('count in the status bar what is done and what waits for a person', () => {
    const sessions = [sessionView('A', [], { status: 'completed' }), sessionView('B')];
    const asking = runView(sessions, { escalations: [escalationView('esc-1', 'B', 'question')] });
    assert.deepEqual(
      [
        describeStatus(runView(sessions), 'orchestrating', english),
        describeStatus(asking, 'interrupted', english),
        describeStatus(runView(sessions, { result: 'partial_failure' }), 'ended', english),
      ],
      [
        { text: '$(sync~spin) 1/2 specs', tooltip: 'running · 1/2 specs', warns: false },
        {
          text: '$(debug-pause) 1/2 specs $(bell-dot) 1',
          tooltip: 'interrupted · 1/2 specs · open escalations: 1',
          warns: true,
        },
        { text: '$(warning) 1/2 specs', tooltip: 'partly failed · 1/2 specs', warns: false },
      ],
    );
  });

  it('make a log readable: no escape sequences, and the last of what was written over', () => {
    const raw = '\u001B[31mred\u001B[0m\r\n 10%\r 20%\r100%\r\nbell\u0007 \u001B]0;title\u0007end\r\r\n';
    assert.equal(plainText(raw), 'red\n100%\nbell end\n');
  });
});
