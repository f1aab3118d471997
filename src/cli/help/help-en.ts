import type { CommandName, OptionName } from '../arguments/command-table.ts';

/** The help's texts in one language. */
export interface HelpTexts {
  readonly title: string;
  readonly usage: string;
  readonly options: string;
  readonly more: string;
  /** One line for each command. */
  readonly commands: Readonly<Record<CommandName, string>>;
  /** Paragraphs below it. */
  readonly details: Readonly<Record<CommandName, readonly string[]>>;
  readonly optionTexts: Readonly<Record<OptionName, string>>;
}

/** The help in English. */
export const englishHelp: HelpTexts = {
  title: 'orchestra: runs many specs in dependency order over coding agents, each in its own terminal and worktree.',
  usage: 'Usage:',
  options: 'Options:',
  more: 'More: orchestra help COMMAND. Exit codes: 0 all accepted, 1 something failed, 2 arguments or files are wrong.',
  commands: {
    init: 'Writes orchestra.toml, specs/ and an example',
    plan: 'Shows what a run would do; starts and writes nothing',
    run: 'Runs specs in dependency order',
    status: 'Shows where a run is, what it asks and which agents live',
    attach: "Puts your terminal on an agent's",
    stop: 'Stops a session, or the whole run with its agents',
    retry: 'Tries a session again that was not accepted',
    answer: "Answers an agent's question",
    approve: 'Releases a step that waits for approval',
    merge: 'Brings accepted work into the branch that the run started from',
    doctor: 'Says what is installed and working, and what to do about the rest',
  },
  details: {
    init: ['Never writes over an existing file.'],
    plan: ['The same as `orchestra run --dry-run`. Exit code 2 when specs or orchestra.toml have errors.'],
    run: [
      'Ctrl-C once: nothing more is started, running agents go on, and `--resume` takes the run up again. Twice: the agents are stopped.',
      'With --json: one event a line, and last the result as {"type":"run_finished",…}.',
    ],
    status: ['RUN may be shortened; without it the newest run is shown.'],
    attach: [
      'AGENT is a terminal such as SPEC-001.a1, or a spec: then its live agent. Ctrl-] detaches; the agent goes on.',
      'Without a terminal of your own: output goes out as it comes, lines from a pipe are typed to the agent.',
    ],
    stop: [
      'SESSION is a spec, or RUN/SPEC. Without it the whole run stops; if nobody orchestrates it, this command does until all agents have ended.',
    ],
    retry: ['SESSION is a spec, or RUN/SPEC. What was skipped because of it is tried as well.'],
    answer: ['ESCALATION is an id such as esc-3; all words after it are the answer.'],
    approve: ['STEP is written SPEC-001:start or SPEC-001:merge.'],
    merge: ['All or nothing. Without RUN: the newest run that has finished.'],
    doctor: ['Starts no agent. Exit code 1 when something that a run needs is missing.'],
  },
  optionTexts: {
    specs: 'only these specs and what they depend on',
    'dry-run': 'show the plan, start nothing',
    resume: 'go on with an interrupted run, without RUN the newest',
    'retry-failed': 'with --resume: try failed sessions again',
    'take-over': 'take the orchestration over from another process',
    'max-parallel': 'the most sessions at once',
    mode: 'auto, or approve: a person releases each step',
    json: 'machine-readable output',
    verbose: 'every terminal with its pid and what its status rests on',
    all: 'the list of runs',
    run: 'which run; without it the newest',
    refuse: 'refuse the step, which ends its session',
    'resume-now': 'resume the run at once if nobody orchestrates it',
    workspace: 'folder with orchestra.toml; else ORCHESTRA_WORKSPACE, else the nearest one',
    locale: 'language of what people read',
    help: 'this help',
    version: 'the version',
  },
};
