import type { RunId, SpecId } from '../model/ids.ts';

/** The branch on which the accepted work of a run comes together. Ids begin with a letter or digit, so `_` cannot meet one. */
export function integrationBranch(runId: RunId): string {
  return `orchestra/${runId}/_integration`;
}

/** The branch of one session. */
export function sessionBranch(runId: RunId, specId: SpecId): string {
  return `orchestra/${runId}/${specComponent(specId)}`;
}

/** What the branches of a session's rescue copies begin with; a number follows. */
export function rescuePrefix(runId: RunId, specId: SpecId): string {
  return `orchestra/${runId}/_rescue/${specComponent(specId)}-`;
}

/** The folder of refs, outside the branches, that remember how far a session's workspace is. */
export function stateRefs(runId: RunId, specId: SpecId): string {
  return `refs/orchestra/${runId}/${specComponent(specId)}/`;
}

/** The ref that remembers where a run began. */
export function runBaseRef(runId: RunId): string {
  return `refs/orchestra/${runId}/_run/base`;
}

/** The id as one part of a ref and as a folder's name: git refuses `.lock` and a dot at the end, ids do not. */
export function specComponent(specId: SpecId): string {
  return /(\.|\.lock)$/i.test(specId) ? `_id-${specId}-` : specId;
}
