import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EnginePorts } from '../../model/engine-api.ts';
import type { SpecId } from '../../model/ids.ts';
import { ProjectionDatabase } from '../../store/database.ts';
import type { OrchestraFiles } from '../../store/run-files.ts';
import { projectAllRuns } from './project-run.ts';

/** How many of a spec's newest completed runs make its estimate. */
const historyRuns = 20;

/** The workspace's database. `fence` refuses writes of an orchestrator that has been replaced; without it the database is only read. */
export function openDatabase(files: OrchestraFiles, ports: EnginePorts, fence?: () => boolean): ProjectionDatabase {
  return new ProjectionDatabase(files.database, {
    locateWasm: () => join(ports.distFolder, 'sql-wasm.wasm'),
    rebuild: () => projectAllRuns(files),
    onWarning: ({ message }) => ports.onWarning(message),
    wallMs: Date.now,
    access: fence ? 'write' : 'read',
    ...(fence ? { fence } : {}),
  });
}

/** Median milliseconds of recorded runs by spec; empty where nothing was recorded. Writes nothing. */
export async function readHistory(
  files: OrchestraFiles,
  ports: EnginePorts,
  specs: readonly SpecId[],
): Promise<ReadonlyMap<SpecId, number>> {
  const history = new Map<SpecId, number>();
  if (!existsSync(files.database)) return history;
  const database = openDatabase(files, ports);
  for (const spec of specs) {
    const median = await database.medianDuration(spec, historyRuns);
    if (!median.ok) {
      ports.onWarning(median.failure.message);
      break;
    }
    if (median.value !== undefined) history.set(spec, median.value);
  }
  await database.close();
  return history;
}
