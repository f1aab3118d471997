import { assertNever } from '../../base/assert-never.ts';
import type { TerminalExit } from '../../engine/model/terminal.ts';
import type { Language } from '../text/language.ts';

/** How a terminal's program ended, in one sentence. */
export function exitWords(exit: TerminalExit, { t }: Language): string {
  switch (exit.reason) {
    case 'exited':
      if (exit.signal !== undefined && exit.signal !== 0) return t('The program was ended by signal {0}.', exit.signal);
      return t('The program ended with exit code {0}.', exit.exitCode ?? '?');
    case 'killed':
      return t('The program was stopped by the orchestrator.');
    case 'wall_clock':
      return t('The program was stopped because its time was up.');
    case 'spawn_failed':
      return t('The program could not be started: {0}', exit.message ?? '');
    case 'host_lost':
      return t('The terminal host ended, and the program with it.');
    default:
      return assertNever(exit.reason);
  }
}
