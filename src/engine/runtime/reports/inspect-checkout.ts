import { systemClock } from '../../../base/clock.ts';
import type { EnginePorts, PlanNote } from '../../model/engine-api.ts';
import { GitRepository } from '../../workspace/git-repository.ts';

/** What a person should know about the checkout before a run: what is not committed is not part of it. Writes nothing. */
export async function inspectCheckout(
  root: string,
  ports: EnginePorts,
  base: string | undefined,
): Promise<readonly PlanNote[]> {
  const repository = await GitRepository.open({ root, clock: systemClock, env: ports.environment });
  if (!repository.ok) {
    const { reason, message } = repository.failure;
    const code =
      reason === 'not_a_repository' ? 'no_repository' : reason === 'no_commit' ? 'no_commit' : 'git_unusable';
    return [{ code, message, files: [] }];
  }
  const resolved = await repository.value.resolveBase(base);
  if (!resolved.ok) return [{ code: 'git_unusable', message: resolved.failure.message, files: [] }];
  const state = await repository.value.inspect();
  if (!state.ok) return [{ code: 'git_unusable', message: state.failure.message, files: [] }];
  const { count, files } = state.value.dirty;
  if (count === 0) return [];
  const message = `${count} uncommitted ${count === 1 ? 'change is' : 'changes are'} not part of a run, except texts of specs: ${files.slice(0, 5).join(', ')}${count > 5 ? ', …' : ''}`;
  return [{ code: 'dirty_checkout', message, files }];
}
