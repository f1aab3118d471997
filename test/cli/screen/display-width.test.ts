import assert from 'node:assert/strict';
import { cutToWidth, displayWidth, padToWidth } from '../../../src/cli/screen/display-width.ts';

describe('the width of a text on a terminal', () => {
  it('counts East Asian characters and pictures twice, and what is invisible not at all', () => {
    const widths: readonly (readonly [string, number])[] = [
      ['SPEC-001', 8],
      ['完了', 4],
      ['ｶﾅ', 2],
      ['（ドライラン）', 14],
      ['⏳ 開始...', 10],
      ['✓ ⚠ → █', 7],
      ['e\u0301', 1],
      ['👩‍💻', 2],
      ['\u001b[31mred\u001b[0m', 3],
      ['', 0],
    ];
    assert.deepEqual(
      widths.map(([text]) => [text, displayWidth(text)]),
      widths,
    );
  });

  it('cuts between characters, never inside one, and ends colours there', () => {
    assert.equal(cutToWidth('完了しました', 12), '完了しました');
    assert.equal(cutToWidth('完了しました', 11), '完了しまし…');
    assert.equal(cutToWidth('完了しました', 10), '完了しま…');
    assert.equal(cutToWidth('\u001b[32mgreen and long\u001b[0m', 6), '\u001b[32mgreen…\u001b[0m');
    assert.equal(cutToWidth('abc', 1), '…');
    assert.equal(cutToWidth('abc', 0), '');
  });

  it('fills up to a column', () => {
    assert.equal(padToWidth('完了', 6), '完了  ');
    assert.equal(padToWidth('完了', 3), '完了');
  });
});
