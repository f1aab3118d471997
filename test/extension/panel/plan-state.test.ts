import assert from 'node:assert/strict';
import type { PlanReport } from '../../../src/engine/model/engine-api.ts';
import { planState } from '../../../src/extension/panel/plan-state.ts';
import { english, type Language } from '../../../src/extension/text/language.ts';

describe('the Plan page', () => {
  const report = {
    config: { orchestrator: { maxParallel: 2 }, agents: new Map() },
    specs: [],
    problems: [
      {
        ...{ file: '/w/specs/A.md', line: 3, column: 5, severity: 'error', code: 'something-new', message: 'Wrong.' },
        parameters: {},
      },
    ],
    notes: [{ code: 'dirty_checkout', message: 'Uncommitted.', files: ['a.txt'] }],
  } as unknown as PlanReport;
  const purpose = { token: 't', dry: false, obstacle: undefined, shorten: (file: string) => file.slice(3) };

  it('names problems with their place, and then offers no start', () => {
    assert.deepEqual(planState(report, purpose, english), {
      ...{ token: 't', rows: [], criticalPath: [], estimate: '0 s', maxParallel: 2, dry: false },
      remarks: [
        { severity: 'error', text: 'specs/A.md:3:5 Wrong.', files: [] },
        { severity: 'info', text: 'Uncommitted.', files: ['a.txt'] },
      ],
      obstacle: 'Mend the problems first.',
    });
  });

  it('says notes about the checkout in the language of the person', () => {
    const marked: Language = { locale: 'ja', t: (message) => `[${message}]` };
    const [, note] = planState(report, purpose, marked).remarks;
    assert.equal(note?.text, '[Uncommitted changes of the checkout are not part of the run.]');
  });
});
