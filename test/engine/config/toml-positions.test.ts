import assert from 'node:assert/strict';
import { SourceText } from '../../../src/engine/config/toml/source-text.ts';
import { readToml } from '../../../src/engine/config/toml/read-toml.ts';

/** `key text@line:column = value text@line:column` for each path. */
function locate(text: string, paths: readonly (readonly PropertyKey[])[]): readonly string[] {
  const source = new SourceText('/w/x.toml', text);
  const read = readToml(source, 0, text.length);
  assert.ok(read.ok);
  const lines = text.split('\n');
  const show = (place: { line: number; column: number; endLine?: number; endColumn?: number }): string => {
    const line = lines[place.line - 1] ?? '';
    const end = place.endLine === place.line ? (place.endColumn ?? 1) - 1 : line.length;
    return `${line.slice(place.column - 1, end)}@${place.line}:${place.column}`;
  };
  return paths.map((path) => `${show(read.value.keyPlace(path))} = ${show(read.value.valuePlace(path))}`);
}

describe('toml positions', () => {
  it('are those of keys and values in tables, dotted keys, inline tables and arrays of tables', () => {
    const text = [
      '# comment = "no"',
      'a = 1',
      '"quoted \\u0041" = true # b = 2',
      'd.e.f = "x # = y"',
      '[table.sub]',
      'k = { one = 1, two.three = [ "p", "q" ] }',
      '[[list]]',
      'n = 1979-05-27 07:32:00',
      '[[list]]',
      'n = 2',
      '[list.inner]',
      "z = ''",
    ].join('\n');
    assert.deepEqual(
      locate(text, [
        ['a'],
        ['quoted A'],
        ['d', 'e', 'f'],
        ['table', 'sub'],
        ['table', 'sub', 'k', 'one'],
        ['table', 'sub', 'k', 'two', 'three', 1],
        ['list', 0, 'n'],
        ['list', 1, 'n'],
        ['list', 1, 'inner', 'z'],
        ['a', 'not', 'there'],
      ]),
      [
        'a@2:1 = 1@2:5',
        '"quoted \\u0041"@3:1 = true@3:19',
        'f@4:5 = "x # = y"@4:9',
        'sub@5:8 = [table.sub]@5:1',
        'one@6:7 = 1@6:13',
        '"q"@6:35 = "q"@6:35',
        'n@8:1 = 1979-05-27 07:32:00@8:5',
        'n@10:1 = 2@10:5',
        "z@12:1 = ''@12:5",
        'a@2:1 = 1@2:5',
      ],
    );
  });

  it('hold after multi-line arrays and strings, whatever stands in them', () => {
    const text = [
      'a = [ # ]',
      '  "one", # "two",',
      '',
      '  [ "x" ],',
      "  '''",
      'three = 3 """',
      "''',",
      ']',
      'b = """',
      'c = 1 \\""" ""',
      '""""',
      'c = 2',
    ].join('\n');
    assert.deepEqual(locate(text, [['a', 0], ['a', 1, 0], ['b'], ['c']]), [
      '"one"@2:3 = "one"@2:3',
      '"x"@4:5 = "x"@4:5',
      'b@9:1 = """@9:5',
      'c@12:1 = 2@12:5',
    ]);
  });

  it('tell where invalid TOML breaks, within a part of a text as well', () => {
    const text = '+++\r\na = 1\r\nb = = 2\r\n+++\r\n';
    const read = readToml(new SourceText('/w/x.md', text), 5, text.length - 5);
    assert.ok(!read.ok);
    assert.deepEqual(read.failure, {
      file: '/w/x.md',
      line: 3,
      column: 5,
      endLine: 3,
      endColumn: 6,
      severity: 'error',
      code: 'invalid-toml',
      message: 'This is not valid TOML: invalid value.',
      parameters: { detail: 'invalid value' },
    });
  });

  it('never show the line in the message, as it may hold a secret', () => {
    const text = 'token = "very-secret';
    const read = readToml(new SourceText('/w/x.toml', text), 0, text.length);
    assert.ok(!read.ok);
    assert.doesNotMatch(JSON.stringify(read.failure), /very-secret/);
  });

  it('refuse keys that would reach into prototypes, and nesting without end', () => {
    for (const text of ['__proto__ = 1', `a = ${'['.repeat(40)}${']'.repeat(40)}`]) {
      const read = readToml(new SourceText('/w/x.toml', text), 0, text.length);
      assert.equal(read.ok ? 'accepted' : read.failure.code, 'invalid-toml');
    }
  });
});
