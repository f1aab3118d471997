import * as z from 'zod';
import { parseGlob } from '../../../base/glob.ts';
import { defaults, maxParallelLimit } from '../defaults.ts';
import { choice, duration, text, texts, variableNames, wholeNumber } from '../toml/fields.ts';

const { orchestrator: standard, terminal } = defaults;

const retry = z.strictObject({
  attempts: wholeNumber(1, 100, {
    description: 'Tries of one session in all; 1 means no retry.',
    default: standard.retry.attempts,
  }),
  delay: duration('0s', '24h', { description: 'Wait before a session is tried again.', default: standard.retry.delay }),
  run_budget: wholeNumber(0, 10_000, {
    description: 'Retries in the whole run.',
    default: standard.retry.runBudget,
  }),
  merge_rework: wholeNumber(0, 100, {
    description: 'How often a session is sent back for a conflict or a red combined gate; not counted as tries.',
    default: standard.retry.mergeRework,
  }),
});

const orchestrator = z.strictObject({
  specs: texts(
    { description: 'Folders or globs of spec files, relative to the workspace root.', default: [...standard.specs] },
    'invalid-glob',
    (value) => parseGlob(value).ok,
  ),
  max_parallel: wholeNumber(1, maxParallelLimit, {
    description: 'Sessions at once. Default: the number of processors of the machine.',
  }),
  max_terminals: wholeNumber(1, 1000, { description: 'Live terminals at once.', default: standard.maxTerminals }),
  monitor_interval: duration('100ms', '1m', {
    description: 'How often the state of all sessions is checked, besides every change.',
    default: standard.monitorInterval,
  }),
  session_timeout: duration('100ms', '168h', {
    description:
      'How long a session may work, all its tries together; waiting for a person or the merge is not counted.',
    default: standard.sessionTimeout,
  }),
  estimate: duration('100ms', '168h', {
    description: 'Expected time of a spec that has no record and gives no estimate.',
    default: standard.estimate,
  }),
  retry: retry.meta({ description: 'How failed sessions are tried again.' }).optional(),
  mode: choice(['auto', 'approve'], {
    description: 'Whether steps go on by themselves or are released by a person.',
    default: standard.mode,
  }),
  base: text({ description: 'Branch, tag or commit to start from. Default: what the checkout is on.' }),
  strategy: choice(['solo', 'pipeline', 'competition'], {
    description: 'How sessions work. This version has "solo" alone.',
    default: standard.strategy,
  }),
  agent: text({
    description: 'The agent of specs that name none. Default: the one [agents.NAME] there is, or "blocks" without any.',
  }),
  kill_grace: duration('0s', '5m', {
    description: 'Time from asking a process to end until it is forced to.',
    default: standard.killGrace,
  }),
});

const gate = z.strictObject({
  commands: texts({ description: 'Commands that must exit 0 before work is accepted; a spec may have its own.' }),
  timeout: duration('100ms', '24h', { description: "One command's longest run.", default: defaults.gate.timeout }),
});

const agent = z.strictObject({
  driver: text({ description: 'How the agent is started and observed.', default: defaults.driver }),
  command: texts({ description: 'Program and arguments; {prompt} and {prompt_file} are filled in.' }),
  args: texts({ description: 'Further arguments.' }, 'empty-text', () => true),
  model: text({ description: 'The model that the agent is told to use.' }),
  env: variableNames({ description: 'NAMES of environment variables that are passed on; never values.' }),
  max_terminals: wholeNumber(1, 1000, { description: 'Live terminals of this agent at once. Default: no limit.' }),
});

const workspace = z.strictObject({
  copy: texts({ description: 'Paths copied into each new worktree, relative to the root.' }),
  link: texts({ description: 'Paths linked into each new worktree, relative to the root.' }),
  setup: texts({ description: 'Commands run in each new worktree.' }),
});

const terminals = z.strictObject({
  columns: wholeNumber(20, 500, { description: 'Width of the terminals.', default: terminal.columns }),
  rows: wholeNumber(5, 200, { description: 'Height of the terminals.', default: terminal.rows }),
  scrollback: wholeNumber(0, 10_000, {
    description: 'Lines kept for a person who attaches.',
    default: terminal.scrollback,
  }),
  host_idle: duration('1s', '24h', {
    description: 'The terminal host leaves after this long without a terminal and without a client.',
    default: terminal.hostIdle,
  }),
});

const redaction = z.strictObject({
  patterns: texts({ description: 'Regular expressions of what is hidden, besides the built-in shapes of secrets.' }),
  env: variableNames({ description: 'NAMES of further environment variables whose values are hidden.' }),
});

/** orchestra.toml as a person writes it. Every key is optional; what holds then stands in the table of defaults. */
export const orchestraSchema = z
  .strictObject({
    orchestrator: orchestrator.meta({ description: 'What runs, how much at once, and for how long.' }).optional(),
    gate: gate.meta({ description: 'What the orchestrator checks itself before it accepts work.' }).optional(),
    agents: z.record(z.string(), agent).meta({ description: 'Agents by name. "blocks" is always there.' }).optional(),
    workspace: workspace.meta({ description: 'How a fresh worktree is made ready.' }).optional(),
    terminal: terminals.meta({ description: 'The terminals of the agents.' }).optional(),
    redaction: redaction.meta({ description: 'What must not appear in any record.' }).optional(),
  })
  .meta({ title: 'orchestra.toml', description: 'Configuration of Spec Orchestra.' });

/** The checked raw content of orchestra.toml. */
export type OrchestraToml = z.infer<typeof orchestraSchema>;

/** Keys that later versions bring, dotted. */
export const unavailableKeys: ReadonlySet<string> = new Set([
  'roles',
  'pipeline',
  'teams',
  'rounds',
  'evaluator',
  'judge',
  'zones',
  'scaling',
  'alerts',
  'cluster',
  'orchestrator.max_concurrent_teams',
]);
