import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceRow } from '../../../src/engine/store/evidence-line.ts';
import {
  openEvidence,
  verifyEvidence,
  type EvidenceLog,
  type EvidenceOptions,
} from '../../../src/engine/store/evidence.ts';
import { useTemporaryFolder, warnings } from './support.ts';

const defaults: EvidenceOptions = {
  wallMs: () => Date.UTC(2026, 0, 18, 9, 30),
  redact: (text) => text.replaceAll('hunter2', '[hidden]'),
  onWarning: ({ message }) => assert.fail(message),
};

const row = (command: string): EvidenceRow => ({
  run_id: 'r1',
  session_id: 'r1/SPEC-001',
  agent_id: 'SPEC-001.a1',
  command,
  result: 'passed',
  exit_code: 0,
  duration_ms: 1200,
});

describe('Evidence', () => {
  const folder = useTemporaryFolder();
  const path = (): string => join(folder(), 'ci_evidence.jsonl');
  const owned: EvidenceLog[] = [];

  async function opened(options: Partial<EvidenceOptions> = {}): Promise<EvidenceLog> {
    const result = await openEvidence(path(), { ...defaults, ...options });
    if (!result.ok) assert.fail(result.failure.message);
    owned.push(result.value);
    return result.value;
  }

  async function withLines(...commands: string[]): Promise<string[]> {
    const log = await opened();
    await Promise.all(commands.map((command) => log.append(row(command))));
    return (await readFile(path(), 'utf8')).trimEnd().split('\n');
  }

  async function brokenAt(lines: readonly string[]): Promise<number | undefined> {
    await writeFile(path(), lines.map((line) => `${line}\n`).join(''));
    const result = await verifyEvidence(path());
    return !result.ok && result.failure.reason === 'broken_chain' ? result.failure.line : undefined;
  }

  afterEach(async () => {
    for (const log of owned.splice(0)) await log.close();
  });

  it('chains each line to the one before, over redacted text', async () => {
    const log = await opened();
    const first = await log.append(row('curl -H "token: hunter2"'));
    const second = await log.append({ run_id: 'r1', session_id: 's', agent_id: 'a', command: 'ls', result: 'denied' });
    assert.ok(first.ok && second.ok);
    const text = await readFile(path(), 'utf8');
    const lines = text.trimEnd().split('\n');
    const prev = '0'.repeat(64);
    const open = { ...row('curl -H "token: [hidden]"'), at: '2026-01-18T09:30:00.000Z', prev };
    const hash = createHash('sha256').update(JSON.stringify(open)).digest('hex');
    assert.deepEqual(JSON.parse(lines[0] ?? ''), { ...open, hash });
    assert.deepEqual(JSON.parse(lines[0] ?? ''), first.value);
    const other = { run_id: 'r1', session_id: 's', agent_id: 'a', command: 'ls', result: 'denied' };
    assert.deepEqual(JSON.parse(lines[1] ?? ''), { ...other, at: open.at, prev: hash, hash: second.value.hash });
    assert.equal(text.includes('hunter2'), false);
    assert.deepEqual(await verifyEvidence(path()), { ok: true, value: { lines: 2 } });
  });

  it('keeps the order of calls that are made at once, and goes on after a restart', async () => {
    await withLines('a', 'b', 'c');
    const lines = await withLines('d', 'line\nbreak\u2028and more');
    const commands = lines.map((line) => (JSON.parse(line) as EvidenceRow).command);
    assert.deepEqual(commands, ['a', 'b', 'c', 'd', 'line\nbreak\u2028and more']);
    assert.deepEqual(await verifyEvidence(path()), { ok: true, value: { lines: 5 } });
  });

  it('repairs a last line that is torn at any byte', async () => {
    const lines = await withLines('a', 'ü');
    const [first = '', second = ''] = lines;
    const torn = Buffer.from(second);
    for (let length = 1; length <= torn.length; length += 7) {
      await writeFile(path(), Buffer.concat([Buffer.from(`${first}\n`), torn.subarray(0, length)]));
      const seen = warnings();
      const log = await opened(seen);
      assert.deepEqual(
        [seen.all.map(({ code }) => code), await readFile(path(), 'utf8')],
        [['torn-tail'], `${first}\n`],
      );
      await log.append(row('next'));
      assert.deepEqual(await verifyEvidence(path()), { ok: true, value: { lines: 2 } });
    }
  });

  it('cuts off blocks that never reached the disk', async () => {
    const [first = ''] = await withLines('a');
    await writeFile(path(), `${first}\n${'\0'.repeat(5000)}"}\n`);
    const seen = warnings();
    await (await opened(seen)).append(row('b'));
    assert.deepEqual(await verifyEvidence(path()), { ok: true, value: { lines: 2 } });
    assert.equal(seen.all.length, 1);
  });

  it('finds its end behind lines longer than one look', async () => {
    const long = 'x'.repeat(70_000);
    await withLines('a', long, 'b');
    await withLines(long);
    await withLines('c');
    assert.deepEqual(await verifyEvidence(path()), { ok: true, value: { lines: 5 } });
  });

  it('goes on from what is there when something was written past it', async () => {
    const seen = warnings();
    const log = await opened(seen);
    await log.append(row('a'));
    await (await opened()).append(row('by an overtaken writer'));
    await log.append(row('b'));
    await appendFile(path(), '{"run_id":"half');
    await log.append(row('c'));
    assert.deepEqual(await verifyEvidence(path()), { ok: true, value: { lines: 4 } });
    assert.deepEqual(
      seen.all.map(({ code }) => code),
      ['torn-tail'],
    );
  });

  it('shows a changed, removed, inserted or swapped line with its place', async () => {
    const [a = '', b = '', c = '', d = ''] = await withLines('a', 'b', 'c', 'd');
    assert.equal(await brokenAt([a, b, c, d]), undefined);
    assert.equal(await brokenAt([a, b.replace('passed', 'failed'), c, d]), 2);
    assert.equal(await brokenAt([a, c, d]), 2);
    assert.equal(await brokenAt([b, c, d]), 1);
    assert.equal(await brokenAt([a, b, a, c, d]), 3);
    assert.equal(await brokenAt([a, c, b, d]), 2);
    assert.equal(await brokenAt([a, b, c, 'no evidence']), 4);
  });

  it('does not hide a changed last line by cutting it off', async () => {
    const [a = '', b = ''] = await withLines('a', 'b');
    const changed = `${a}\n${b.replace('passed', 'failed')}\n`;
    await writeFile(path(), changed);
    const seen = warnings();
    await (await opened(seen)).append(row('c'));
    assert.deepEqual(
      seen.all.map(({ code }) => code),
      ['tampered-evidence'],
    );
    assert.equal((await readFile(path(), 'utf8')).startsWith(changed), true);
    const result = await verifyEvidence(path());
    assert.ok(!result.ok && result.failure.reason === 'broken_chain' && result.failure.line === 2);
  });

  it('writes nothing for an orchestrator that was replaced', async () => {
    let isCurrent = true;
    const log = await opened({ fence: () => isCurrent });
    isCurrent = false;
    const result = await log.append(row('late'));
    assert.equal(!result.ok && result.failure.reason, 'fenced');
    assert.equal(await readFile(path(), 'utf8'), '');
    const again = await openEvidence(path(), { ...defaults, fence: () => false });
    assert.equal(!again.ok && again.failure.reason, 'fenced');
  });

  it('is empty before the first command, and says when it cannot be opened', async () => {
    assert.deepEqual(await verifyEvidence(path()), { ok: true, value: { lines: 0 } });
    const result = await openEvidence(join(folder(), 'no', 'file'), defaults);
    assert.equal(!result.ok && result.failure.reason, 'disk');
    const unreadable = await verifyEvidence(folder());
    assert.equal(!unreadable.ok && unreadable.failure.reason, 'disk');
  });
});
