import type { RunView } from '../../engine/model/run-view.ts';
import type { RunPart } from '../run/run-part.ts';
import type { Language } from './language.ts';
import { runLook } from './status-words.ts';

/** What the item shows. */
export interface RunStatus {
  readonly text: string;
  readonly tooltip: string;
  readonly warns: boolean;
}

/** The item's text for a run. */
export function describeStatus(run: RunView, part: RunPart, language: Language): RunStatus {
  const { t } = language;
  const done = run.sessions.filter(({ status }) => status === 'completed').length;
  const open = run.escalations.filter((escalation) => escalation.open).length;
  const look = part === 'interrupted' ? { icon: 'debug-pause', word: t('interrupted') } : runLook(run.result, language);
  const count = t('{0}/{1} specs', done, run.sessions.length);
  const escalations = open === 0 ? '' : t('open escalations: {0}', open);
  return {
    text: `$(${look.icon}) ${count}${open === 0 ? '' : ` $(bell-dot) ${open}`}`,
    tooltip: [look.word, count, escalations].filter((each) => each !== '').join(' · '),
    warns: open > 0,
  };
}
