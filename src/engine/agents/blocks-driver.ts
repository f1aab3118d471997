import { join } from 'node:path';
import type { AgentDriver, AgentLaunch, LaunchContext } from './agent-driver.ts';

/** The embedded agent that needs no login and no network: writes the fenced blocks of a spec that name a file. */
export const blocksDriver: AgentDriver = {
  name: 'blocks',
  needsCommand: false,
  launch(context: LaunchContext): AgentLaunch {
    return {
      file: context.execPath,
      args: [join(context.distFolder, 'blocks-agent.cjs'), context.specFile],
      env: { ELECTRON_RUN_AS_NODE: '1' },
    };
  },
  describe(): string {
    return 'writes the blocks of the spec that name a file';
  },
};
