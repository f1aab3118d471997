import type { EngineFailure } from '../engine/model/engine-api.ts';
import type { RunResult } from '../engine/model/status.ts';
import type { EndSignal } from './world.ts';

/** What the command's caller learns, besides 128 + n for a signal. */
export const exitCode = {
  success: 0,
  /** Something failed, was cancelled, timed out or was skipped. */
  failed: 1,
  /** Arguments or files are wrong: nothing was started. */
  usage: 2,
} as const;

/** 0 only when every spec was accepted. */
export function exitCodeOfResult(result: RunResult): number {
  return result === 'completed' ? exitCode.success : exitCode.failed;
}

/** The exit code for what the engine refused. */
export function exitCodeOfFailure(failure: EngineFailure): number {
  return exitCodes[failure.reason];
}

const exitCodes: Readonly<Record<EngineFailure['reason'], number>> = {
  problems: exitCode.usage,
  unknown_spec: exitCode.usage,
  unknown_run: exitCode.usage,
  unknown_session: exitCode.usage,
  unknown_terminal: exitCode.usage,
  nothing_to_resume: exitCode.usage,
  held: exitCode.usage,
  workspace: exitCode.usage,
  exists: exitCode.usage,
  refused: exitCode.usage,
  terminal: exitCode.failed,
  store: exitCode.failed,
};

/** 128 + the signal's number, as shells tell it. */
export function exitCodeOfSignal(signal: EndSignal): number {
  return signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 129;
}

/** As for a program that a broken pipe ended. */
export const brokenPipeExitCode = 141;
