/** The disk, or the system below it, refused: full, broken, forbidden, missing. */
export interface DiskFailure {
  readonly reason: 'disk';
  readonly file: string;
  /** The system's own code: `ENOSPC`, `EIO`, `ENOENT`, … */
  readonly code: string;
  readonly message: string;
}

/** Something that was put right, or left aside, and that a person should read about. */
export interface StoreWarning {
  readonly code:
    | 'torn-tail'
    | 'superseded-lines'
    | 'tampered-evidence'
    | 'rejected-request'
    | 'damaged-database'
    | 'unreadable-folder';
  readonly file: string;
  /** English. */
  readonly message: string;
}

/** What an error of the system says as a value; anything else is a bug and is thrown on. */
export function toDiskFailure(file: string, error: unknown): DiskFailure {
  const code = systemCode(error);
  if (code === undefined || !(error instanceof Error)) throw error;
  return { reason: 'disk', file, code, message: `${file}: ${error.message}` };
}

/** The `E…` code of an error that the system raised; undefined for every other error. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined;
}
