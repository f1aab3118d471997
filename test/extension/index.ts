import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

const folder = import.meta.dirname;
const reporter = join(folder, '..', '..', 'test', 'steps', 'counting-reporter.cjs');

/** What VS Code calls inside the extension host: runs every bundled test file. Rejects when a test fails. */
export async function run(): Promise<void> {
  const grep = process.env['ORCHESTRA_TEST_GREP'];
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter, ...(grep === undefined ? {} : { grep }) });
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((each) => each.endsWith('.host.cjs')).sort()) mocha.addFile(join(folder, name));
  const failed = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failed > 0) throw new Error(`${failed} failed`);
}
