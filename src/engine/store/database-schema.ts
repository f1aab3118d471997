/** Raised with every change of the tables; a database of another version is rebuilt. Kept in `PRAGMA user_version`. */
export const schemaVersion = 1;

/** The tables of `orchestra.db`. Times ending in `_at` are RFC 3339, `started_t` is run time in milliseconds. */
export const schema = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE runs (
  run_id TEXT PRIMARY KEY,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  result TEXT,
  base TEXT,
  branch TEXT,
  last_seq INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE sessions (
  run_id TEXT NOT NULL REFERENCES runs (run_id),
  spec_id TEXT NOT NULL,
  status TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  started_t INTEGER,
  duration_ms INTEGER,
  branch TEXT,
  reason TEXT,
  PRIMARY KEY (run_id, spec_id)
) WITHOUT ROWID;
CREATE INDEX sessions_of_spec ON sessions (spec_id, status);
CREATE TABLE escalations (
  run_id TEXT NOT NULL REFERENCES runs (run_id),
  escalation_id TEXT NOT NULL,
  spec_id TEXT,
  level TEXT NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  file TEXT,
  raised_at TEXT NOT NULL,
  resolved_at TEXT,
  PRIMARY KEY (run_id, escalation_id)
) WITHOUT ROWID;
PRAGMA user_version = ${schemaVersion};
`;

/** The columns that a projection fills, by table. */
export const projectedColumns = {
  runs: ['run_id', 'started_at', 'finished_at', 'result', 'base', 'branch', 'last_seq'],
  sessions: ['run_id', 'spec_id', 'status', 'attempts', 'started_t', 'duration_ms', 'branch', 'reason'],
  escalations: ['run_id', 'escalation_id', 'spec_id', 'level', 'kind', 'reason', 'file', 'raised_at', 'resolved_at'],
} as const;

/** A row of `runs`. */
export interface RunRow {
  readonly run_id: string;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly result: string | null;
  readonly base: string | null;
  readonly branch: string | null;
}

/** A row of `sessions`, its run left out. */
export interface SessionRow {
  readonly spec_id: string;
  readonly status: string;
  readonly attempts: number;
  readonly started_t: number | null;
  readonly duration_ms: number | null;
  readonly branch: string | null;
  readonly reason: string | null;
}

/** A row of `escalations`, its run left out. */
export interface EscalationRow {
  readonly escalation_id: string;
  readonly spec_id: string | null;
  readonly level: string;
  readonly kind: string;
  readonly reason: string;
  readonly file: string | null;
  readonly raised_at: string;
  readonly resolved_at: string | null;
}

/** Everything the database keeps of one run, as it was after the journal's entry `lastSeq`. */
export interface RunProjection {
  readonly lastSeq: number;
  readonly run: RunRow;
  readonly sessions: readonly SessionRow[];
  readonly escalations: readonly EscalationRow[];
}
