import type { SpecId } from '../../model/ids.ts';
import type { SourcePlace } from '../../model/problem.ts';
import type { Spec } from '../../model/spec.ts';

/** A dependency as its author wrote it. */
export interface DeclaredDependency {
  readonly id: string;
  /** False for a word of a Markdown bullet that is a dependency only if a spec has that id. */
  readonly isCertain: boolean;
  /** The whole entry. */
  readonly item: string;
  readonly place: SourcePlace;
}

/** What one file says about its spec, before the other specs and orchestra.toml are known. */
export type SpecDraft = Pick<
  Spec,
  'title' | 'file' | 'touches' | 'allowEmpty' | 'declaredStatus' | 'estimateMs' | 'body' | 'text' | 'hash'
> & {
  readonly id: SpecId;
  readonly dependencies: readonly DeclaredDependency[];
  readonly agent?: { readonly name: string; readonly place: SourcePlace };
  readonly gate?: readonly string[];
  readonly timeoutMs?: number;
  readonly idPlace: SourcePlace;
  readonly heading: SourcePlace;
};
