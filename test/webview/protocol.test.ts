import assert from 'node:assert/strict';
import { graphState } from '../../src/extension/panel/graph-state.ts';
import { panelTexts } from '../../src/extension/panel/panel-texts.ts';
import { english } from '../../src/extension/text/language.ts';
import {
  checkFromPage,
  checkSavedPage,
  checkToPage,
  panelTextNames,
  type FromPage,
} from '../../src/webview/protocol.ts';
import { escalationView, runView, sessionView, terminalView } from '../extension/views.ts';

describe('the line between the extension and its page', () => {
  const run = runView([sessionView('A', [], { terminals: [terminalView('A.a1')] })], {
    escalations: [escalationView('esc-1', 'A', 'question')],
  });
  const texts = panelTexts(english);
  const state = { page: 'graph', graph: graphState(run, english) } as const;

  it('takes what the other side sends', () => {
    const messages: readonly FromPage[] = [
      { type: 'ready' },
      { type: 'show', page: 'plan' },
      { type: 'start', token: 't' },
      { type: 'cancel' },
      { type: 'act', action: 'retry', target: 'A' },
    ];
    assert.deepEqual(messages.map(checkFromPage), messages);
    const init = JSON.parse(JSON.stringify({ type: 'init', locale: 'en', texts, state })) as unknown;
    assert.deepEqual(checkToPage(init), init);
    assert.deepEqual(checkToPage({ type: 'state', state: { page: 'plan' } }), {
      type: 'state',
      state: { page: 'plan' },
    });
  });

  it('refuses everything else', () => {
    const strange: readonly unknown[] = [
      ...[undefined, null, 'ready', [], {}, { type: 'run' }, { type: 'show', page: 'other' }, { type: 'start' }],
      ...[
        { type: 'act', action: 'format', target: 'A' },
        { type: 'act', action: 'retry' },
      ],
    ];
    assert.deepEqual(
      strange.map(checkFromPage),
      strange.map(() => undefined),
    );
    const broken: readonly unknown[] = [
      ...[undefined, { type: 'state' }, { type: 'state', state: { page: 'x' } }],
      { type: 'state', state: { page: 'graph', graph: { nodes: [{ id: 'A' }], escalations: [] } } },
      { type: 'init', locale: 'en', texts: { ...texts, start: 1 }, state },
      { type: 'init', texts, state },
    ];
    assert.deepEqual(
      broken.map(checkToPage),
      broken.map(() => undefined),
    );
  });

  it('has a text for every name', () => {
    assert.deepEqual(Object.keys(texts).sort(), [...panelTextNames].sort());
    assert.deepEqual(
      Object.values(texts).filter((text) => text === ''),
      [],
    );
  });

  it('brings back the page that was open, and the graph when that is unclear', () => {
    assert.deepEqual(checkSavedPage({ page: 'plan', open: 'A', more: 1 }), { page: 'plan', open: 'A' });
    assert.deepEqual(
      [undefined, { page: 3 }, 'x'].map(checkSavedPage),
      [0, 1, 2].map(() => ({ page: 'graph' })),
    );
  });
});
