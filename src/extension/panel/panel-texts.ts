import type { PanelTexts } from '../../webview/protocol.ts';
import type { Language } from '../text/language.ts';

/** The texts of the panel's page, which has no translation of its own. */
export function panelTexts(language: Language): PanelTexts {
  return { ...pageTexts(language), ...buttonTexts(language) };
}

function pageTexts({ t }: Language): Omit<PanelTexts, ButtonName> {
  return {
    graph: t('Graph'),
    plan: t('Plan'),
    noRun: t('No run yet'),
    noRunHint: t('Orchestrate specs to see how they go on here.'),
    noPlan: t('No plan yet'),
    noPlanHint: t('A dry run shows what would happen, and starts nothing.'),
    legend: t('Legend'),
    critical: t('on the critical path'),
    criticalPath: t('Critical path'),
    dependency: t('dependency'),
    graphLabel: t('Dependency graph. Arrow keys move along the edges, Enter opens the details.'),
    details: t('Details'),
    step: t('Step'),
    progress: t('Progress'),
    attempts: t('Attempts'),
    duration: t('Duration'),
    branch: t('Branch'),
    terminals: t('Terminals'),
    escalations: t('Escalations'),
    dependsOn: t('Needs'),
    wave: t('Wave'),
    waves: t('Waves'),
    specs: t('Specs'),
    spec: t('Spec'),
    agent: t('Agent'),
    gate: t('Gate'),
    noGate: t('No gate'),
    touches: t('Touches'),
    estimate: t('Estimate'),
    approximate: t('approximate'),
    timeout: t('Time limit'),
    parallel: t('At once'),
    addedDependency: t('added: a selected spec needs it'),
    dryOnly: t('Dry run: nothing was started or written.'),
    remarks: t('To know before'),
    embedded: t('embedded agent'),
    moreFiles: t('and {0} more', '{0}'),
  };
}

type ButtonName =
  | 'orchestrate'
  | 'dryRun'
  | 'start'
  | 'cancel'
  | 'close'
  | 'zoomIn'
  | 'zoomOut'
  | 'fit'
  | 'attach'
  | 'openLog'
  | 'retry'
  | 'stop'
  | 'openSpec'
  | 'openWorktree'
  | 'answer'
  | 'approve'
  | 'refuse'
  | 'acknowledge';

function buttonTexts({ t }: Language): Pick<PanelTexts, ButtonName> {
  return {
    orchestrate: t('Orchestrate Specs'),
    dryRun: t('Dry Run'),
    start: t('Start'),
    cancel: t('Cancel'),
    close: t('Close'),
    zoomIn: t('Zoom in'),
    zoomOut: t('Zoom out'),
    fit: t('Fit'),
    attach: t('Attach'),
    openLog: t('Open Log'),
    retry: t('Retry'),
    stop: t('Stop'),
    openSpec: t('Open Spec'),
    openWorktree: t('Open Worktree'),
    answer: t('Answer'),
    approve: t('Approve'),
    refuse: t('Refuse'),
    acknowledge: t('Acknowledge'),
  };
}
