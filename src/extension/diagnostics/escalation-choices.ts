import type { EscalationView, RunView, TerminalView } from '../../engine/model/run-view.ts';
import { isFinal } from '../../engine/model/status.ts';
import type { Language } from '../text/language.ts';

/** Something that a person can do about an escalation. */
export interface EscalationChoice {
  readonly title: string;
  /** Called with `target`. */
  readonly command: string;
  /** Id of the escalation, session or terminal that the command acts on. */
  readonly target: string;
}

/** What can be done about an escalation, the most fitting first. */
export function escalationChoices(
  escalation: EscalationView,
  run: RunView,
  { t }: Language,
): readonly EscalationChoice[] {
  const session = run.sessions.find(({ id }) => id === escalation.session);
  const live = session?.terminals.findLast(({ role, exit }) => role === 'agent' && exit === undefined);
  const logged = logTerminal(session?.terminals ?? []);
  const choices: EscalationChoice[] = [];
  const offer = (title: string, command: string, target: string): void => void choices.push({ title, command, target });
  if (escalation.kind === 'question') offer(t('Answer…'), 'orchestra.answer', escalation.id);
  if (escalation.kind === 'approval') {
    offer(t('Approve'), 'orchestra.approve', escalation.id);
    offer(t('Refuse'), 'orchestra.refuse', escalation.id);
  }
  if (session && isFinal(session.status) && session.status !== 'completed')
    offer(t('Retry'), 'orchestra.retry', session.id);
  if (live) offer(t('Attach'), 'orchestra.attach', live.id);
  if (logged) offer(t('Open Log'), 'orchestra.openLog', logged.id);
  if (escalation.kind !== 'question' && escalation.kind !== 'approval') {
    offer(t('Acknowledge'), 'orchestra.acknowledge', escalation.id);
  }
  return choices;
}

/** The terminal whose log tells most: the last one that ended badly, else the last. */
export function logTerminal(terminals: readonly TerminalView[]): TerminalView | undefined {
  return terminals.findLast(({ exit }) => exit !== undefined && exit.exitCode !== 0) ?? terminals.at(-1);
}
