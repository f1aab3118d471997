import type { AgentConfig } from '../../../src/engine/model/config.ts';
import type { RunId, SpecId } from '../../../src/engine/model/ids.ts';
import type { RunSettings, RunSpec } from '../../../src/engine/model/run-event.ts';
import { drawFaults, type Faults } from './faults.ts';
import { Random } from './random.ts';
import { drawDependencies } from './shapes.ts';

/** One world to run in: the specs, the settings and how badly things go. Follows from the seed alone. */
export interface Scenario {
  readonly seed: number;
  readonly runId: RunId;
  readonly specs: readonly RunSpec[];
  readonly settings: RunSettings;
  readonly faults: Faults;
  /** Record every conclusion of one `decide` before asking again, or only the first: both are right. */
  readonly recordsWholeBatch: boolean;
}

/** Draws the scenario of a seed. */
export function createScenario(seed: number): Scenario {
  const random = new Random(seed);
  const faults = drawFaults(random);
  const specs = drawSpecs(random);
  return {
    seed,
    runId: `run-${seed}` as RunId,
    specs,
    settings: drawSettings(random),
    faults,
    recordsWholeBatch: random.chance(0.5),
  };
}

function drawSpecs(random: Random): RunSpec[] {
  const count = 1 + Math.floor(25 * random.next() ** 3);
  const dependencies = drawDependencies(random, count);
  const drafts = dependencies.map((needed, index) => drawSpec(random, index, needed));
  const critical = new Map<SpecId, number>();
  for (const draft of drafts.toReversed()) {
    const held = drafts.filter((other) => other.dependsOn.includes(draft.id));
    critical.set(draft.id, draft.estimateMs + Math.max(0, ...held.map((other) => critical.get(other.id) ?? 0)));
  }
  return drafts.map((draft) => withCritical(draft, critical.get(draft.id) ?? draft.estimateMs));
}

function withCritical(spec: RunSpec, criticalMs: number): RunSpec {
  return { ...spec, criticalMs };
}

function drawSpec(random: Random, index: number, needed: readonly number[]): RunSpec {
  return {
    id: specId(index),
    title: `Spec ${index}`,
    file: `specs/${specId(index)}.md`,
    hash: String(index),
    dependsOn: needed.map(specId),
    selected: true,
    strategy: 'solo',
    agent: random.pick(['alpha', 'beta']),
    gate: random.pick<readonly string[]>([[], ['test'], ['test'], ['lint', 'test']]),
    touches: random.pick<readonly string[]>([[], [], [], ['src/a/**'], ['src/b/**', 'src/a/*.ts'], ['docs/**']]),
    timeoutMs: random.whole(4_000, 15_000),
    estimateMs: random.whole(200, 3_000),
    criticalMs: 0,
    allowEmpty: random.chance(0.1),
  };
}

function specId(index: number): SpecId {
  return `SPEC-${String(index + 1).padStart(3, '0')}` as SpecId;
}

function drawSettings(random: Random): RunSettings {
  return {
    maxParallel: random.whole(1, 8),
    maxTerminals: random.whole(1, 12),
    retry: {
      attempts: random.whole(1, 4),
      delayMs: random.pick([0, 300, 2_000]),
      runBudget: random.whole(0, 8),
      mergeRework: random.whole(0, 3),
    },
    mode: random.chance(0.25) ? 'approve' : 'auto',
    killGraceMs: 500,
    gateTimeoutMs: 2_500,
    hostIdleMs: 60_000,
    agents: { alpha: drawAgent(random, 'alpha'), beta: drawAgent(random, 'beta') },
    workspace: { copy: [], link: [], setup: random.chance(0.2) ? ['install', 'prepare'] : [] },
    terminal: { columns: 80, rows: 24, scrollback: 100 },
    redaction: { patterns: [], env: [] },
  };
}

function drawAgent(random: Random, name: string): AgentConfig {
  const agent: AgentConfig = { name, driver: 'command', command: ['work'], args: [], env: [] };
  return random.chance(0.35) ? { ...agent, maxTerminals: random.whole(1, 3) } : agent;
}
