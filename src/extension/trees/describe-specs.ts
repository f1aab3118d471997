import { formatProblem } from '../../engine/model/text/format-problem.ts';
import type { Problem } from '../../engine/model/problem.ts';
import type { RunView, SessionView } from '../../engine/model/run-view.ts';
import type { Spec } from '../../engine/model/spec.ts';
import type { Language } from '../text/language.ts';
import { sessionLook } from '../text/status-words.ts';
import { literal, type TreeItemModel } from './tree-item.ts';

/** What the Specs tree is drawn from. */
export interface SpecsInput {
  readonly specs: readonly Spec[];
  readonly problems: readonly Problem[];
  /** The run that is shown, if there is one. */
  readonly run: RunView | undefined;
  /** Ids whose box is ticked. */
  readonly checked: ReadonlySet<string>;
}

/** The Specs tree: one item for each spec, in the order of the files. */
export function describeSpecs(input: SpecsInput, language: Language): readonly TreeItemModel[] {
  const problems = new Map<string, Problem[]>();
  for (const problem of input.problems) {
    const known = problems.get(problem.file);
    if (known) known.push(problem);
    else problems.set(problem.file, [problem]);
  }
  const sessions = new Map(input.run?.sessions.map((session) => [session.spec.id, session]));
  return input.specs.map((spec) =>
    describeSpec(
      {
        spec,
        problems: problems.get(spec.file) ?? [],
        session: sessions.get(spec.id),
        checked: input.checked.has(spec.id),
      },
      language,
    ),
  );
}

interface SpecInput {
  readonly spec: Spec;
  readonly problems: readonly Problem[];
  readonly session: SessionView | undefined;
  readonly checked: boolean;
}

function describeSpec({ spec, problems, session, checked }: SpecInput, language: Language): TreeItemModel {
  const { t } = language;
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const look = session ? sessionLook(session.status, language) : undefined;
  const needs = spec.dependsOn.length === 0 ? '' : t('needs {0}', spec.dependsOn.join(', '));
  const state = errors > 0 ? t('errors: {0}', errors) : look?.word;
  const description = [state ?? '', needs].filter((part) => part !== '').join(' · ');
  const icon = errors > 0 ? { icon: 'error', color: 'list.errorForeground' } : (look ?? { icon: 'file-text' });
  return {
    id: `spec:${spec.id}`,
    label: spec.title === spec.id ? spec.id : `${spec.id} ${spec.title}`,
    description,
    tooltip: tooltip(spec, problems, language),
    icon: icon.icon,
    ...(icon.color === undefined ? {} : { color: icon.color }),
    contextValue: errors > 0 ? 'spec.invalid' : `spec.${session?.status ?? 'idle'}`,
    expansion: 'none',
    checked,
    spoken: [spec.id, spec.title, state ?? t('not run yet'), needs].filter((part) => part !== '').join(', '),
    command: 'orchestra.openSpec',
    target: { kind: 'spec', spec },
    children: [],
  };
}

function tooltip(spec: Spec, problems: readonly Problem[], { t, locale }: Language): string {
  const lines = [
    `**${literal(spec.id)}** ${literal(spec.title)}`,
    t('Agent: {0}', literal(spec.agent)),
    spec.gate.length === 0 ? t('No gate') : t('Gate: {0}', spec.gate.map(literal).join(', ')),
    ...(spec.dependsOn.length === 0 ? [] : [t('Depends on: {0}', spec.dependsOn.map(literal).join(', '))]),
    ...(spec.touches.length === 0 ? [] : [t('Touches: {0}', spec.touches.map(literal).join(', '))]),
    ...problems.map((problem) => `$(warning) ${literal(formatProblem(problem, locale))}`),
  ];
  return lines.join('\n\n');
}
