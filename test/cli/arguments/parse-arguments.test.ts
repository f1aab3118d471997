import assert from 'node:assert/strict';
import { commandNames, commandShapes, unavailableCommands } from '../../../src/cli/arguments/command-table.ts';
import { parseArguments } from '../../../src/cli/arguments/parse-arguments.ts';
import { describeUsage } from '../../../src/cli/arguments/usage-failure.ts';
import { english } from '../../../src/cli/texts/en.ts';

describe('parseArguments', () => {
  const flags = {
    ...{ dryRun: false, retryFailed: false, takeOver: false, resumeNow: false },
    ...{ json: false, verbose: false, all: false, refuse: false },
  };

  const command = (line: string): unknown => {
    const parsed = parseArguments(line.split(' ').filter((word) => word !== ''));
    assert.ok(parsed.ok, JSON.stringify(parsed));
    return parsed.value;
  };

  const complaint = (line: string): string => {
    const parsed = parseArguments(line.split(' ').filter((word) => word !== ''));
    assert.ok(!parsed.ok, JSON.stringify(parsed));
    return describeUsage(parsed.failure, english);
  };

  it('reads every option of a run, before and after the command', () => {
    assert.deepEqual(command('--workspace w run --specs A,B --specs C --mode approve --max-parallel 7 --json'), {
      kind: 'command',
      name: 'run',
      words: [],
      options: { ...flags, specs: ['A', 'B', 'C'], mode: 'approve', maxParallel: 7, json: true, workspace: 'w' },
    });
    assert.deepEqual(command('run --dry-run --locale=ja'), {
      ...{ kind: 'command', name: 'run', words: [] },
      options: { ...flags, dryRun: true, locale: 'ja' },
    });
  });

  it('takes --resume with a run and without', () => {
    const options = (line: string): unknown => (command(line) as { options: unknown }).options;
    assert.deepEqual(options('run --resume'), { ...flags, resume: '' });
    assert.deepEqual(options('run --resume --take-over'), { ...flags, resume: '', takeOver: true });
    assert.deepEqual(options('run --resume abc --retry-failed'), { ...flags, resume: 'abc', retryFailed: true });
    assert.deepEqual(options('run --resume=abc'), { ...flags, resume: 'abc' });
    assert.deepEqual(options('retry --resume SPEC-001'), { ...flags, resumeNow: true });
  });

  it('joins the words of an answer, dashes among them', () => {
    assert.deepEqual(command('answer esc-3 --run r take the -- -blue one'), {
      ...{ kind: 'command', name: 'answer', words: ['esc-3', 'take the -blue one'] },
      options: { ...flags, run: 'r' },
    });
  });

  it('knows help and version in every spelling', () => {
    for (const line of ['', '--help', '-h', 'help', '--locale ja help']) {
      assert.deepEqual(command(line), { kind: 'help' });
    }
    for (const line of ['help run', 'run --help', 'run -h', 'help run --locale ja']) {
      assert.deepEqual(command(line), { kind: 'help', topic: 'run' });
    }
    assert.deepEqual(command('--version'), { kind: 'version' });
  });

  for (const name of commandNames) {
    it(`reads ${name} with all of its arguments`, () => {
      const { required, optional } = commandShapes[name];
      const words = [...required, ...optional];
      assert.deepEqual(command([name, ...words].join(' ')), { kind: 'command', name, words, options: flags });
    });
  }

  for (const [line, message] of [
    ['rnu', 'There is no command "rnu". Did you mean "run"? See: orchestra help'],
    ['statsu --json', 'There is no command "statsu". Did you mean "status"? See: orchestra help'],
    ['frobnicate', 'There is no command "frobnicate". See: orchestra help'],
    ['run --spec A', '"run" has no option "--spec". Did you mean "--specs"? See: orchestra help run'],
    ['plan --resume', '"plan" has no option "--resume". See: orchestra help plan'],
    ['-x', '"orchestra" has no option "-x". See: orchestra help'],
    ['run extra', '"extra" is one argument too many. See: orchestra help run'],
    ['help run plan', '"plan" is one argument too many. See: orchestra help'],
    ['attach', 'AGENT is missing. See: orchestra help attach'],
    ['answer esc-1', 'TEXT is missing. See: orchestra help answer'],
    ['run --max-parallel 0', '--max-parallel is "0", but must be a whole number from 1 to 256.'],
    ['run --max-parallel 2.5', '--max-parallel is "2.5", but must be a whole number from 1 to 256.'],
    ['run --max-parallel 257', '--max-parallel is "257", but must be a whole number from 1 to 256.'],
    ['run --mode manual', '--mode is "manual", but must be one of auto, approve.'],
    ['run --locale fr', '--locale is "fr", but must be one of en, ja.'],
    ['run --specs A,,B', '--specs is "A,,B", but must be ids separated by commas.'],
    ['run --resume --dry-run', '--resume and --dry-run exclude each other.'],
    ['run --resume --specs A', '--resume and --specs exclude each other.'],
    ['run --retry-failed', '--retry-failed only makes sense with --resume.'],
  ] as const) {
    it(`refuses "${line}" and says why`, () => assert.equal(complaint(line), message));
  }

  it('passes on what the parser of Node complains of', () => {
    assert.match(complaint('run --json=yes'), /^The options are wrong: .*--json.* See: orchestra help run$/s);
    assert.match(complaint('run --specs'), /^The options are wrong: .*--specs.* See: orchestra help run$/s);
  });

  it('says of a later version’s commands that they are not there yet', () => {
    assert.deepEqual(
      unavailableCommands.map(complaint),
      unavailableCommands.map((word) => `"${word}" is not available in this version.`),
    );
  });
});
