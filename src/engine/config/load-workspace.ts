import { join } from 'node:path';
import { compareProblems, createProblem, createWarning } from '../model/create-problem.ts';
import type { OrchestraConfig } from '../model/config.ts';
import type { Problem, SourcePlace } from '../model/problem.ts';
import type { Spec } from '../model/spec.ts';
import { findSpecFiles } from './files/find-spec-files.ts';
import { mapConcurrent } from './files/map-concurrent.ts';
import type { WorkspaceFiles } from './files/workspace-files.ts';
import { parseOrchestraToml, type ConfigSurroundings } from './orchestra-toml/parse-orchestra-toml.ts';
import { parseSpec, type ParsedSpec } from './spec-file/parse-spec.ts';
import { agentProblems, resolveSpecs } from './spec-file/resolve-specs.ts';

/** The name of the configuration file at the root of a workspace. */
const configFileName = 'orchestra.toml';

/** Files under way at once: enough to keep the disk busy, far below any limit of open files. */
const readConcurrency = 32;

/** A workspace to load and what loading rests on. */
export interface LoadOptions extends ConfigSurroundings {
  /** Absolute path. */
  readonly root: string;
  readonly files: WorkspaceFiles;
  /** Problems of the dependencies as a whole, that is, cycles: the check of engine/graph. */
  readonly checkGraph: (specs: readonly Spec[]) => readonly Problem[];
  /** Parsed specs by file, kept by the caller between loads: a file with the same text is not parsed again. */
  readonly cache?: Map<string, CachedSpec>;
}

/** A parsed spec and the text it came from. */
export interface CachedSpec {
  readonly text: string;
  readonly parsed: ParsedSpec;
}

/** A workspace as far as it could be understood; with an error among the problems it must not be run. */
export interface LoadedWorkspace {
  readonly config: OrchestraConfig;
  /** By path of their files. */
  readonly specs: readonly Spec[];
  /** All there are, by file and line. */
  readonly problems: readonly Problem[];
}

/** Reads orchestra.toml, which may be missing, and all spec files, and checks them together. Writes nothing. */
export async function loadWorkspace(options: LoadOptions): Promise<LoadedWorkspace> {
  const { files, root, cache } = options;
  const problems: Problem[] = [];
  const configFile = join(root, configFileName);
  const configText = await readText(files, configFile);
  const isHidden = typeof configText !== 'string' && !configText.isMissing;
  if (isHidden) problems.push(configText.problem);
  const parsedConfig = parseOrchestraToml(typeof configText === 'string' ? configText : '', configFile, options);
  const { config, specsPlace } = parsedConfig;
  const found = await findSpecFiles(root, config.orchestrator.specs, files);
  const parsed = await mapConcurrent(found.files, readConcurrency, (file) => readSpec(files, file, cache));
  forgetOthers(cache, found.files);
  const drafts = parsed.flatMap(({ draft }) => draft ?? []);
  const resolved = resolveSpecs(drafts, config);
  problems.push(
    ...parsedConfig.problems,
    ...found.problems,
    ...parsed.flatMap((spec) => spec.problems),
    ...resolved.problems,
    ...options.checkGraph(resolved.specs),
  );
  // Without a readable configuration it is not known where specs should be, or which agents there are.
  if (parsedConfig.isReadable && !isHidden) {
    problems.push(...sourceProblems(config.orchestrator.specs, found.emptySources, specsPlace));
    problems.push(...agentProblems(drafts, config));
  }
  return { config, specs: resolved.specs, problems: problems.sort(compareProblems) };
}

function sourceProblems(sources: readonly string[], empty: readonly string[], place: SourcePlace): readonly Problem[] {
  if (empty.length === sources.length) {
    return [createProblem('no-specs', place, { sources: sources.map((source) => `"${source}"`).join(', ') })];
  }
  return empty.map((source) => createWarning('empty-source', place, { source }));
}

async function readSpec(
  files: WorkspaceFiles,
  file: string,
  cache: Map<string, CachedSpec> | undefined,
): Promise<ParsedSpec> {
  const text = await readText(files, file);
  if (typeof text !== 'string') return { problems: [text.problem] };
  const known = cache?.get(file);
  if (known?.text === text) return known.parsed;
  const parsed = parseSpec(text, file);
  cache?.set(file, { text, parsed });
  return parsed;
}

/** Files that are gone leave the cache. */
function forgetOthers(cache: Map<string, CachedSpec> | undefined, files: readonly string[]): void {
  if (cache === undefined || cache.size <= files.length) return;
  const present = new Set(files);
  for (const file of cache.keys()) if (!present.has(file)) cache.delete(file);
}

async function readText(
  files: WorkspaceFiles,
  file: string,
): Promise<string | { readonly isMissing: boolean; readonly problem: Problem }> {
  const place = { file, line: 1, column: 1 };
  const read = await files.readFile(file);
  if (!read.ok) {
    const problem = createProblem('unreadable-file', place, { detail: read.failure.message });
    return { isMissing: read.failure.reason === 'missing', problem };
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(read.value);
  } catch {
    return { isMissing: false, problem: createProblem('not-utf8', place) };
  }
}
