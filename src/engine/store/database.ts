import { readFile, rename, stat } from 'node:fs/promises';
import type { Database } from 'sql.js';
import { fail, ok, type Result } from '../../base/result.ts';
import { projectedColumns, schema, schemaVersion, type RunProjection } from './database-schema.ts';
import { writeDurably } from './durable-file.ts';
import { systemCode, toDiskFailure, type DiskFailure, type StoreWarning } from './failure.ts';

/** Why the database gave or took nothing. The journals still have everything. */
export type DatabaseFailure =
  | DiskFailure
  | { readonly reason: 'fenced'; readonly file: string; readonly message: string }
  /** The SQLite engine itself could not be started. */
  | { readonly reason: 'no_engine'; readonly file: string; readonly message: string };

/** What the database needs from outside. */
export interface DatabaseOptions {
  /** Absolute path of sql.js's `sql-wasm.wasm`. */
  readonly locateWasm: () => string;
  /** Reads all runs from their journals; asked when the file is missing, damaged or of another version. */
  readonly rebuild: () => Promise<readonly RunProjection[]>;
  readonly onWarning: (warning: StoreWarning) => void;
  readonly wallMs: () => number;
  /** `read` never touches the disk, not even to move a damaged file aside. */
  readonly access: 'read' | 'write';
  /** Asked before every write; false refuses. */
  readonly fence?: () => boolean;
}

/**
 * `orchestra.db`: a projection of the journals for questions over many runs. Held in memory (sql.js), opened at the first
 * use, on disk after {@link ProjectionDatabase.save}. Calls are done one after the other.
 */
export class ProjectionDatabase {
  readonly #file: string;
  readonly #options: DatabaseOptions;
  #create: CreateDatabase | undefined;
  #database: Database | undefined;
  /** Of the file that was loaded or written last. */
  #signature = '';
  /** Projected since the last save, by run: done again when another process has written the file in between. */
  readonly #unsaved = new Map<string, RunProjection>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(file: string, options: DatabaseOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** Brings one run up to date in one transaction; an older `lastSeq` than the known one changes nothing. */
  projectRun(projection: RunProjection): Promise<Result<void, DatabaseFailure>> {
    return this.#use((database) => {
      if (applyProjection(database, projection)) this.#unsaved.set(projection.run.run_id, projection);
      return ok(undefined);
    });
  }

  /** The last `seq` that was projected of a run; 0 for an unknown one. */
  lastSeq(runId: string): Promise<Result<number, DatabaseFailure>> {
    return this.#use((database) => ok(readLastSeq(database, runId)));
  }

  /** Milliseconds that the completed sessions of a spec took, newest run first, `limit` at most. */
  durationHistory(specId: string, limit: number): Promise<Result<readonly number[], DatabaseFailure>> {
    return this.#use((database) => {
      const found = database.exec(
        `SELECT duration_ms FROM sessions JOIN runs USING (run_id)
         WHERE spec_id = ? AND status = 'completed' AND duration_ms IS NOT NULL
         ORDER BY started_at DESC, run_id LIMIT ?`,
        [specId, limit],
      );
      return ok((found[0]?.values ?? []).map(([duration]) => Number(duration)));
    });
  }

  /** The median of {@link ProjectionDatabase.durationHistory}; undefined without history. */
  async medianDuration(specId: string, limit: number): Promise<Result<number | undefined, DatabaseFailure>> {
    const history = await this.durationHistory(specId, limit);
    return history.ok ? ok(median(history.value)) : history;
  }

  /** Writes the whole database durably. Costs time and memory by its size: for idle moments and the end of a run. */
  save(): Promise<Result<void, DatabaseFailure>> {
    return this.#use(async (database) => {
      if (this.#options.access === 'read') throw new Error('The database was opened for reading.');
      if (this.#isFenced()) {
        const message = `${this.#file}: another orchestrator has taken over this workspace.`;
        return fail({ reason: 'fenced', file: this.#file, message });
      }
      const written = await writeDurably(this.#file, database.export());
      if (!written.ok) return written;
      this.#signature = await this.#fileSignature();
      this.#unsaved.clear();
      return ok(undefined);
    });
  }

  /** Frees the memory; what was not saved is left to the next projection. */
  async close(): Promise<void> {
    await this.#last;
    this.#database?.close();
    this.#database = undefined;
  }

  #use<T>(job: DatabaseJob<T>): Promise<Result<T, DatabaseFailure>> {
    const done = this.#last.then(async (): Promise<Result<T, DatabaseFailure>> => {
      const database = await this.#current();
      return database.ok ? job(database.value) : database;
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** The open database, loaded anew when the file has become another. */
  async #current(): Promise<Result<Database, DatabaseFailure>> {
    try {
      const signature = await this.#fileSignature();
      if (this.#database !== undefined && signature === this.#signature) return ok(this.#database);
      const create = await this.#engine();
      if (!create.ok) return create;
      const loaded = await this.#load(create.value);
      const database = loaded ?? (await this.#rebuilt(create.value));
      for (const projection of this.#unsaved.values()) applyProjection(database, projection);
      this.#database?.close();
      this.#database = database;
      // The signature from before the reading: a file that changed meanwhile is read again.
      this.#signature = loaded === undefined ? await this.#fileSignature() : signature;
      return ok(database);
    } catch (error) {
      return fail(toDiskFailure(this.#file, error));
    }
  }

  async #engine(): Promise<Result<CreateDatabase, DatabaseFailure>> {
    if (this.#create !== undefined) return ok(this.#create);
    try {
      const [{ default: initSqlJs }, wasm] = await Promise.all([
        import('sql.js'),
        readFile(this.#options.locateWasm()),
      ]);
      const engine = await initSqlJs({ wasmBinary: Uint8Array.from(wasm).buffer });
      this.#create = (bytes) => new engine.Database(bytes);
      return ok(this.#create);
    } catch (error) {
      const message = `SQLite could not be started: ${error instanceof Error ? error.message : String(error)}`;
      return fail({ reason: 'no_engine', file: this.#file, message });
    }
  }

  /** Undefined when there is no file that can be used. */
  async #load(create: CreateDatabase): Promise<Database | undefined> {
    const bytes = await this.#readFile();
    if (bytes === undefined) return undefined;
    const database = create(bytes);
    const fault = findFault(database);
    if (fault === undefined) return database;
    database.close();
    await this.#setAside(fault);
    return undefined;
  }

  async #rebuilt(create: CreateDatabase): Promise<Database> {
    const projections = await this.#options.rebuild();
    const database = create();
    database.run(schema);
    for (const projection of projections) applyProjection(database, projection);
    return database;
  }

  async #setAside(fault: string): Promise<void> {
    const what = `${this.#file}: ${fault}; it is rebuilt from the journals.`;
    if (this.#options.access === 'read' || this.#isFenced()) {
      this.#options.onWarning({ code: 'damaged-database', file: this.#file, message: what });
      return;
    }
    const aside = `${this.#file}.damaged-${this.#options.wallMs()}`;
    await rename(this.#file, aside);
    const message = `${what} The old one was moved to ${aside}.`;
    this.#options.onWarning({ code: 'damaged-database', file: aside, message });
  }

  #isFenced(): boolean {
    return this.#options.fence?.() === false;
  }

  async #readFile(): Promise<Buffer | undefined> {
    try {
      return await readFile(this.#file);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #fileSignature(): Promise<string> {
    try {
      const { ino, size, mtimeNs } = await stat(this.#file, { bigint: true });
      return `${ino}:${size}:${mtimeNs}`;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return '';
      throw error;
    }
  }
}

type CreateDatabase = (bytes?: Uint8Array) => Database;
type DatabaseJob<T> = (database: Database) => Result<T, DatabaseFailure> | Promise<Result<T, DatabaseFailure>>;

function findFault(database: Database): string | undefined {
  try {
    if (database.exec('PRAGMA quick_check')[0]?.values[0]?.[0] !== 'ok') return 'the database is damaged';
    const version = Number(database.exec('PRAGMA user_version')[0]?.values[0]?.[0]);
    return version === schemaVersion ? undefined : `the database has version ${version}, not ${schemaVersion}`;
  } catch (error) {
    return `the database is unreadable (${error instanceof Error ? error.message : String(error)})`;
  }
}

function applyProjection(database: Database, { run, sessions, escalations, lastSeq }: RunProjection): boolean {
  if (lastSeq < readLastSeq(database, run.run_id)) return false;
  database.run('BEGIN');
  try {
    upsert(database, 'runs', [{ ...run, last_seq: lastSeq }]);
    const withRun = <T extends object>(row: T): T & { run_id: string } => ({ ...row, run_id: run.run_id });
    upsert(database, 'sessions', sessions.map(withRun));
    upsert(database, 'escalations', escalations.map(withRun));
    database.run('COMMIT');
    return true;
  } catch (error) {
    database.run('ROLLBACK');
    throw error;
  }
}

function upsert(database: Database, table: keyof typeof projectedColumns, rows: readonly object[]): void {
  const columns = projectedColumns[table];
  const places = columns.map(() => '?').join(', ');
  const statement = database.prepare(`INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${places})`);
  try {
    for (const row of rows) {
      const cells = new Map<string, string | number | null>(Object.entries(row));
      statement.run(columns.map((column) => cells.get(column) ?? null));
    }
  } finally {
    statement.free();
  }
}

function readLastSeq(database: Database, runId: string): number {
  return Number(database.exec('SELECT last_seq FROM runs WHERE run_id = ?', [runId])[0]?.values[0]?.[0] ?? 0);
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  return upper === undefined || lower === undefined ? undefined : Math.round((lower + upper) / 2);
}
