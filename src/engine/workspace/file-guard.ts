import { fail, type Result } from '../../base/result.ts';
import type { WorkspaceFailure } from './workspace-failure.ts';

/** Turns an error of the file system, such as a full disk, into a failure; anything else is a bug and goes on as an error. */
export async function guardFiles<T>(
  job: () => Promise<Result<T, WorkspaceFailure>>,
): Promise<Result<T, WorkspaceFailure>> {
  try {
    return await job();
  } catch (error) {
    if (!isFileError(error)) throw error;
    return fail({ reason: 'file_system', message: error.message, path: error.path ?? '', code: error.code ?? '' });
  }
}

/** Whether an error is the system's answer to a file operation. */
function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
