import type { SpecId } from './ids.ts';
import type { SourcePlace } from './problem.ts';

/** How a session works: alone, through roles, or by competing teams. */
export type Strategy = 'solo' | 'pipeline' | 'competition';

/** A checked spec: one declared unit of work (DESIGN 5). */
export interface Spec {
  readonly id: SpecId;
  readonly title: string;
  /** Absolute path of the file that declares it. */
  readonly file: string;
  /** Specs that exist, each once; never the spec itself. */
  readonly dependsOn: readonly SpecId[];
  readonly strategy: Strategy;
  /** Name of an `[agents.*]` table. */
  readonly agent: string;
  /** Shell commands; all must exit 0. Never absent: the spec's own, else those of `[gate]`. */
  readonly gate: readonly string[];
  /** Globs of what it will change; specs whose globs overlap never run at the same time. */
  readonly touches: readonly string[];
  readonly timeoutMs: number;
  /** The author's own guess; absent when the spec gives none. */
  readonly estimateMs?: number;
  /** A session that changes nothing is normally refused. */
  readonly allowEmpty: boolean;
  /** What the author wrote at `**Status**:`, verbatim. */
  readonly declaredStatus?: string;
  /** The Markdown below the front matter: the prompt. */
  readonly body: string;
  /** The whole file as it was read, without a byte order mark. */
  readonly text: string;
  /** SHA-256 of `text`, hex. */
  readonly hash: string;
  /** Where each thing was declared, for complaints and diagnostics. */
  readonly places: {
    readonly heading: SourcePlace;
    readonly dependsOn: ReadonlyMap<SpecId, SourcePlace>;
  };
}
