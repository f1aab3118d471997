import { fail, ok, type Result } from '../../base/result.ts';

/** One fenced block that names a file. */
export interface SpecBlock {
  /** Relative to the worktree, with `/`. */
  readonly path: string;
  /** `file=` writes the file whole, `append=` adds to its end unless the text is there already. */
  readonly action: 'write' | 'append';
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

/** A block that cannot be used. */
export interface BlockFailure {
  readonly reason: 'unclosed_block' | 'unsafe_path';
  readonly line: number;
  readonly message: string;
}

interface Fence {
  readonly mark: string;
  readonly indent: number;
  readonly info: string;
}

/** Reads the fenced blocks of a Markdown text that name a file, as in ```` ```js file=src/slug.js ````. Others are prose and left out. */
export function readSpecBlocks(markdown: string): Result<readonly SpecBlock[], BlockFailure> {
  const blocks: SpecBlock[] = [];
  const lines = markdown.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const fence = openFence(lines[index] ?? '');
    if (!fence) continue;
    const end = lines.findIndex((line, at) => at > index && closes(line, fence));
    const target = targetOf(fence.info);
    if (end < 0) {
      if (!target) break;
      return fail({
        reason: 'unclosed_block',
        line: index + 1,
        message: `The block for ${target.path} is never closed.`,
      });
    }
    if (target) {
      const refusal = refusePath(target.path);
      if (refusal) return fail({ reason: 'unsafe_path', line: index + 1, message: refusal });
      const text = lines.slice(index + 1, end).map((line) => unindent(line, fence.indent));
      blocks.push({ ...target, text: text.map((line) => `${line}\n`).join(''), line: index + 1 });
    }
    index = end;
  }
  return ok(blocks);
}

function openFence(line: string): Fence | undefined {
  const match = /^( {0,3})(`{3,}|~{3,})(.*)$/.exec(line);
  const [, indent = '', mark = '', info = ''] = match ?? [];
  if (!match || (mark.startsWith('`') && info.includes('`'))) return undefined;
  return { mark, indent: indent.length, info };
}

function closes(line: string, fence: Fence): boolean {
  const trimmed = line.trim();
  return trimmed.length >= fence.mark.length && trimmed === fence.mark.charAt(0).repeat(trimmed.length);
}

function targetOf(info: string): Pick<SpecBlock, 'path' | 'action'> | undefined {
  const match = /(?:^|\s)(file|append)=(?:"([^"]+)"|'([^']+)'|(\S+))/.exec(info);
  const path = match?.[2] ?? match?.[3] ?? match?.[4];
  return path === undefined ? undefined : { path, action: match?.[1] === 'append' ? 'append' : 'write' };
}

function refusePath(path: string): string | undefined {
  const parts = path.split('/');
  if (/^([/\\]|[A-Za-z]:)/.test(path) || path.includes('\\') || parts.includes('..')) {
    return `The block names ${path}, which is outside the worktree. Use a path relative to its root.`;
  }
  if (parts.some((part) => part.toLowerCase() === '.git')) return `The block names ${path}, which belongs to git.`;
  return undefined;
}

function unindent(line: string, indent: number): string {
  let at = 0;
  while (at < indent && line.charAt(at) === ' ') at += 1;
  return line.slice(at);
}
