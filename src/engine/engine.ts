import type { Engine, EngineOptions, EnginePorts } from './model/engine-api.ts';

/** Opens a workspace for a front. Loads nothing heavy until it is asked for something. */
export function createEngine(_ports: EnginePorts, _options: EngineOptions): Engine {
  throw new Error('The engine is being put together.');
}
