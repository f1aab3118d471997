import type { EscalationView } from '../../engine/model/run-view.ts';
import type { Texts } from '../texts/en.ts';

/** An escalation as lines with the exact command that settles it; none for what another line tells already. */
export function describeEscalation(
  escalation: Pick<EscalationView, 'id' | 'kind' | 'level' | 'reason' | 'step' | 'file'>,
  spec: string | undefined,
  texts: Texts,
): readonly string[] {
  const { run, level } = texts;
  const { kind, id, reason, step = '', file } = escalation;
  switch (kind) {
    case 'retry':
      return [];
    case 'question':
      return [
        run.question(id, spec ?? '', reason),
        run.answerWith(id),
        ...(spec === undefined ? [] : [run.attachWith(spec)]),
      ];
    case 'approval':
      return [run.approval(step), run.approveWith(step)];
    case 'failure':
    case 'kill':
    case 'run':
      return [run.raised(level[escalation.level], reason), ...(file === undefined ? [] : [run.escalationLog(file)])];
  }
}
