import assert from 'node:assert/strict';
import type { SpecId } from '../../../src/engine/model/ids.ts';
import type { Problem } from '../../../src/engine/model/problem.ts';
import type { Spec } from '../../../src/engine/model/spec.ts';
import { english } from '../../../src/extension/text/language.ts';
import { describeSpecs } from '../../../src/extension/trees/describe-specs.ts';
import { runView, sessionView } from '../views.ts';

describe('the Specs tree', () => {
  it('shows each spec with its state, what it needs, its problems and its box', () => {
    const problem: Problem = {
      ...{ file: '/w/specs/C.md', line: 1, column: 1, severity: 'error', code: 'cycle', message: 'A *cycle*.' },
      parameters: {},
    };
    const items = describeSpecs(
      {
        specs: [spec('A'), spec('B', 'A'), spec('C', 'A', 'B')],
        problems: [problem, { ...problem, severity: 'warning' }],
        run: runView([sessionView('A', [], { status: 'completed' })]),
        checked: new Set(['B']),
      },
      english,
    );
    assert.deepEqual(
      items.map(({ label, description, icon, contextValue, checked }) => [
        label,
        description,
        icon,
        contextValue,
        checked,
      ]),
      [
        ['A Title A', 'completed', 'pass-filled', 'spec.completed', false],
        ['B Title B', 'needs A', 'file-text', 'spec.idle', true],
        ['C Title C', 'errors: 1 · needs A, B', 'error', 'spec.invalid', false],
      ],
    );
    assert.match(items[2]?.tooltip ?? '', /A \\\*cycle\\\*\\\./);
  });
});

function spec(id: string, ...dependsOn: readonly string[]): Spec {
  const file = `/w/specs/${id}.md`;
  return {
    ...{ id: id as SpecId, title: `Title ${id}`, file, dependsOn: dependsOn as readonly SpecId[], strategy: 'solo' },
    ...{ agent: 'scripted', gate: [], touches: [], timeoutMs: 1000, allowEmpty: false, body: '', text: '', hash: '' },
    places: { heading: { file, line: 1, column: 1 }, dependsOn: new Map() },
  };
}
