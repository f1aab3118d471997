import type { Strategy } from './spec.ts';

/** How steps are released: by themselves, or by a person. */
export type Mode = 'auto' | 'approve';

/** One way to start an agent: an `[agents.NAME]` table. */
export interface AgentConfig {
  readonly name: string;
  /** A driver of `engine/agents`. */
  readonly driver: string;
  /** Program and arguments, `{prompt}` and `{prompt_file}` are filled in; empty when the driver brings its own. */
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly model?: string;
  /** Names of environment variables that are passed on, never values. */
  readonly env: readonly string[];
  /** Live terminals of this agent at once; absent: no limit of its own. */
  readonly maxTerminals?: number;
}

/** orchestra.toml, checked, with every default filled in. Durations are milliseconds. */
export interface OrchestraConfig {
  readonly orchestrator: {
    /** Folders or globs of spec files, relative to the workspace root. */
    readonly specs: readonly string[];
    readonly maxParallel: number;
    readonly maxTerminals: number;
    readonly monitorIntervalMs: number;
    readonly sessionTimeoutMs: number;
    readonly defaultEstimateMs: number;
    readonly retry: {
      /** Tries of one session in all; 1 means no retry. */
      readonly attempts: number;
      readonly delayMs: number;
      /** Retries in the whole run. */
      readonly runBudget: number;
      /** How often one session may be sent back for a conflict or a red combined gate; not counted as tries. */
      readonly mergeRework: number;
    };
    readonly mode: Mode;
    /** Branch, tag or commit to start from; absent: what the checkout is on. */
    readonly base?: string;
    readonly strategy: Strategy;
    /** Name of the agent for specs that name none. */
    readonly agent: string;
    /** TERM to KILL when a process tree is ended. */
    readonly killGraceMs: number;
  };
  readonly gate: {
    /** Commands for specs without a gate of their own. */
    readonly commands: readonly string[];
    /** One command's longest run. */
    readonly timeoutMs: number;
  };
  readonly agents: ReadonlyMap<string, AgentConfig>;
  readonly workspace: {
    /** Paths copied into, linked into, and commands run in each new worktree. */
    readonly copy: readonly string[];
    readonly link: readonly string[];
    readonly setup: readonly string[];
  };
  readonly terminal: {
    readonly columns: number;
    readonly rows: number;
    /** Lines of scrollback kept for an attach. */
    readonly scrollback: number;
    /** The PTY host leaves after this long without a terminal and without a client. */
    readonly hostIdleMs: number;
  };
  readonly redaction: {
    /** Regular expressions of the user's own, besides the built-in shapes. */
    readonly patterns: readonly string[];
    /** Names of further environment variables whose values are hidden. */
    readonly env: readonly string[];
  };
}
