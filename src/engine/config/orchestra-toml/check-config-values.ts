import { createProblem } from '../../model/create-problem.ts';
import type { Problem } from '../../model/problem.ts';
import { strategyProblem } from '../strategy-problem.ts';
import { keyName } from '../toml/check-toml.ts';
import type { PlaceOf } from '../toml/read-toml.ts';
import type { OrchestraToml } from './orchestra-schema.ts';

/** What is wrong with values whose form is right. */
export function checkConfigValues(raw: OrchestraToml, placeOf: PlaceOf): readonly Problem[] {
  return [
    ...strategyProblem(raw.orchestrator?.strategy, () => placeOf(['orchestrator', 'strategy'])),
    ...checkBase(raw.orchestrator?.base, placeOf),
    ...(['copy', 'link'] as const).flatMap((key) => checkPaths(key, raw.workspace?.[key] ?? [], placeOf)),
    ...checkPatterns(raw.redaction?.patterns ?? [], placeOf),
  ];
}

/** Characters and beginnings that git refuses in names, and those that would be taken for an option. */
function checkBase(base: string | undefined, placeOf: PlaceOf): readonly Problem[] {
  if (base === undefined || !/^-|[\s\u{0}-\u{1f}\u{7f}?*[\\:]|\.\.|\.lock$/u.test(base)) return [];
  const path = ['orchestrator', 'base'];
  return [createProblem('invalid-reference', placeOf(path), { key: keyName(path), value: base })];
}

function checkPaths(list: 'copy' | 'link', values: readonly string[], placeOf: PlaceOf): readonly Problem[] {
  return values.flatMap((value, index) => {
    const path = ['workspace', list, index];
    const parts = value.split(/[\\/]/).filter((part) => part !== '' && part !== '.');
    const isOutside = /^(?:[\\/~]|[A-Za-z]:)/.test(value) || parts.includes('..') || parts.length === 0;
    const isReserved = ['.git', '.orchestra'].includes((parts[0] ?? '').toLowerCase());
    if (!isOutside && !isReserved) return [];
    const code = isOutside ? 'path-outside' : 'reserved-path';
    return [createProblem(code, placeOf(path), { key: keyName(path), value })];
  });
}

function checkPatterns(patterns: readonly string[], placeOf: PlaceOf): readonly Problem[] {
  return patterns.flatMap((pattern, index) => {
    try {
      RegExp(pattern);
      return [];
    } catch (error) {
      const path = ['redaction', 'patterns', index];
      const detail = error instanceof Error ? error.message.replace(/^.*\/: /s, '') : '';
      return [createProblem('invalid-pattern', placeOf(path), { key: keyName(path), detail })];
    }
  });
}
