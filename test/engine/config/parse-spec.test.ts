import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { parseSpec } from '../../../src/engine/config/spec-file/parse-spec.ts';
import { showProblem } from './show.ts';

const planText = `# SPEC-004: 在庫の同期

**作成日**: 2026-01-18

**ステータス**: Approved

## 概要

\`\`\`markdown
### 依存関係
- SPEC-900 は例です
\`\`\`

<!--
### 依存関係
- SPEC-901
-->

### 依存関係
- SPEC-001（基盤。SPEC-000 の後継）の完了が前提
- [SPEC-002: 設定](./SPEC-002.md) の完了が前提
- \`SPEC-003\`

## 参考
- SPEC-902
`;

/** What a plain Markdown list of dependencies is read as. */
function dependencies(...bullets: readonly string[]): readonly string[] {
  const text = `# T\n\n### Dependencies\n\n${bullets.map((bullet) => `- ${bullet}`).join('\n')}\n`;
  const { draft } = parseSpec(text, '/w/SPEC-100.md');
  return (draft?.dependencies ?? []).map(({ id, isCertain }) => (isCertain ? id : `${id}?`));
}

describe('parseSpec', () => {
  it('reads a plain Markdown spec: title, status and dependencies with their places', () => {
    const { draft, problems } = parseSpec(planText, '/w/specs/SPEC-004-sync.md');
    const place = (line: number, from: number, to: number): object => ({
      file: '/w/specs/SPEC-004-sync.md',
      line,
      column: from,
      endLine: line,
      endColumn: to,
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(draft, {
      id: 'SPEC-004',
      title: '在庫の同期',
      file: '/w/specs/SPEC-004-sync.md',
      dependencies: [
        {
          id: 'SPEC-001',
          isCertain: true,
          item: 'SPEC-001（基盤。SPEC-000 の後継）の完了が前提',
          place: place(20, 3, 11),
        },
        {
          id: 'SPEC-002',
          isCertain: true,
          item: '[SPEC-002: 設定](./SPEC-002.md) の完了が前提',
          place: place(21, 4, 12),
        },
        { id: 'SPEC-003', isCertain: true, item: '`SPEC-003`', place: place(22, 4, 12) },
      ],
      touches: [],
      allowEmpty: false,
      declaredStatus: 'Approved',
      body: planText,
      text: planText,
      hash: createHash('sha256').update(planText).digest('hex'),
      idPlace: place(1, 3, 18),
      heading: place(1, 3, 18),
    });
  });

  it('reads front matter, which counts more than the Markdown, with CRLF and a byte order mark', () => {
    const text = [
      '+++',
      'id = "tok.en_1"',
      'title = "Tokenizer" # not the heading',
      'depends_on = [',
      '  "SPEC-001",',
      '  "other"]',
      'strategy = "solo"',
      'agent = "claude"',
      'gate = ["npm test"]',
      'touches = ["src/tokenizer/**"]',
      'timeout = "30m"',
      'estimate = "10m"',
      'allow_empty = true',
      '+++',
      '# Heading',
      '**Status**: Draft',
      '### Dependencies',
      '- SPEC-777',
      '',
    ].join('\r\n');
    const { draft, problems } = parseSpec(`\u{feff}${text}`, '/w/x.md');
    const place = (line: number, from: number, to: number): object => ({
      file: '/w/x.md',
      line,
      column: from,
      endLine: line,
      endColumn: to,
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(draft, {
      id: 'tok.en_1',
      title: 'Tokenizer',
      file: '/w/x.md',
      dependencies: [
        { id: 'SPEC-001', isCertain: true, item: 'SPEC-001', place: place(5, 3, 13) },
        { id: 'other', isCertain: true, item: 'other', place: place(6, 3, 10) },
      ],
      agent: { name: 'claude', place: place(8, 9, 17) },
      gate: ['npm test'],
      touches: ['src/tokenizer/**'],
      timeoutMs: 1_800_000,
      estimateMs: 600_000,
      allowEmpty: true,
      declaredStatus: 'Draft',
      body: '# Heading\r\n**Status**: Draft\r\n### Dependencies\r\n- SPEC-777\r\n',
      text,
      hash: createHash('sha256').update(text).digest('hex'),
      idPlace: place(2, 6, 16),
      heading: place(15, 3, 10),
    });
  });

  it('uses the Markdown dependencies when the front matter has none, and none when it has an empty list', () => {
    const body = '# T\n### 依存関係\n- SPEC-001\n';
    const ids = (text: string): readonly string[] | undefined =>
      parseSpec(text, '/w/a.md').draft?.dependencies.map(({ id }) => id);
    assert.deepEqual(ids(`+++\ntitle = "x"\n+++\n${body}`), ['SPEC-001']);
    assert.deepEqual(ids(`+++\ndepends_on = []\n+++\n${body}`), []);
  });

  it('reads the id from the file name: SPEC-nnn if it is there, else the name', () => {
    const ids = [
      'SPEC-002-tokenizer.md',
      'spec-7.md',
      '003_SPEC-003.md',
      'auth.v2.md',
      'MYSPEC-9x.md',
      '仕様.md',
      'a..md',
    ];
    assert.deepEqual(
      ids.map((name) => parseSpec('# T\ntext', `/w/${name}`).draft?.id),
      ['SPEC-002', 'SPEC-7', 'SPEC-003', 'auth.v2', 'MYSPEC-9x', undefined, undefined],
    );
  });

  it('understands the ways in which bullets name specs', () => {
    assert.deepEqual(dependencies('SPEC-001 - replaces SPEC-009'), ['SPEC-001']);
    assert.deepEqual(dependencies('SPEC-001, SPEC-002 and SPEC-003 must be there'), [
      'SPEC-001',
      'SPEC-002',
      'SPEC-003',
    ]);
    assert.deepEqual(dependencies('SPEC-001、SPEC-002 の完了が前提'), ['SPEC-001', 'SPEC-002']);
    assert.deepEqual(dependencies('**SPEC-001**: base', '[ ] spec-002', '[x] `SPEC-003`'), [
      'SPEC-001',
      'SPEC-002',
      'SPEC-003',
    ]);
    assert.deepEqual(dependencies('the work of SPEC-004 (not SPEC-005)'), ['SPEC-004']);
    assert.deepEqual(dependencies('`auth-service`', 'tokio の導入'), ['auth-service?', 'tokio?']);
  });

  it('takes the words for nothing as nothing', () => {
    assert.deepEqual(dependencies('なし', '特になし。', 'None', 'N/A', '**none**', '（なし）', '-'), []);
  });

  it('names every problem of the front matter at once, each at its place', () => {
    const text = [
      '+++',
      'id = "a/b"',
      'depend_on = ["x"]',
      'depends_on = ["x", 3]',
      'strategy = "pipeline"',
      'mode = "auto"',
      'gate = "npm test"',
      'touches = ["src/**", "/etc", "{a"]',
      'timeout = "soon"',
      'estimate = "0s"',
      'allow_empty = "yes"',
      '+++',
      'text without a heading',
    ].join('\n');
    const { draft, problems } = parseSpec(text, '/w/a.md');
    assert.equal(draft, undefined);
    assert.deepEqual(problems.map(showProblem).sort(), [
      'a.md:10:12-10:16 error out-of-range',
      'a.md:11:15-11:20 error wrong-type',
      'a.md:1:1-1:4 warning missing-title',
      'a.md:2:6-2:11 error invalid-id',
      'a.md:3:1-3:10 error unknown-key',
      'a.md:4:20-4:21 error wrong-type',
      'a.md:5:12-5:22 error strategy-unavailable',
      'a.md:6:1-6:5 error unknown-key',
      'a.md:7:8-7:18 error wrong-type',
      'a.md:8:22-8:28 error invalid-glob',
      'a.md:8:30-8:34 error invalid-glob',
      'a.md:9:11-9:17 error invalid-duration',
    ]);
    assert.deepEqual(
      problems.filter(({ code }) => code === 'unknown-key').map(({ message }) => message),
      [
        'Unknown key `depend_on`. Did you mean `depends_on`?',
        'Unknown key `mode`. Known here: id, title, depends_on, strategy, agent, gate, touches, timeout, estimate, allow_empty.',
      ],
    );
  });

  it('keeps the id of a front matter that cannot be read, so that dependents are not accused', () => {
    const broken = parseSpec('+++\nid = "core"\ntitle = \n+++\n# T\ntext', '/w/a.md');
    assert.deepEqual(
      [broken.draft?.id, broken.problems.map(showProblem)],
      ['core', ['a.md:3:9-4:1 error invalid-toml']],
    );
    const open = parseSpec('+++\nid = "core"\n# T\ntext', '/w/a.md');
    assert.deepEqual(
      [open.draft?.id, open.problems.map(showProblem)],
      ['core', ['a.md:1:1-1:4 error unclosed-front-matter']],
    );
  });

  it('warns of what will surprise: no text, no title, another id in the heading, YAML', () => {
    const problems = [
      parseSpec('', '/w/a.md'),
      parseSpec('+++\n+++\n', '/w/b.md'),
      parseSpec('# SPEC-004: T\ntext', '/w/c.md'),
      parseSpec('---\ntitle: T\n---\n# T\ntext', '/w/d.md'),
      parseSpec('---\n\n# T\n\n---\n', '/w/e.md'),
    ].flatMap((parsed) => parsed.problems.map(showProblem));
    assert.deepEqual(problems, [
      'a.md:1:1-1:1 warning empty-body',
      'a.md:1:1-1:1 warning missing-title',
      'b.md:1:1-1:4 warning empty-body',
      'b.md:1:1-1:4 warning missing-title',
      'c.md:1:3-1:14 warning heading-id-mismatch',
      'd.md:1:1-1:4 warning yaml-front-matter',
    ]);
  });

  it('takes every form of heading and of the status line', () => {
    const read = (text: string): readonly (string | undefined)[] => {
      const { draft } = parseSpec(text, '/w/a.md');
      return [draft?.title, draft?.declaredStatus];
    };
    assert.deepEqual(read('intro\n\nTitle here\n===\n- **Status:** In Progress\n'), ['Title here', 'In Progress']);
    assert.deepEqual(read('## Title ##\n**ステータス**：Draft\n'), ['Title', 'Draft']);
    assert.deepEqual(read('# SPEC-001 - Dash\n**status** : done\n'), ['Dash', 'done']);
    assert.deepEqual(read('#hashtag\n# C# in depth\n'), ['C# in depth', undefined]);
    assert.deepEqual(read('~~~\n# no\n```\n~~~~\n# yes\n'), ['yes', undefined]);
  });
});
