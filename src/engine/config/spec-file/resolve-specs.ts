import { basename } from 'node:path';
import type { OrchestraConfig } from '../../model/config.ts';
import { createProblem, createRelated, createWarning } from '../../model/create-problem.ts';
import type { SpecId } from '../../model/ids.ts';
import type { Problem, SourcePlace } from '../../model/problem.ts';
import type { Spec } from '../../model/spec.ts';
import { closest } from '../../../base/closest.ts';
import { foldId } from '../spec-id.ts';
import type { SpecDraft } from './spec-draft.ts';

/**
 * Makes specs from drafts: what depends on the other specs and on orchestra.toml is checked and filled in. Of two specs with one
 * id the first stays. Cycles and agents are not looked at here.
 */
export function resolveSpecs(
  drafts: readonly SpecDraft[],
  config: OrchestraConfig,
): { specs: readonly Spec[]; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const byId = new Map<string, SpecDraft>();
  for (const draft of drafts) {
    const first = byId.get(foldId(draft.id));
    if (first === undefined) byId.set(foldId(draft.id), draft);
    else problems.push(duplicateProblem(draft, first));
  }
  const specs = [...byId.values()].map((draft) => {
    const dependencies = resolveDependencies(draft, byId);
    problems.push(...dependencies.problems);
    return makeSpec(draft, config, dependencies.places);
  });
  return { specs, problems };
}

function duplicateProblem(draft: SpecDraft, first: SpecDraft): Problem {
  const parameters = { id: draft.id, other: basename(first.file) };
  return createProblem('duplicate-id', draft.idPlace, parameters, [createRelated('duplicate-id-first', first.idPlace)]);
}

/** Agents that specs name and that are not there. */
export function agentProblems(drafts: readonly SpecDraft[], config: OrchestraConfig): readonly Problem[] {
  const known = [...config.agents.keys()];
  return drafts.flatMap(({ agent }) => {
    if (agent === undefined || config.agents.has(agent.name)) return [];
    const parameters = { agent: agent.name, suggestion: closest(agent.name, known), known: known.join(', ') };
    return createProblem('unknown-agent', agent.place, parameters);
  });
}

function resolveDependencies(
  draft: SpecDraft,
  byId: ReadonlyMap<string, SpecDraft>,
): { places: ReadonlyMap<SpecId, SourcePlace>; problems: readonly Problem[] } {
  const places = new Map<SpecId, SourcePlace>();
  const problems: Problem[] = [];
  for (const { id: dependency, isCertain, item, place } of draft.dependencies) {
    const found = byId.get(foldId(dependency));
    const exists = found !== undefined && (found.id === dependency || !isCertain);
    if (!exists) {
      const suggestion = found?.id ?? closest(dependency, otherIds(draft, byId));
      problems.push(
        isCertain
          ? createProblem('unknown-dependency', place, { id: draft.id, dependency, suggestion })
          : createWarning('unclear-dependency', place, { text: item, suggestion }),
      );
    } else if (found.id === draft.id) {
      problems.push(createProblem('self-dependency', place, { id: draft.id }));
    } else if (places.has(found.id)) {
      problems.push(createWarning('duplicate-dependency', place, { id: draft.id, dependency: found.id }));
    } else places.set(found.id, place);
  }
  return { places, problems };
}

function* otherIds(draft: SpecDraft, byId: ReadonlyMap<string, SpecDraft>): Iterable<string> {
  for (const { id } of byId.values()) if (id !== draft.id) yield id;
}

function makeSpec(draft: SpecDraft, config: OrchestraConfig, places: ReadonlyMap<SpecId, SourcePlace>): Spec {
  return {
    id: draft.id,
    title: draft.title,
    file: draft.file,
    dependsOn: [...places.keys()],
    strategy: config.orchestrator.strategy,
    agent: draft.agent?.name ?? config.orchestrator.agent,
    gate: draft.gate ?? config.gate.commands,
    touches: draft.touches,
    timeoutMs: draft.timeoutMs ?? config.orchestrator.sessionTimeoutMs,
    ...(draft.estimateMs === undefined ? {} : { estimateMs: draft.estimateMs }),
    allowEmpty: draft.allowEmpty,
    ...(draft.declaredStatus === undefined ? {} : { declaredStatus: draft.declaredStatus }),
    body: draft.body,
    text: draft.text,
    hash: draft.hash,
    places: { heading: draft.heading, dependsOn: places },
  };
}
