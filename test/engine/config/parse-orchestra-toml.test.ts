import assert from 'node:assert/strict';
import { parseOrchestraToml } from '../../../src/engine/config/orchestra-toml/parse-orchestra-toml.ts';
import type { AgentConfig } from '../../../src/engine/model/config.ts';
import type { Problem } from '../../../src/engine/model/problem.ts';
import { showProblem } from './show.ts';

const surroundings = {
  cpuCount: 6,
  drivers: [
    { name: 'command', needsCommand: true },
    { name: 'blocks', needsCommand: false },
  ],
};

const blocks: AgentConfig = { name: 'blocks', driver: 'blocks', command: [], args: [], env: [] };

function parse(text: string): ReturnType<typeof parseOrchestraToml> {
  return parseOrchestraToml(text, '/w/orchestra.toml', surroundings);
}

function problemsOf(text: string): readonly Problem[] {
  return parse(text).problems;
}

describe('parseOrchestraToml', () => {
  it('fills in every default of an empty file', () => {
    assert.deepEqual(parse(''), {
      config: {
        orchestrator: {
          specs: ['specs'],
          maxParallel: 6,
          maxTerminals: 64,
          monitorIntervalMs: 1000,
          sessionTimeoutMs: 3_600_000,
          defaultEstimateMs: 300_000,
          retry: { attempts: 3, delayMs: 5000, runBudget: 20, mergeRework: 3 },
          mode: 'auto',
          strategy: 'solo',
          agent: 'blocks',
          killGraceMs: 5000,
        },
        gate: { commands: [], timeoutMs: 1_800_000 },
        agents: new Map([['blocks', blocks]]),
        workspace: { copy: [], link: [], setup: [] },
        terminal: { columns: 120, rows: 40, scrollback: 1000, hostIdleMs: 30_000 },
        redaction: { patterns: [], env: [] },
      },
      problems: [],
      isReadable: true,
      specsPlace: { file: '/w/orchestra.toml', line: 1, column: 1, endLine: 1, endColumn: 1 },
    });
  });

  it('reads every key', () => {
    const text = `
[orchestrator]
specs = ["docs/specs/*.md"]
max_parallel = 4
max_terminals = 8
monitor_interval = "500ms"
session_timeout = "1h30m"
retry = { attempts = 2, delay = "0s", run_budget = 0, merge_rework = 1 }
mode = "approve"
base = "origin/main"
strategy = "solo"
agent = "writer"
estimate = "2m"
kill_grace = "1s"
[gate]
commands = ["npm test"]
timeout = "10m"
[agents.writer]
driver = "command"
command = ["bash", "-lc", "{prompt}"]
args = ["", "-x"]
model = "large"
env = ["API_KEY", "ProgramFiles(x86)"]
max_terminals = 2
[agents.other]
command = ["aider"]
[workspace]
copy = [".env"]
link = ["node_modules"]
setup = ["npm ci"]
[terminal]
columns = 80
rows = 24
scrollback = 0
host_idle = "1m"
[redaction]
patterns = ["tok-[0-9]+"]
env = ["OTHER"]
`;
    const { config, problems } = parse(text);
    assert.deepEqual(problems, []);
    assert.deepEqual(config, {
      orchestrator: {
        specs: ['docs/specs/*.md'],
        maxParallel: 4,
        maxTerminals: 8,
        monitorIntervalMs: 500,
        sessionTimeoutMs: 5_400_000,
        defaultEstimateMs: 120_000,
        retry: { attempts: 2, delayMs: 0, runBudget: 0, mergeRework: 1 },
        mode: 'approve',
        base: 'origin/main',
        strategy: 'solo',
        agent: 'writer',
        killGraceMs: 1000,
      },
      gate: { commands: ['npm test'], timeoutMs: 600_000 },
      agents: new Map<string, AgentConfig>([
        ['blocks', blocks],
        [
          'writer',
          {
            name: 'writer',
            driver: 'command',
            command: ['bash', '-lc', '{prompt}'],
            args: ['', '-x'],
            model: 'large',
            env: ['API_KEY', 'ProgramFiles(x86)'],
            maxTerminals: 2,
          },
        ],
        ['other', { name: 'other', driver: 'command', command: ['aider'], args: [], env: [] }],
      ]),
      workspace: { copy: ['.env'], link: ['node_modules'], setup: ['npm ci'] },
      terminal: { columns: 80, rows: 24, scrollback: 0, hostIdleMs: 60_000 },
      redaction: { patterns: ['tok-[0-9]+'], env: ['OTHER'] },
    });
  });

  it('names every problem at once, each at its place, and keeps what is right', () => {
    const text = [
      '[orchestrator]',
      'max_paralel = 3',
      'max_parallel = 0',
      'max_terminals = 7',
      'monitor_interval = "1d"',
      'retry = { attempts = 1.5, delai = "5s" }',
      'base = "--upload-pack=x"',
      'strategy = "competition"',
      'mode = "manual"',
      'kill_grace = "1h"',
      'specs = ["../elsewhere"]',
      '[agents."not good"]',
      '[agents.b]',
      'driver = "claud"',
      '[[teams]]',
      'name = "q"',
      '[workspace]',
      'copy = ["/etc/passwd", "a/../../b", ".git/config"]',
      'setup = [""]',
      '[redaction]',
      'patterns = ["("]',
      '[gates]',
    ].join('\n');
    const { config, problems } = parse(text);
    assert.deepEqual(problems.map(showProblem).sort(), [
      'orchestra.toml:10:14-10:18 error out-of-range',
      'orchestra.toml:11:10-11:24 error invalid-glob',
      'orchestra.toml:12:9-12:19 error invalid-agent-name',
      'orchestra.toml:12:9-12:19 error missing-command',
      'orchestra.toml:13:9-13:10 error ambiguous-agent',
      'orchestra.toml:14:10-14:17 error unknown-driver',
      'orchestra.toml:15:3-15:8 error section-unavailable',
      'orchestra.toml:18:24-18:35 error path-outside',
      'orchestra.toml:18:37-18:50 error reserved-path',
      'orchestra.toml:18:9-18:22 error path-outside',
      'orchestra.toml:19:10-19:12 error empty-text',
      'orchestra.toml:21:13-21:16 error invalid-pattern',
      'orchestra.toml:22:2-22:7 error unknown-key',
      'orchestra.toml:2:1-2:12 error unknown-key',
      'orchestra.toml:3:16-3:17 error out-of-range',
      'orchestra.toml:5:20-5:24 error invalid-duration',
      'orchestra.toml:6:22-6:25 error wrong-type',
      'orchestra.toml:6:27-6:32 error unknown-key',
      'orchestra.toml:7:8-7:25 error invalid-reference',
      'orchestra.toml:8:12-8:25 error strategy-unavailable',
      'orchestra.toml:9:8-9:16 error invalid-value',
    ]);
    assert.deepEqual([config.orchestrator.maxTerminals, config.orchestrator.maxParallel], [7, 6]);
    const messages = problems.filter(({ line }) => line <= 3 || line === 9).map(({ message }) => message);
    assert.deepEqual(messages.sort(), [
      'Unknown key `orchestrator.max_paralel`. Did you mean `max_parallel`?',
      '`orchestrator.max_parallel` is 0; it must be from 1 to 256.',
      '`orchestrator.mode` must be one of "auto", "approve", not "manual".',
    ]);
  });

  it('says of each part of later versions that it is not available', () => {
    const names = ['roles.x', 'pipeline', 'rounds', 'evaluator', 'judge', 'zones.a', 'scaling', 'cluster'];
    const text = `[orchestrator]\nmax_concurrent_teams = 4\n${names.map((name) => `[${name}]`).join('\n')}\n[[alerts]]\n`;
    assert.deepEqual(
      problemsOf(text).map(({ code, parameters }) => `${code} ${parameters['key'] ?? ''}`),
      [
        'section-unavailable orchestrator.max_concurrent_teams',
        ...['roles', 'pipeline', 'rounds', 'evaluator', 'judge', 'zones', 'scaling', 'cluster', 'alerts'].map(
          (name) => `section-unavailable ${name}`,
        ),
      ],
    );
  });

  it('never repeats what may be a secret', () => {
    const text =
      '[agents.a]\ncommand = ["x"]\nenv = ["KEY=hush-hush", "hush-hush"]\n[redaction]\nenv = { K = "hush-hush" }\n';
    const problems = problemsOf(text);
    assert.deepEqual(problems.map(showProblem), [
      'orchestra.toml:3:8-3:23 error environment-value',
      'orchestra.toml:3:25-3:36 error invalid-variable-name',
      'orchestra.toml:5:7-5:26 error wrong-type',
    ]);
    assert.doesNotMatch(JSON.stringify(problems), /hush/);
  });

  it('chooses the default agent: the named one, else the only one, else the built-in one', () => {
    const agent = (text: string): readonly string[] => {
      const { config, problems } = parse(text);
      return [config.orchestrator.agent, ...problems.map(({ code, message }) => `${code}: ${message}`)];
    };
    const [a, b] = ['[agents.a]\ncommand = ["x"]\n', '[agents.b]\ncommand = ["x"]\n'];
    assert.deepEqual(agent(''), ['blocks']);
    assert.deepEqual(agent(a), ['a']);
    assert.deepEqual(agent(`[orchestrator]\nagent = "b"\n${a}${b}`), ['b']);
    assert.deepEqual(agent(`[orchestrator]\nagent = "blocks"\n${a}`), ['blocks']);
    assert.deepEqual(agent(a + b), [
      'blocks',
      'ambiguous-agent: Several agents are configured (a, b); name the default with `agent` in [orchestrator].',
    ]);
    assert.deepEqual(agent(`[orchestrator]\nagent = "bloks"\n`), [
      'blocks',
      'unknown-agent: The agent "bloks" does not exist. Did you mean "blocks"? Known agents: blocks; others are made with [agents.NAME] in orchestra.toml.',
    ]);
  });

  it('answers text that is no TOML with its one problem and the defaults', () => {
    const parsed = parse('[orchestrator]\nspecs = [\n');
    assert.deepEqual(
      [parsed.problems.map(showProblem), parsed.isReadable, parsed.config.orchestrator.maxParallel],
      [['orchestra.toml:3:1-3:1 error invalid-toml'], false, 6],
    );
  });

  it('never configures less than one session at once, nor more than the limit', () => {
    const maxParallel = (cpuCount: number): number =>
      parseOrchestraToml('', '/w/orchestra.toml', { ...surroundings, cpuCount }).config.orchestrator.maxParallel;
    assert.deepEqual([0, 1, 4000].map(maxParallel), [1, 1, 256]);
  });
});
