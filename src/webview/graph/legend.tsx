import type { JSX } from 'preact';
import { Icon } from '../icon.tsx';
import type { GraphNode, PanelTexts } from '../protocol.ts';

/** What the signs mean: the statuses that are to be seen, with their counts, and the marks of the critical path. */
export function Legend({
  nodes,
  texts,
}: {
  readonly nodes: readonly GraphNode[];
  readonly texts: PanelTexts;
}): JSX.Element {
  const kinds = new Map<string, { readonly node: GraphNode; readonly count: number }>();
  for (const node of nodes) kinds.set(node.status, { node, count: (kinds.get(node.status)?.count ?? 0) + 1 });
  return (
    <ul class="legend" aria-label={texts.legend}>
      {[...kinds].map(([status, { node, count }]) => (
        <li key={status} class={`status is-${status}`}>
          <Icon name={node.icon} /> {node.word} {count}
        </li>
      ))}
      <li>
        <svg class="sample" width="26" height="8" aria-hidden="true">
          <path class="edge" d="M0 4H26" />
        </svg>{' '}
        {texts.dependency}
      </li>
      <li>
        <svg class="sample" width="26" height="8" aria-hidden="true">
          <path class="edge critical" d="M0 4H26" />
        </svg>{' '}
        <Icon name="flame" /> {texts.critical}
      </li>
    </ul>
  );
}
