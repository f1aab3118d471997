import { formatProblem } from '../../engine/model/text/format-problem.ts';
import type { PlanNote, PlanReport } from '../../engine/model/engine-api.ts';
import type { PlannedSpec } from '../../engine/model/plan.ts';
import type { PlanRemark, PlanRow, PlanState } from '../../webview/protocol.ts';
import { formatDuration } from '../text/format-duration.ts';
import type { Language } from '../text/language.ts';
import { estimateWord } from '../text/status-words.ts';

/** What the Plan page needs besides the report. */
export interface PlanPurpose {
  readonly token: string;
  /** Offers no start. */
  readonly dry: boolean;
  /** Why nothing may be started here, in the person's language. */
  readonly obstacle: string | undefined;
  /** Makes a path short for people. */
  readonly shorten: (file: string) => string;
}

/** The Plan page for a dry run. */
export function planState(report: PlanReport, purpose: PlanPurpose, language: Language): PlanState {
  const { plan } = report;
  const obstacle = plan ? purpose.obstacle : language.t('Mend the problems first.');
  const waves = new Map(plan?.waves.flatMap((ids, index) => ids.map((id) => [id, index + 1] as const)));
  const critical = new Set<string>(plan?.criticalPath);
  return {
    token: purpose.token,
    rows: (plan?.specs ?? []).map((planned) =>
      planRow(planned, { report, wave: waves.get(planned.spec.id) ?? 1, critical, language }),
    ),
    criticalPath: plan?.criticalPath ?? [],
    estimate: formatDuration(plan?.estimateMs ?? 0, language),
    maxParallel: plan?.maxParallel ?? report.config.orchestrator.maxParallel,
    remarks: [...problemRemarks(report, purpose, language), ...report.notes.map((note) => noteRemark(note, language))],
    ...(obstacle === undefined ? {} : { obstacle }),
    dry: purpose.dry,
  };
}

interface RowContext {
  readonly report: PlanReport;
  readonly wave: number;
  readonly critical: ReadonlySet<string>;
  readonly language: Language;
}

function planRow({ spec, selected, estimateMs, estimateSource }: PlannedSpec, context: RowContext): PlanRow {
  const { report, wave, critical, language } = context;
  const agent = report.config.agents.get(spec.agent);
  return {
    ...{ id: spec.id, title: spec.title, wave, selected, critical: critical.has(spec.id) },
    dependsOn: spec.dependsOn,
    agent: spec.agent,
    command: agent ? [...agent.command, ...agent.args].join(' ') : '',
    gate: spec.gate,
    touches: spec.touches,
    estimate: formatDuration(estimateMs, language),
    estimateSource: estimateWord(estimateSource, language),
    timeout: formatDuration(spec.timeoutMs, language),
  };
}

function problemRemarks(
  { problems }: PlanReport,
  { shorten }: PlanPurpose,
  { locale }: Language,
): readonly PlanRemark[] {
  return problems.map((problem) => ({
    severity: problem.severity,
    text: `${shorten(problem.file)}:${problem.line}:${problem.column} ${formatProblem(problem, locale)}`,
    files: [],
  }));
}

function noteRemark({ code, message, files }: PlanNote, { t, locale }: Language): PlanRemark {
  if (locale === 'en') return { severity: 'info', text: message, files };
  return { severity: 'info', text: noteText(code, t), files };
}

function noteText(code: PlanNote['code'], t: Language['t']): string {
  switch (code) {
    case 'dirty_checkout':
      return t('Uncommitted changes of the checkout are not part of the run.');
    case 'no_repository':
      return t('This folder is no git repository; a run needs one.');
    case 'no_commit':
      return t('The repository has no commit yet; a run needs one to start from.');
    case 'git_unusable':
      return t('git cannot be used here.');
  }
}
