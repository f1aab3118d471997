import type { AgentDriver } from './agent-driver.ts';
import { blocksDriver } from './blocks-driver.ts';
import { commandDriver } from './command-driver.ts';

/** Every driver of this version, by the word that orchestra.toml uses for it. */
export const drivers: ReadonlyMap<string, AgentDriver> = new Map(
  [commandDriver, blocksDriver].map((driver) => [driver.name, driver]),
);
