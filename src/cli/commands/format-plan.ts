import type { SpecId } from '../../engine/model/ids.ts';
import type { Plan, PlannedSpec } from '../../engine/model/plan.ts';
import type { Texts } from '../texts/en.ts';
import { formatEstimate } from '../texts/format-duration.ts';

/** A dry run as lines: the graph as a tree, the order, the estimate, the critical path. */
export function formatPlan(plan: Plan, texts: Texts): readonly string[] {
  const { plan: words } = texts;
  if (plan.specs.length === 0) return [words.title, words.empty];
  const waves = plan.waves.map((wave) => (wave.length === 1 ? wave.join('') : words.together(wave.join(', '))));
  return [
    words.title,
    ...formatTree(plan.specs, texts),
    '',
    words.order(waves.join(' → ')),
    words.estimate(formatEstimate(plan.estimateMs, texts)),
    words.criticalPath(plan.criticalPath.join(' → ')),
    words.maxParallel(String(plan.maxParallel)),
  ];
}

/**
 * The graph as a tree in which each spec stands once: under the first of its dependencies, the others named behind it. Specs that were not selected, and are there because a
 * selected one needs them, are marked.
 */
function formatTree(specs: readonly PlannedSpec[], texts: Texts): readonly string[] {
  const children = new Map<SpecId | undefined, PlannedSpec[]>();
  for (const planned of specs) {
    const [parent] = planned.spec.dependsOn;
    const siblings = children.get(parent);
    if (siblings) siblings.push(planned);
    else children.set(parent, [planned]);
  }
  const roots = children.get(undefined) ?? [];
  const lines: string[] = [];
  // Pending lines, the next one last; a stack, because a chain of specs may be longer than the call stack.
  const pending = roots.map((planned, index) => rootLine(planned, index, roots.length)).reverse();
  for (let entry = pending.pop(); entry; entry = pending.pop()) {
    const { planned, head, indent } = entry;
    lines.push(`  ${head}${label(planned, texts)}`);
    const below = children.get(planned.spec.id) ?? [];
    for (const [index, child] of [...below.entries()].reverse()) {
      const isLast = index === below.length - 1;
      pending.push({
        planned: child,
        head: `${indent}${isLast ? '└─ ' : '├─ '}`,
        indent: `${indent}${isLast ? '    ' : '│   '}`,
      });
    }
  }
  return lines;
}

interface TreeLine {
  readonly planned: PlannedSpec;
  readonly head: string;
  readonly indent: string;
}

function rootLine(planned: PlannedSpec, index: number, count: number): TreeLine {
  if (index === 0) return { planned, head: '┌─ ', indent: '│   ' };
  const isLast = index === count - 1;
  return { planned, head: isLast ? '└─ ' : '├─ ', indent: isLast ? '    ' : '│   ' };
}

function label({ spec, selected }: PlannedSpec, { plan }: Texts): string {
  const [, ...further] = spec.dependsOn;
  const name = selected ? spec.id : plan.unselected(spec.id);
  return further.length === 0 ? name : plan.further(name, further.join(', '));
}
