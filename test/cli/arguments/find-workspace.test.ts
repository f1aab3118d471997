import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findWorkspace } from '../../../src/cli/arguments/find-workspace.ts';

describe('findWorkspace', () => {
  let root = '';

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'orchestra-find-')));
    await mkdir(join(root, 'project', '.git'), { recursive: true });
    await mkdir(join(root, 'project', 'deep', 'deeper'), { recursive: true });
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  const find = (
    cwd: string,
    more: { readonly named?: string; readonly environment?: Record<string, string>; readonly anywhere?: boolean } = {},
  ) => findWorkspace({ environment: {}, anywhere: false, ...more, cwd: join(root, cwd) });

  it('goes up to the nearest folder with orchestra.toml or specs/', async () => {
    await mkdir(join(root, 'project', 'specs'));
    assert.deepEqual(await find('project/deep/deeper'), { ok: true, value: join(root, 'project') });
    await writeFile(join(root, 'project', 'deep', 'orchestra.toml'), '');
    assert.deepEqual(await find('project/deep/deeper'), { ok: true, value: join(root, 'project', 'deep') });
  });

  it('does not take a file for the folder specs/, nor leave the repository', async () => {
    await writeFile(join(root, 'project', 'specs'), '');
    await mkdir(join(root, 'specs'));
    const folder = join(root, 'project', 'deep');
    assert.deepEqual(await find('project/deep'), { ok: false, failure: { reason: 'no_workspace', folder } });
    assert.deepEqual(await find('project/deep', { anywhere: true }), { ok: true, value: folder });
  });

  it('prefers what was named to the environment, and that to what lies around', async () => {
    await mkdir(join(root, 'project', 'specs'));
    const environment = { ORCHESTRA_WORKSPACE: join(root, 'project', 'deep') };
    assert.deepEqual(await find('project', { environment }), { ok: true, value: join(root, 'project', 'deep') });
    assert.deepEqual(await find('project', { environment, named: 'deep/deeper' }), {
      ...{ ok: true, value: join(root, 'project', 'deep', 'deeper') },
    });
    assert.deepEqual(await find('project', { named: 'nowhere' }), {
      ...{ ok: false, failure: { reason: 'no_folder', folder: join(root, 'project', 'nowhere') } },
    });
  });
});
