import { describeFailure } from '../../model/describe-failure.ts';
import type { SessionState } from '../../core/run-state.ts';

/** Characters of a log that go into the next prompt: its end, where tests say what failed. */
const logLimit = 12_000;

/** What the prompt is made of besides the session itself. */
export interface PromptParts {
  /** The spec's text below its front matter. */
  readonly body: string;
  /** The transcript of the command that failed the last attempt, redacted. */
  readonly failedLog?: string;
  readonly questionFile: string;
}

/** The whole prompt of the session's present attempt: the spec, how its work is taken, and what was wrong or answered before. */
export function buildPrompt(session: SessionState, parts: PromptParts): string {
  const sections = [`# ${session.spec.id}: ${session.spec.title}`, parts.body.trim(), howWorkIsTaken(session, parts)];
  if (session.lastFailure && session.cause !== 'first') sections.push(whatWasWrong(session, parts.failedLog));
  if (session.answers.length > 0) sections.push(answers(session));
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function howWorkIsTaken(session: SessionState, parts: PromptParts): string {
  const { gate } = session.spec;
  const lines = [
    '## How your work is taken',
    '- You are in a git worktree of your own, on a branch of your own. Change files here and nowhere else; do not switch branches and do not push.',
    '- When the work is done, end. What you leave is committed for you.',
    gate.length > 0
      ? `- It is accepted only when these commands succeed here: ${gate.map((command) => `\`${command}\``).join(', ')}.`
      : '- It is accepted only when something has changed.',
    `- If a decision is missing, write the question to \`${parts.questionFile}\` and end; the answer comes with the next attempt.`,
  ];
  return lines.join('\n');
}

function whatWasWrong(session: SessionState, log: string | undefined): string {
  const failure = session.lastFailure;
  if (!failure) return '';
  const kept =
    session.cause === 'retry' || session.cause === 'requested'
      ? 'You start again from a clean worktree.'
      : 'Your earlier work is still in the worktree; mend it.';
  const lines = ['## What was wrong with the last attempt', describeFailure(failure), kept];
  if (failure.reason === 'conflict') {
    lines.push(
      'The files hold conflict markers. Resolve them so that the content of both sides is kept, and remove the markers.',
      fenced(failure.details),
    );
  }
  if (failure.reason === 'work_refused' && failure.details !== undefined) lines.push(fenced(failure.details));
  if (log !== undefined && log.trim() !== '') lines.push('The end of its log:', fenced(tail(log)));
  return lines.join('\n\n');
}

function answers(session: SessionState): string {
  const lines = session.answers.map(({ question, text }) => `- Question: ${question}\n  Answer: ${text}`);
  return `## Answers to your questions\n${lines.join('\n')}`;
}

function tail(log: string): string {
  return log.length <= logLimit
    ? log.trimEnd()
    : `…\n${log
        .slice(-logLimit)
        .replace(/^[^\n]*\n/, '')
        .trimEnd()}`;
}

/** The fence is longer than any run of backticks inside. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
