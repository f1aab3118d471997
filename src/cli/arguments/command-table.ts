/** The commands of this version. */
export type CommandName = (typeof commandNames)[number];

/** In the order of the help. */
export const commandNames = [
  'init',
  'plan',
  'run',
  'status',
  'attach',
  'stop',
  'retry',
  'answer',
  'approve',
  'merge',
  'doctor',
] as const;

/** Commands that the design names and this version does not have. */
export const unavailableCommands: readonly string[] = ['exec', 'team', 'leaderboard', 'mail', 'worker', 'coordinator'];

/** Every option of every command. */
export type OptionName = keyof typeof optionTable;

/** How an option is written; `value` names its value in the help. */
export interface OptionShape {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What stands behind the two dashes, if it is not the name. */
  readonly written?: string;
  readonly value?: string;
  readonly multiple?: boolean;
  /** May stand without its value. */
  readonly optionalValue?: boolean;
}

const optionTable = {
  specs: { type: 'string', value: 'A,B', multiple: true },
  'dry-run': { type: 'boolean' },
  resume: { type: 'string', value: 'RUN', optionalValue: true },
  'retry-failed': { type: 'boolean' },
  'take-over': { type: 'boolean' },
  'max-parallel': { type: 'string', value: 'N' },
  mode: { type: 'string', value: 'auto|approve' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean', short: 'v' },
  all: { type: 'boolean' },
  run: { type: 'string', value: 'RUN' },
  refuse: { type: 'boolean' },
  'resume-now': { type: 'boolean', written: 'resume' },
  workspace: { type: 'string', value: 'DIR' },
  locale: { type: 'string', value: 'en|ja' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const satisfies Readonly<Record<string, OptionShape>>;

/** How each option is written. */
export const options: Readonly<Record<OptionName, OptionShape>> = optionTable;

/** Options that every command takes. */
export const commonOptions: readonly OptionName[] = ['workspace', 'locale', 'help'];

/** How a command is called. */
export interface CommandShape {
  /** Names of its arguments, as the help shows them. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** The last argument takes all words that follow. */
  readonly takesRest?: boolean;
  readonly options: readonly OptionName[];
  /** Works in a folder that is no workspace yet. */
  readonly worksAnywhere?: boolean;
}

/** How each command is called. */
export const commandShapes: Readonly<Record<CommandName, CommandShape>> = {
  init: { required: [], optional: [], options: [], worksAnywhere: true },
  plan: { required: [], optional: [], options: ['specs', 'json'] },
  run: {
    required: [],
    optional: [],
    options: ['specs', 'dry-run', 'resume', 'retry-failed', 'take-over', 'max-parallel', 'mode', 'json'],
  },
  status: { required: [], optional: ['RUN'], options: ['verbose', 'all', 'json'] },
  attach: { required: ['AGENT'], optional: [], options: ['run'] },
  stop: { required: [], optional: ['SESSION'], options: ['run'] },
  retry: { required: ['SESSION'], optional: [], options: ['run', 'resume-now'] },
  answer: { required: ['ESCALATION', 'TEXT'], optional: [], takesRest: true, options: ['run'] },
  approve: { required: ['STEP'], optional: [], options: ['refuse', 'run'] },
  merge: { required: [], optional: ['RUN'], options: [] },
  doctor: { required: [], optional: [], options: [], worksAnywhere: true },
};
