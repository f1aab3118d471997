import { systemClock } from '../../../base/clock.ts';
import { fail, ok, type Result } from '../../../base/result.ts';
import type { EngineFailure, EnginePorts, MergeReport } from '../../model/engine-api.ts';
import { GitRepository } from '../../workspace/git-repository.ts';
import type { FoundRun } from './find-run.ts';

/** Brings what a run accepted into the branch that it started from. All or nothing; a dirty checkout of that branch is refused. */
export async function mergeRun(
  root: string,
  ports: EnginePorts,
  { runId, state }: FoundRun,
): Promise<Result<MergeReport, EngineFailure>> {
  if (state.result === undefined) {
    return fail({
      reason: 'refused',
      message: `Run ${runId} has not finished. Finish it with \`orchestra run --resume ${runId}\` first.`,
    });
  }
  const base = state.base.ref;
  if (base === undefined) {
    return fail({
      reason: 'refused',
      message: `Run ${runId} started from commit ${state.base.commit} and no branch. Merge ${state.integrationBranch} by hand.`,
    });
  }
  const repository = await GitRepository.open({ root, clock: systemClock, env: ports.environment });
  if (!repository.ok) return fail({ reason: 'workspace', message: repository.failure.message });
  const accepted = [...state.sessions.values()]
    .filter(({ status }) => status === 'completed')
    .map(({ spec }) => spec.id);
  const message = `Merge specs ${accepted.join(', ')}\n\nOrchestra-Run: ${runId}\n`;
  const merged = await repository.value.mergeIntoBase({ runId, baseRef: base, message });
  if (!merged.ok) return fail({ reason: 'workspace', message: merged.failure.message });
  return ok({ base, commit: merged.value.commit, alreadyMerged: merged.value.kind === 'already' });
}
