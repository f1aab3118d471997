import assert from 'node:assert/strict';
import { commandNames } from '../../src/cli/arguments/command-table.ts';
import { formatHelp } from '../../src/cli/help/format-help.ts';
import { englishHelp } from '../../src/cli/help/help-en.ts';
import { japaneseHelp } from '../../src/cli/help/help-ja.ts';
import { localeOf, textsOf } from '../../src/cli/texts/choose-texts.ts';
import { english } from '../../src/cli/texts/en.ts';
import { formatDuration, formatEstimate } from '../../src/cli/texts/format-duration.ts';
import { japanese } from '../../src/cli/texts/ja.ts';

describe('the texts of the command line', () => {
  it('have the same keys and placeholders in both languages', () => {
    assert.deepEqual(shapeOf(japanese), shapeOf(english));
    assert.deepEqual(keysOf(japaneseHelp), keysOf(englishHelp));
  });

  it('have no empty sentence but the step that is no step', () => {
    for (const texts of [english, japanese, englishHelp, japaneseHelp]) {
      assert.deepEqual(
        emptyOf(texts).filter((path) => path !== 'step.ended' && !path.endsWith('olumns.0')),
        [],
      );
    }
  });

  it('name every command and its options in the help, and no other', () => {
    for (const locale of ['en', 'ja'] as const) {
      const overview = formatHelp(undefined, locale);
      for (const name of commandNames) {
        assert.match(overview, new RegExp(`^ {2}${name}\\b`, 'm'));
        assert.match(formatHelp(name, locale), new RegExp(`orchestra ${name}\\b`));
      }
      assert.doesNotMatch(overview, /leaderboard|worker|coordinator/);
    }
    assert.match(formatHelp('run', 'en'), /^ {2}--resume \[RUN\] {2,}go on/m);
    assert.match(formatHelp('retry', 'en'), /^ {2}--resume {2,}resume the run at once/m);
    assert.match(formatHelp('status', 'ja'), /^ {2}-v, --verbose {2,}すべての端末/m);
  });

  it('tell durations to the second and estimates to the minute', () => {
    const at = [0, 499, 12_000, 59_600, 312_000, 3_723_000];
    assert.deepEqual(
      at.map((ms) => formatDuration(ms, japanese)),
      ['0秒', '0秒', '12秒', '1分0秒', '5分12秒', '1時間2分3秒'],
    );
    assert.deepEqual(
      at.map((ms) => formatDuration(ms, english)),
      ['0s', '0s', '12s', '1m 0s', '5m 12s', '1h 2m 3s'],
    );
    const estimates = [0, 10, 30_000, 600_000, 629_000, 3_599_000, 5_400_000];
    assert.deepEqual(
      estimates.map((ms) => formatEstimate(ms, japanese)),
      ['0秒', '1秒', '30秒', '10分', '10分', '1時間0分', '1時間30分'],
    );
  });

  it('follow the first variable that names a language', () => {
    assert.equal(localeOf({}), 'en');
    assert.equal(localeOf({ LANG: 'ja_JP.UTF-8' }), 'ja');
    assert.equal(localeOf({ LANG: 'ja_JP.UTF-8', LC_ALL: 'C' }), 'en');
    assert.equal(localeOf({ LC_ALL: '', LC_MESSAGES: 'ja', LANG: 'en_US' }), 'ja');
    assert.equal(localeOf({ ORCHESTRA_LOCALE: 'ja', LC_ALL: 'en_US.UTF-8' }), 'ja');
    assert.equal(localeOf({ LANG: 'jam_JM' }), 'en');
    assert.equal(textsOf('ja'), japanese);
  });
});

/** Paths of all texts; of a function, which of its arguments show up. */
function shapeOf(value: unknown, path = ''): readonly string[] {
  if (typeof value === 'function') {
    const marks = ['⟦1⟧', '⟦2⟧', '⟦3⟧', '⟦4⟧'];
    const text = String((value as (...given: readonly string[]) => unknown)(...marks));
    return [`${path}(${marks.filter((mark) => text.includes(mark)).join('')})`];
  }
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, each]) => shapeOf(each, `${path}.${key}`));
}

function keysOf(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, each]) => keysOf(each, `${path}.${key}`));
}

function emptyOf(value: unknown, path = ''): readonly string[] {
  if (value === '') return [path.slice(1)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => emptyOf(each, `${path}.${key}`));
}
