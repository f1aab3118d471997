import type { EscalationKind } from '../engine/model/run-event.ts';
import type { SessionStatus } from '../engine/model/status.ts';

/** A codicon and the word that says the same. */
export interface Look {
  readonly icon: string;
  readonly word: string;
}

/** One terminal of a session, as the details of the graph list it. */
export interface TerminalRow extends Look {
  readonly id: string;
  readonly role: string;
  readonly live: boolean;
  readonly evidence: string;
}

/** One open escalation, with what it allows. */
export interface EscalationRow {
  readonly id: string;
  readonly kind: EscalationKind;
  /** In the person's language. */
  readonly title: string;
  readonly reason: string;
  readonly step?: string;
}

/** One session in the graph; sentences are in the person's language. */
export interface GraphNode extends Look {
  /** The spec's id. */
  readonly id: string;
  readonly session: string;
  readonly title: string;
  readonly status: SessionStatus;
  readonly step: string;
  /** 0..100. */
  readonly progress: number;
  readonly attempts: number;
  readonly dependsOn: readonly string[];
  readonly critical: boolean;
  readonly failure?: string;
  readonly branch?: string;
  readonly duration?: string;
  readonly terminals: readonly TerminalRow[];
  readonly escalations: readonly EscalationRow[];
}

/** The run as the Graph page shows it. */
export interface GraphState extends Look {
  readonly runId: string;
  readonly summary: string;
  /** In topological order. */
  readonly nodes: readonly GraphNode[];
  /** Escalations of the run itself. */
  readonly escalations: readonly EscalationRow[];
}

/** One spec of a dry run. */
export interface PlanRow {
  readonly id: string;
  readonly title: string;
  /** From 1. */
  readonly wave: number;
  readonly selected: boolean;
  readonly critical: boolean;
  readonly dependsOn: readonly string[];
  readonly agent: string;
  /** What the agent's program is started with; empty when its driver brings its own. */
  readonly command: string;
  readonly gate: readonly string[];
  readonly touches: readonly string[];
  readonly estimate: string;
  readonly estimateSource: string;
  readonly timeout: string;
}

/** A complaint or a note of a dry run. */
export interface PlanRemark {
  readonly severity: 'error' | 'warning' | 'info';
  readonly text: string;
  readonly files: readonly string[];
}

/** A dry run as the Plan page shows it. */
export interface PlanState {
  /** Names this plan: a start of another one is refused. */
  readonly token: string;
  /** In topological order. */
  readonly rows: readonly PlanRow[];
  readonly criticalPath: readonly string[];
  readonly estimate: string;
  readonly maxParallel: number;
  readonly remarks: readonly PlanRemark[];
  /** Why it cannot be started; absent when it can. */
  readonly obstacle?: string;
  /** The plan was made for looking alone: it offers no start. */
  readonly dry: boolean;
}

/** Which page is shown. */
export type PageName = 'graph' | 'plan';

/** Everything that the panel shows: a whole snapshot, never a delta. */
export interface PanelState {
  readonly page: PageName;
  readonly graph?: GraphState;
  readonly plan?: PlanState;
}

/** What a button of the page asks for. */
export type PanelAction =
  | 'attach'
  | 'openLog'
  | 'retry'
  | 'stop'
  | 'openSpec'
  | 'openWorktree'
  | 'answer'
  | 'approve'
  | 'refuse'
  | 'acknowledge'
  | 'orchestrate'
  | 'dryRun'
  | 'init';

/** From the extension to the page. */
export type ToPage =
  | { readonly type: 'init'; readonly locale: string; readonly texts: PanelTexts; readonly state: PanelState }
  | { readonly type: 'state'; readonly state: PanelState };

/** From the page to the extension. */
export type FromPage =
  /** The page has been loaded or was hidden: it needs a snapshot. */
  | { readonly type: 'ready' }
  | { readonly type: 'show'; readonly page: PageName }
  | { readonly type: 'start'; readonly token: string }
  | { readonly type: 'cancel' }
  | { readonly type: 'act'; readonly action: PanelAction; readonly target: string };

/** What the page keeps of itself over a reload of the window. */
export interface SavedPage {
  readonly page: PageName;
  /** Spec whose details are open. */
  readonly open?: string;
}

/** The names of the page's own texts. */
export const panelTextNames = [
  'graph',
  'plan',
  'noRun',
  'noRunHint',
  'noPlan',
  'noPlanHint',
  'orchestrate',
  'dryRun',
  'start',
  'cancel',
  'close',
  'zoomIn',
  'zoomOut',
  'fit',
  'legend',
  'critical',
  'criticalPath',
  'dependency',
  'graphLabel',
  'details',
  'step',
  'progress',
  'attempts',
  'duration',
  'branch',
  'terminals',
  'escalations',
  'attach',
  'openLog',
  'retry',
  'stop',
  'openSpec',
  'openWorktree',
  'answer',
  'approve',
  'refuse',
  'acknowledge',
  'dependsOn',
  'wave',
  'waves',
  'specs',
  'spec',
  'agent',
  'gate',
  'noGate',
  'touches',
  'estimate',
  'approximate',
  'timeout',
  'parallel',
  'addedDependency',
  'dryOnly',
  'remarks',
  'embedded',
  'moreFiles',
] as const;

/** The page's own texts in the person's language. */
export type PanelTexts = Readonly<Record<(typeof panelTextNames)[number], string>>;

const actions: readonly PanelAction[] = [
  ...(['attach', 'openLog', 'retry', 'stop', 'openSpec', 'openWorktree'] as const),
  ...(['answer', 'approve', 'refuse', 'acknowledge', 'orchestrate', 'dryRun', 'init'] as const),
];

/** The message, when `value` is one that the page may send; undefined else. */
export function checkFromPage(value: unknown): FromPage | undefined {
  if (!isRecord(value)) return undefined;
  switch (value['type']) {
    case 'ready':
      return { type: 'ready' };
    case 'cancel':
      return { type: 'cancel' };
    case 'show':
      return isPage(value['page']) ? { type: 'show', page: value['page'] } : undefined;
    case 'start':
      return typeof value['token'] === 'string' ? { type: 'start', token: value['token'] } : undefined;
    case 'act': {
      const action = actions.find((each) => each === value['action']);
      const { target } = value as { readonly target?: unknown };
      return action && typeof target === 'string' ? { type: 'act', action, target } : undefined;
    }
    default:
      return undefined;
  }
}

/** The message, when `value` is one that the extension sends; undefined else. */
export function checkToPage(value: unknown): ToPage | undefined {
  if (!isRecord(value) || !isPanelState(value['state'])) return undefined;
  if (value['type'] === 'state') return { type: 'state', state: value['state'] };
  const { locale, texts } = value as { readonly locale?: unknown; readonly texts?: unknown };
  if (value['type'] !== 'init' || typeof locale !== 'string' || !isTexts(texts)) return undefined;
  return { type: 'init', locale, texts, state: value['state'] };
}

/** What the page had kept, when `value` is that; the Graph page else. */
export function checkSavedPage(value: unknown): SavedPage {
  if (!isRecord(value) || !isPage(value['page'])) return { page: 'graph' };
  const open = value['open'];
  return { page: value['page'], ...(typeof open === 'string' ? { open } : {}) };
}

function isPanelState(value: unknown): value is PanelState {
  if (!isRecord(value) || !isPage(value['page'])) return false;
  const { graph, plan } = value as { readonly graph?: unknown; readonly plan?: unknown };
  const hasGraph = isRecord(graph) && isList(graph['nodes'], isGraphNode) && isList(graph['escalations'], isRecord);
  const hasPlan = isRecord(plan) && isList(plan['rows'], isPlanRow) && isList(plan['remarks'], isRecord);
  return (graph === undefined || hasGraph) && (plan === undefined || hasPlan);
}

function isGraphNode(value: unknown): boolean {
  return (
    hasTexts(value, ['id', 'session', 'title', 'status', 'icon', 'word', 'step']) &&
    typeof value['progress'] === 'number' &&
    isList(value['dependsOn'], isText) &&
    isList(value['terminals'], isRecord) &&
    isList(value['escalations'], isRecord)
  );
}

function isPlanRow(value: unknown): boolean {
  return (
    hasTexts(value, ['id', 'title', 'agent', 'command', 'estimate', 'timeout']) &&
    typeof value['wave'] === 'number' &&
    isList(value['dependsOn'], isText) &&
    isList(value['gate'], isText) &&
    isList(value['touches'], isText)
  );
}

function isTexts(value: unknown): value is PanelTexts {
  return hasTexts(value, panelTextNames);
}

function hasTexts(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  return isRecord(value) && names.every((name) => typeof value[name] === 'string');
}

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isPage(value: unknown): value is PageName {
  return value === 'graph' || value === 'plan';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
