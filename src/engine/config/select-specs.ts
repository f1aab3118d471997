import { fail, ok, type Result } from '../../base/result.ts';
import type { SpecId } from '../model/ids.ts';
import type { Spec } from '../model/spec.ts';
import { closest } from '../../base/closest.ts';
import { foldId } from './spec-id.ts';

/** Wanted specs that do not exist; `suggestion` is empty where nothing is near. */
export interface UnknownSpecs {
  readonly reason: 'unknown-specs';
  readonly unknown: readonly { readonly id: string; readonly suggestion: string }[];
}

/** What is to be done: the wanted specs and all that they need, in the order of `specs`. */
export interface Selection {
  readonly specs: readonly Spec[];
  /** Those that were asked for by name. */
  readonly selected: ReadonlySet<SpecId>;
}

/** The wanted specs, by id without regard to case, with everything they need; all of them when none is named. */
export function selectSpecs(specs: readonly Spec[], wanted: readonly string[]): Result<Selection, UnknownSpecs> {
  if (wanted.length === 0) return ok({ specs, selected: new Set(specs.map((spec) => spec.id)) });
  const byFoldedId = new Map(specs.map((spec) => [foldId(spec.id), spec]));
  const unknown = wanted.filter((id) => !byFoldedId.has(foldId(id)));
  if (unknown.length > 0) {
    const ids = specs.map((spec) => spec.id);
    return fail({ reason: 'unknown-specs', unknown: unknown.map((id) => ({ id, suggestion: closest(id, ids) })) });
  }
  const selected = new Set(wanted.flatMap((id) => byFoldedId.get(foldId(id))?.id ?? []));
  const needed = new Set<SpecId>(selected);
  // A set can grow while it is walked: each id comes up once.
  for (const id of needed) for (const other of byFoldedId.get(foldId(id))?.dependsOn ?? []) needed.add(other);
  return ok({ specs: specs.filter((spec) => needed.has(spec.id)), selected });
}
