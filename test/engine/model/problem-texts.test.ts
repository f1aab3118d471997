import assert from 'node:assert/strict';
import { compareProblems, createProblem, createWarning } from '../../../src/engine/model/create-problem.ts';
import { formatProblem } from '../../../src/engine/model/text/format-problem.ts';
import { englishProblems } from '../../../src/engine/model/text/problems-en.ts';
import { japaneseProblems } from '../../../src/engine/model/text/problems-ja.ts';

const place = { file: '/w/a.md', line: 2, column: 3 };

describe('problem texts', () => {
  it('have the same codes and placeholders in both languages', () => {
    const placeholders = (texts: Readonly<Record<string, string>>): object =>
      Object.fromEntries(
        Object.entries(texts).map(([code, text]) => [code, [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()]),
      );
    assert.deepEqual(placeholders(japaneseProblems), placeholders(englishProblems));
  });

  it('are filled from the parameters, and leave a part out whose parameter is empty', () => {
    const near = createProblem('unknown-dependency', place, { id: 'A', dependency: 'B', suggestion: 'C' });
    const far = createProblem('unknown-dependency', place, { id: 'A', dependency: '{id}', suggestion: '' });
    assert.equal(near.message, '"A" depends on "B", which does not exist. Did you mean "C"?');
    assert.equal(far.message, '"A" depends on "{id}", which does not exist.');
    assert.equal(formatProblem(far, 'ja'), '"A" の依存先 "{id}" は存在しません。');
    assert.equal(formatProblem(near, 'en'), near.message);
    assert.equal(formatProblem({ ...near, code: 'of-another-module' }, 'ja'), near.message);
  });

  it('sort by file, line and column, errors first', () => {
    const error = createProblem('self-dependency', place, { id: 'A' });
    const warning = createWarning('missing-title', place, { id: 'A' });
    const earlier = { ...warning, line: 1 };
    const otherFile = { ...error, file: '/w/b.md', line: 1 };
    const left = { ...warning, column: 1 };
    assert.deepEqual([otherFile, warning, error, left, earlier].sort(compareProblems), [
      earlier,
      left,
      error,
      warning,
      otherFile,
    ]);
  });
});
