import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import initSqlJs from 'sql.js';
import { verifyEvidence } from '../../../src/engine/store/evidence.ts';
import { value, Workspace } from '../../rig/workspace.ts';
import type { WatchedRun } from '../../rig/watched-run.ts';
import type { RunHandle } from '../../../src/engine/model/engine-api.ts';

describe('what a run leaves', () => {
  let workspace: Workspace;
  let run: WatchedRun<RunHandle>;

  before(async () => {
    workspace = new Workspace({
      specs: { GOOD: { keys: { gate: ['test -s GOOD.txt'] } }, BAD: { script: 'exit 9' }, AFTER: { after: ['BAD'] } },
    });
    run = await workspace.runToEnd();
  });
  after(() => workspace.dispose());

  it('is in the database, row by row', async () => {
    const { Database } = await initSqlJs();
    const database = new Database(readFileSync(workspace.files.database));
    const rows = (sql: string): unknown => database.exec(sql)[0]?.values;
    assert.deepEqual(rows('SELECT run_id, result, branch FROM runs'), [
      [run.id, 'partial_failure', `orchestra/${run.id}/_integration`],
    ]);
    assert.deepEqual(rows('SELECT spec_id, status, attempts, reason FROM sessions ORDER BY spec_id'), [
      ['AFTER', 'skipped', 0, 'It depends on BAD, which did not complete.'],
      ['BAD', 'failed', 1, 'The agent ended with exit code 9.'],
      ['GOOD', 'completed', 1, null],
    ]);
    assert.deepEqual(rows('SELECT spec_id, level, kind, file FROM escalations'), [
      ['BAD', 'Error', 'failure', '.orchestra/escalations/BAD-error.json'],
    ]);
    database.close();
  });

  it('is the next plan’s estimate, in place of the default', async () => {
    const took = run.feed.view().sessions.find(({ spec }) => spec.id === 'GOOD')?.durationMs;
    const { plan } = value(await workspace.engine().plan());
    const estimates = Object.fromEntries((plan?.specs ?? []).map(({ spec, estimateMs }) => [spec.id, estimateMs]));
    assert.deepEqual(estimates, { GOOD: took, BAD: 300_000, AFTER: 300_000 });
  });

  it('is evidence of each command in an unbroken chain', async () => {
    const { evidence } = workspace.files;
    assert.deepEqual(value(await verifyEvidence(evidence)), { lines: 3 });
    const lines = readFileSync(evidence, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .map(({ session_id, agent_id, command, result }) => ({ session_id, agent_id, command, result }));
    const command = `bash ${join(workspace.outside, 'agent.sh')}`;
    assert.deepEqual(
      lines.sort((a, b) => String(a.agent_id).localeCompare(String(b.agent_id))),
      [
        { session_id: run.session('BAD'), agent_id: 'BAD.a1', command, result: 'failed' },
        { session_id: run.session('GOOD'), agent_id: 'GOOD.a1', command, result: 'passed' },
        { session_id: run.session('GOOD'), agent_id: 'GOOD.a1.g0', command: 'test -s GOOD.txt', result: 'passed' },
      ],
    );
  });

  it('is a journal whose replay gives the very view that was live', async () => {
    const feed = value(await workspace.engine().watch(run.id.slice(0, 8)));
    assert.deepEqual(feed.view(), run.feed.view());
    feed.dispose();
  });
});

describe('a spec that is changed while its run is interrupted', () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  it('keeps the text of the start, and the resume says so', async () => {
    workspace = new Workspace({
      specs: { FIRST: { script: 'await first; echo f >f.txt' }, SECOND: { after: ['FIRST'], body: 'The old words.' } },
    });
    const first = await workspace.start();
    await workspace.noted('FIRST', 'start');
    await first.feed.detach();
    workspace.writeSpec('SECOND', { after: ['FIRST'], body: 'The new words.' });
    const run = await workspace.resume();
    assert.deepEqual(
      workspace.warnings.filter((warning) => warning.includes('SECOND')),
      ['SECOND was changed since this run started; the run goes on with the text of its start.'],
    );
    workspace.go('first');
    assert.deepEqual(await run.feed.ended, { kind: 'finished', result: 'completed' });
    assert.match(workspace.prompt(run.id, 'SECOND.a1'), /The old words\./);
  });
});
