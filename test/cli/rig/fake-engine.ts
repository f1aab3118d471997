import { join } from 'node:path';
import { fail, ok } from '../../../src/base/result.ts';
import type { Engine, EngineFailure } from '../../../src/engine/model/engine-api.ts';
import type { RunId } from '../../../src/engine/model/ids.ts';

/** Records each call as `[name, …arguments]`; answers with what the test gives, else refuses. */
export function fakeEngine(root: string, answers: Partial<Engine>): Engine & { readonly calls: unknown[][] } {
  const calls: unknown[][] = [];
  const refused: EngineFailure = { reason: 'refused', message: 'The test gave no answer.' };
  const defaults: Engine = {
    root,
    load: () => Promise.reject(new Error('not scripted')),
    plan: () => Promise.resolve(fail(refused)),
    start: () => Promise.resolve(fail(refused)),
    resume: () => Promise.resolve(fail(refused)),
    watch: () => Promise.resolve(fail({ reason: 'unknown_run', message: 'There is no run.' })),
    runs: () => Promise.resolve([]),
    request: () => Promise.resolve(ok('applied')),
    attach: () => Promise.resolve(fail({ reason: 'unknown_terminal', message: 'There is no such terminal.' })),
    transcriptFile: (run: RunId, terminal) => join(root, '.orchestra', 'runs', run, 'transcripts', `${terminal}.log`),
    merge: () => Promise.resolve(fail(refused)),
    doctor: () => Promise.resolve([]),
    init: () => Promise.resolve(fail(refused)),
    dispose: () => undefined,
  };
  const engine = { ...defaults, ...answers };
  const recorded = ['plan', 'start', 'resume', 'watch', 'request', 'attach', 'merge', 'dispose'] as const;
  for (const name of recorded) {
    const answer = engine[name] as (...given: unknown[]) => unknown;
    Object.assign(engine, {
      [name]: (...given: unknown[]) => {
        calls.push([name, ...given]);
        return answer(...given);
      },
    });
  }
  return Object.assign(engine, { calls });
}
