import type { CommandName } from '../arguments/command-table.ts';
import { attachCommand } from '../attach/attach-command.ts';
import type { RunCommand } from '../command-context.ts';
import { planCommand } from './plan-command.ts';
import { answerCommand, approveCommand, retryCommand, stopCommand } from './request-commands.ts';
import { runCommand } from './run-command.ts';
import { doctorCommand, initCommand, mergeCommand } from './simple-commands.ts';
import { statusCommand } from './status-command.ts';

/** What each command does. */
export const commands: Readonly<Record<CommandName, RunCommand>> = {
  init: initCommand,
  plan: planCommand,
  run: runCommand,
  status: statusCommand,
  attach: attachCommand,
  stop: stopCommand,
  retry: retryCommand,
  answer: answerCommand,
  approve: approveCommand,
  merge: mergeCommand,
  doctor: doctorCommand,
};
