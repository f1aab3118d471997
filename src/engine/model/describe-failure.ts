import { assertNever } from '../../base/assert-never.ts';
import type { GateFailure, SessionFailure } from './session-failure.ts';

/** The languages that people are spoken to in. */
export type Locale = 'en' | 'ja';

/** One sentence: why an attempt was not accepted. Safe to show; texts inside were redacted when they were recorded. */
export function describeFailure(failure: SessionFailure, locale: Locale = 'en'): string {
  return locale === 'ja' ? japanese(failure) : english(failure);
}

function english(failure: SessionFailure): string {
  switch (failure.reason) {
    case 'agent_exit':
      return `The agent ended with ${exitWords(failure)}.`;
    case 'spawn_failed':
      return `The agent could not be started: ${failure.message}`;
    case 'agent_lost':
      return 'The terminal host ended, and the agent with it.';
    case 'nothing_changed':
      return 'The agent reported that it is done, but nothing changed in the worktree.';
    case 'work_refused':
      return `The work cannot be taken as it is: ${failure.message}`;
    case 'gate_red':
      return `The gate${failure.combined ? ' on the combined result' : ''} is red: \`${failure.command}\` ${gateWords(failure)}.`;
    case 'conflict':
      return `The work conflicts with what was merged meanwhile in ${failure.files.join(', ')}.`;
    case 'setup_failed':
      return `A setup command of the worktree ended with ${exitWords(failure)} (terminal ${failure.terminal}).`;
    case 'workspace':
      return `The worktree could not be handled: ${failure.message}`;
    case 'timeout':
      return `The time limit of ${seconds(failure.limitMs)} s for the ${failure.scope} has passed.`;
    case 'stopped':
      return 'Stopped by a person.';
    case 'refused':
      return `A person refused ${failure.step}.`;
    case 'dependency':
      return `It depends on ${failure.specId}, which did not complete.`;
    default:
      return assertNever(failure);
  }
}

function japanese(failure: SessionFailure): string {
  switch (failure.reason) {
    case 'agent_exit':
      return `エージェントが異常終了しました (${exitWords(failure)})。`;
    case 'spawn_failed':
      return `エージェントを起動できませんでした: ${failure.message}`;
    case 'agent_lost':
      return 'ターミナルホストが終了し、エージェントも失われました。';
    case 'nothing_changed':
      return 'エージェントは完了を報告しましたが、ワークツリーに変更がありません。';
    case 'work_refused':
      return `成果物をそのままでは受け入れられません: ${failure.message}`;
    case 'gate_red':
      return `${failure.combined ? '統合結果の' : ''}ゲートが失敗しました: \`${failure.command}\` (${gateWords(failure)})。`;
    case 'conflict':
      return `先にマージされた内容と競合しています: ${failure.files.join(', ')}。`;
    case 'setup_failed':
      return `ワークツリーのセットアップコマンドが失敗しました (${exitWords(failure)}、ターミナル ${failure.terminal})。`;
    case 'workspace':
      return `ワークツリーを処理できませんでした: ${failure.message}`;
    case 'timeout':
      return `セッションの制限時間 ${seconds(failure.limitMs)} 秒を超えました。`;
    case 'stopped':
      return '人の操作により停止しました。';
    case 'refused':
      return `${failure.step} は承認されませんでした。`;
    case 'dependency':
      return `依存する ${failure.specId} が完了しませんでした。`;
    default:
      return assertNever(failure);
  }
}

function exitWords(exit: { readonly exitCode?: number; readonly signal?: number }): string {
  if (exit.signal !== undefined && exit.signal !== 0) return `signal ${exit.signal}`;
  return exit.exitCode === undefined ? 'no exit code' : `exit code ${exit.exitCode}`;
}

function gateWords(failure: GateFailure): string {
  return failure.timedOut ? 'ran past its time limit' : `ended with ${exitWords(failure)}`;
}

function seconds(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}
