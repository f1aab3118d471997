import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Redactor } from '../../../../src/engine/terminal/redaction/redactor.ts';
import { redactText } from '../../../../src/engine/terminal/redaction/redact-text.ts';
import { compileSecrets } from '../../../../src/engine/terminal/redaction/secret-automaton.ts';
import { StreamRedactor } from '../../../../src/engine/terminal/redaction/stream-redactor.ts';

/** Put together at run time, so that no scanner takes this file for a leak. */
const shape = (prefix: string, rest: string): string => prefix + rest;
const letters = 'Ab3De6Gh9Jk2Mn5Pq8Rs1Tu4Vw7Xy0Zz3Cc6Ff9';
const known = 'correct-horse-42-battery';
const secrets: readonly string[] = [
  known,
  shape('ghp_', letters.slice(0, 36)),
  shape('github_pat_', letters.slice(0, 30)),
  shape('sk-', letters.slice(0, 32)),
  shape('sk-ant-api03-', letters),
  shape('xoxb-', '123456789012-abcdefGHIJ'),
  shape('AKIA', 'ABCDEFGH23456789'),
  shape('AIza', letters.slice(0, 35)),
  shape('npm_', letters.slice(0, 36)),
  shape('glpat-', letters.slice(0, 20)),
  shape('sk_live_', letters.slice(0, 24)),
  shape('hf_', letters.slice(0, 34)),
  shape('eyJ', `hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${letters}`),
];
const colour = '\x1b[38;5;81m';
const words = [
  'héllo',
  'wörld',
  'build ok',
  '日本語',
  'x = 1;',
  '--flag',
  'https://host:8080/path',
  'token',
  'task-runner',
  '\r\n',
  '  ',
  '🎉',
];

/** A small repeatable generator (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Sample {
  readonly input: Buffer;
  /** What is left when each secret is the mark, followed by the colours inside it. */
  readonly expected: string;
  readonly count: number;
}

function makeSample(seed: number): Sample {
  const next = random(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  let input = '';
  let expected = '';
  let count = 0;
  for (let part = 0; part < 30; part++) {
    if (next() < 0.4) {
      const secret = pick(secrets);
      let kept = '';
      let shown = '';
      Array.from(secret).forEach((letter, index) => {
        if (index > 0 && next() < 0.1) {
          shown += colour;
          kept += colour;
        }
        shown += letter;
      });
      input += ` ${shown} `;
      expected += ` [redacted]${kept} `;
      count++;
    } else {
      const word = next() < 0.3 ? `${colour}${pick(words)}\x1b[0m` : pick(words);
      input += `${word} `;
      expected += `${word} `;
    }
  }
  return { input: Buffer.from(input), expected, count };
}

function stream(input: Buffer, sizes: () => number, flushes = false): { text: string; count: number } {
  const redactor = new Redactor(compileSecrets([known]));
  const parts: Buffer[] = [];
  for (let at = 0; at < input.length;) {
    const size = sizes();
    parts.push(redactor.push(input.subarray(at, at + size)));
    if (flushes) parts.push(redactor.flush());
    at += size;
  }
  parts.push(redactor.end());
  return { text: Buffer.concat(parts).toString(), count: redactor.redactions };
}

describe('the redactor', () => {
  it('hides every secret and nothing else, whatever the size of the chunks and with colours inside', () => {
    for (let size = 1; size <= 64; size++) {
      const sample = makeSample(size);
      assert.deepEqual(
        stream(sample.input, () => size),
        { text: sample.expected, count: sample.count },
        `chunks of ${size}`,
      );
    }
  });

  it('hides every secret and nothing else at random splits', () => {
    for (let seed = 100; seed < 400; seed++) {
      const sample = makeSample(seed);
      const next = random(seed);
      const text = stream(sample.input, () => 1 + Math.floor(next() ** 3 * 300)).text;
      assert.equal(text, sample.expected, `seed ${seed}`);
    }
  });

  it('lets at most three characters of a secret go when a pause falls after every byte', () => {
    for (let seed = 500; seed < 600; seed++) {
      const sample = makeSample(seed);
      const { text, count } = stream(sample.input, () => 1, true);
      assert.equal(count, sample.count, `seed ${seed}`);
      const plain = text.replaceAll(colour, '');
      for (const secret of secrets) assert.ok(!plain.includes(secret.slice(4, 12)), `seed ${seed}: ${plain}`);
    }
  });

  it('shows a prompt after a pause and hides what follows when it completes a secret', () => {
    const redactor = new Redactor(compileSecrets([known]));
    assert.equal(redactor.push(Buffer.from('Login: co')).toString(), 'Login: ');
    assert.equal(redactor.flush().toString(), 'co');
    assert.equal(redactor.push(Buffer.from(`${known.slice(2)} ok.`)).toString(), '[redacted] ok.');
  });

  it('holds the firm beginning of a secret over any pause', () => {
    const redactor = new Redactor(compileSecrets([known]));
    assert.equal(redactor.push(Buffer.from(`a ${known.slice(0, 9)}`)).toString(), 'a ');
    assert.equal(redactor.flush().toString(), '');
    assert.equal(redactor.push(Buffer.from(`${known.slice(9)}!`)).toString(), '[redacted]!');
    redactor.push(Buffer.from(secrets[1]?.slice(0, 10) ?? ''));
    assert.equal(redactor.flush().toString(), '');
    assert.equal(
      redactor.push(Buffer.from(' no secret, then.')).toString(),
      `${secrets[1]?.slice(0, 10)} no secret, then.`,
    );
  });

  it('hides a value that the terminal wrapped at its last column', () => {
    const redactor = new Redactor(compileSecrets([]), 25);
    const token = secrets[1] ?? '';
    const out = [redactor.push(Buffer.from(`${token.slice(0, 25)}\r\n${token.slice(25)}\r\nnext`)), redactor.end()];
    assert.equal(Buffer.concat(out).toString(), '[redacted]\r\n\r\nnext');
  });

  it('hides a known value that was broken over two lines', () => {
    assert.equal(
      redactText(`${known.slice(0, 10)}\r\n${known.slice(10)}\r\nnext`, [known], []),
      '[redacted]\r\n\r\nnext',
    );
  });

  it('hides known values inside base64, URLs and JSON', () => {
    const value = 'p@ss w"rd/1234';
    const encoded = Buffer.from(`user:${value}`).toString('base64');
    const text = [encodeURIComponent(value), JSON.stringify(value).slice(1, -1), value].join('|');
    assert.equal(redactText(text, [value], []), '[redacted]|[redacted]|[redacted]');
    const hidden = redactText(encoded, [value], []);
    assert.ok(hidden.includes('[redacted]') && hidden.length < 25, hidden);
  });

  it('hides assigned values, URL passwords, bearer tokens and private keys', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['export DB_PASSWORD=hunter2 next', 'export DB_PASSWORD=[redacted] next'],
      ['{"apiKey": "abcdef", "n": 1}', '{"apiKey": "[redacted]", "n": 1}'],
      ["client_secret = 'abc def' token: zz9911aa, x", "client_secret = 'abc def' token: [redacted], x"],
      ['git clone https://me:s3cr3t@example.org/x.git', 'git clone https://me:[redacted]@example.org/x.git'],
      ['open http://localhost:5173/ now', 'open http://localhost:5173/ now'],
      [`Authorization: Bearer ${letters}\r\n`, 'Authorization: Bearer [redacted]\r\n'],
      ['Authorization: Basic dXNlcjpwYXNz\r\n', 'Authorization: Basic [redacted]\r\n'],
      ['const token = getToken(); max_tokens=1000', 'const token = getToken(); max_tokens=1000'],
      ['PASSWORD=$PASSWORD TOKEN=<your token>', 'PASSWORD=$PASSWORD TOKEN=<your token>'],
      ['password: string; secret: Buffer', 'password: string; secret: Buffer'],
      [
        '-----BEGIN RSA PRIVATE KEY-----\r\nMIIEow\r\nIBAAKC\r\n-----END RSA PRIVATE KEY-----\r\nafter',
        '-----BEGIN RSA PRIVATE KEY-----\r\n[redacted]\r\n\r\n\r\nafter',
      ],
      ['-----BEGIN CERTIFICATE-----\r\nMIIEow\r\n', '-----BEGIN CERTIFICATE-----\r\nMIIEow\r\n'],
    ];
    for (const [input, expected] of cases) {
      assert.equal(redactText(input, [], []), expected);
      const redactor = new Redactor(compileSecrets([]));
      const bytes = [...Buffer.from(input)].map((byte) => redactor.push(Buffer.from([byte])));
      assert.equal(Buffer.concat([...bytes, redactor.end()]).toString(), expected, 'byte by byte');
    }
  });

  it('hides secrets in titles and keeps the sequence whole', () => {
    const token = secrets[1] ?? '';
    const input = `a\x1b]0;run ${token}\x07b ${token.slice(0, 9)}\x1b]0;${known}\x07${token.slice(9)} c`;
    const expected = 'a\x1b]0;run [redacted]\x07b [redacted]\x1b]0;[redacted]\x07 c';
    assert.equal(redactText(input, [known], []), expected);
  });

  it('hides a secret that is cut short by the end of the stream, and shows one too short to matter', () => {
    assert.equal(redactText(known.slice(0, 12), [known], []), '[redacted]');
    assert.equal(redactText(known.slice(0, 5), [known], []), known.slice(0, 5));
    assert.equal(redactText((secrets[1] ?? '').slice(0, 20), [], []), '[redacted]');
    assert.equal(redactText('ghp_abc', [], []), 'ghp_abc');
  });

  it('hides as a whole what stays undecided for too long', () => {
    const redactor = new Redactor(compileSecrets([]));
    const blob = `eyJ${'a'.repeat(20_000)}`;
    const out = Buffer.concat([redactor.push(Buffer.from(`${blob} `)), redactor.end()]).toString();
    assert.ok(out === '[redacted] ' || out === `${blob} `);
    const slow = new Redactor(compileSecrets([]));
    const parts: Buffer[] = [];
    for (let at = 0; at < blob.length; at += 1000) parts.push(slow.push(Buffer.from(blob.slice(at, at + 1000))));
    parts.push(slow.push(Buffer.from(' end')), slow.end());
    assert.equal(Buffer.concat(parts).toString(), '[redacted] end');
  });

  it('hides what the patterns of the user match, split and coloured', () => {
    assert.equal(
      redactText(`id ACME-\x1b[1m1234\x1b[0m5678 ok\nACME-1`, [], ['ACME-[0-9]{8}']),
      'id [redacted]\x1b[1m\x1b[0m ok\nACME-1',
    );
    const redactor = new StreamRedactor(compileSecrets([]), ['ACME-[0-9]{8}'], 80);
    const parts = ['$ ', 'ACME-12', '345678', ' x\n'].flatMap((part) => [
      redactor.push(Buffer.from(part)),
      redactor.flush(),
    ]);
    assert.deepEqual(
      parts.map(String).filter((part) => part !== ''),
      ['$ ', '[redacted] x\n'],
    );
    assert.throws(() => redactText('a', [], ['(']), SyntaxError);
  });
});
