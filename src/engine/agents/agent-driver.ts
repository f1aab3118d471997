import type { AgentConfig } from '../model/config.ts';

/** What a driver may use to start one agent for one attempt. Paths are absolute. */
export interface LaunchContext {
  readonly agent: AgentConfig;
  /** The whole prompt. */
  readonly prompt: string;
  /** The same, as a file. */
  readonly promptFile: string;
  /** The spec as it was when the run started. */
  readonly specFile: string;
  /** Node, or an Electron that acts as Node with `ELECTRON_RUN_AS_NODE=1`. */
  readonly execPath: string;
  /** Folder of the built entries. */
  readonly distFolder: string;
}

/** The program that is the agent. `env` comes on top of what every agent gets. */
export interface AgentLaunch {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** How one kind of agent CLI is started. Everything that differs between CLIs is in its driver and nowhere else. */
export interface AgentDriver {
  /** The word for `driver` in orchestra.toml. */
  readonly name: string;
  /** Whether an `[agents.*]` table of it must give a `command`. */
  readonly needsCommand: boolean;
  launch(context: LaunchContext): AgentLaunch;
  /** One line for the plan: what will be run. */
  describe(agent: AgentConfig): string;
}
