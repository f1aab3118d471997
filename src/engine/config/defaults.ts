/**
 * Every default of orchestra.toml, in the words of the file. `max_parallel` is missing: it is the number of processors of the
 * machine, at most {@link maxParallelLimit}.
 */
export const defaults = {
  orchestrator: {
    specs: ['specs'],
    maxTerminals: 64,
    monitorInterval: '1s',
    sessionTimeout: '60m',
    estimate: '5m',
    mode: 'auto',
    strategy: 'solo',
    /** Used when no `[agents.NAME]` is configured. */
    agent: 'blocks',
    killGrace: '5s',
    retry: { attempts: 3, delay: '5s', runBudget: 20, mergeRework: 3 },
  },
  gate: { commands: [], timeout: '30m' },
  /** The driver of an agent that names none. */
  driver: 'command',
  terminal: { columns: 120, rows: 40, scrollback: 1000, hostIdle: '30s' },
} as const;

/** The most sessions at once that may be configured. */
export const maxParallelLimit = 256;
