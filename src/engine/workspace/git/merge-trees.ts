import { ok, type Result } from '../../../base/result.ts';
import type { Git, GitCall, GitFailure } from './git.ts';

/** The merge of two commits, computed without a checkout. */
export interface TreeMerge {
  /** The merged tree; with conflicts, its files hold the marker lines. */
  readonly tree: string;
  /** Paths with conflicts, each once. */
  readonly conflicts: readonly string[];
  /** Git's own words on each conflict. */
  readonly messages: readonly string[];
}

/** One place where both sides changed the same lines. */
export interface ConflictRegion {
  readonly ours: readonly string[];
  readonly base: readonly string[];
  readonly theirs: readonly string[];
  /** The region with its marker lines. */
  readonly text: string;
}

/** Merges two commits in memory. */
export async function mergeTrees(
  git: Git,
  call: GitCall,
  sides: { readonly ours: string; readonly theirs: string },
): Promise<Result<TreeMerge, GitFailure>> {
  const args = ['merge-tree', '--write-tree', '-z', '--messages', sides.ours, sides.theirs];
  const done = await git.run(args, { ...call, accept: [1] });
  if (!done.ok) return done;
  const [tree = '', ...records] = done.value.stdout.toString('utf8').split('\0');
  if (done.value.code === 0) return ok({ tree, conflicts: [], messages: [] });
  const end = records.indexOf('');
  const staged = records.slice(0, end).map((record) => record.slice(record.indexOf('\t') + 1));
  const { paths, messages } = readMessages(records.slice(end + 1));
  return ok({ tree, conflicts: [...new Set([...staged, ...paths])], messages });
}

/** The conflicting regions of a file as git marks them; empty for a file without. */
export function conflictRegions(text: string): ConflictRegion[] {
  const regions: ConflictRegion[] = [];
  let open: { ours: string[]; base: string[]; theirs: string[]; text: string[] } | undefined;
  let side: 'ours' | 'base' | 'theirs' = 'ours';
  for (const line of text.split('\n')) {
    if (/^<{7,}( |\r?$)/.test(line)) {
      open = { ours: [], base: [], theirs: [], text: [line] };
      side = 'ours';
      continue;
    }
    if (open === undefined) continue;
    open.text.push(line);
    if (/^\|{7,}( |\r?$)/.test(line) && side === 'ours') side = 'base';
    else if (/^={7,}\r?$/.test(line) && side !== 'theirs') side = 'theirs';
    else if (/^>{7,}( |\r?$)/.test(line)) {
      regions.push({ ...open, text: open.text.join('\n') });
      open = undefined;
    } else open[side].push(line);
  }
  return regions;
}

/** Records are: number of paths, the paths, the kind, the text. */
function readMessages(records: readonly string[]): { paths: string[]; messages: string[] } {
  const paths: string[] = [];
  const messages: string[] = [];
  for (let index = 0; index < records.length;) {
    const count = Number(records[index]);
    if (!Number.isInteger(count) || records[index] === '') break;
    const kind = records[index + count + 1] ?? '';
    const text = records[index + count + 2] ?? '';
    if (kind.startsWith('CONFLICT')) {
      paths.push(...records.slice(index + 1, index + 1 + count).slice(0, 1));
      messages.push(text.trim());
    }
    index += count + 3;
  }
  return { paths, messages };
}
