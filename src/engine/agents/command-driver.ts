import type { AgentConfig } from '../model/config.ts';
import type { AgentDriver, AgentLaunch, LaunchContext } from './agent-driver.ts';

/** Any program as an agent: started in the worktree, exit 0 means that it reports its work as done. `{prompt}` and `{prompt_file}` in its words are filled in. */
export const commandDriver: AgentDriver = {
  name: 'command',
  needsCommand: true,
  launch(context: LaunchContext): AgentLaunch {
    const [file = '', ...args] = [...context.agent.command, ...context.agent.args].map((word) => fill(word, context));
    return { file, args, env: {} };
  },
  describe(agent: AgentConfig): string {
    return [...agent.command, ...agent.args].join(' ');
  },
};

function fill(word: string, context: LaunchContext): string {
  return word.replaceAll('{prompt_file}', () => context.promptFile).replaceAll('{prompt}', () => context.prompt);
}
