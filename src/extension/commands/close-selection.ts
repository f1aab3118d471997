/** What a spec needs, by id. */
export type Dependencies = ReadonlyMap<string, readonly string[]>;

/**
 * The selection after a person changed it from `before` to `after`: what was added brings all that it depends on, what was taken away takes along
 * all that depends on it.
 */
export function closeSelection(
  dependencies: Dependencies,
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): ReadonlySet<string> {
  const removed = [...before].filter((id) => !after.has(id));
  const added = [...after].filter((id) => !before.has(id));
  const gone = reach(dependentsOf(dependencies), removed);
  const kept = [...after].filter((id) => !gone.has(id));
  return new Set([...kept, ...reach(dependencies, added)]);
}

/** `ids` with everything that they need, directly or through others. */
export function withDependencies(dependencies: Dependencies, ids: Iterable<string>): ReadonlySet<string> {
  return reach(dependencies, ids);
}

function dependentsOf(dependencies: Dependencies): Dependencies {
  const dependents = new Map<string, string[]>();
  for (const [id, needs] of dependencies) {
    for (const need of needs) dependents.set(need, [...(dependents.get(need) ?? []), id]);
  }
  return dependents;
}

function reach(edges: Dependencies, starts: Iterable<string>): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [...starts];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    open.push(...(edges.get(id) ?? []));
  }
  return reached;
}
