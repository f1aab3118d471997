import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { GraphState, PanelTexts } from '../protocol.ts';
import { NodeBox } from './graph-node.tsx';
import type { Layout } from './layout.ts';
import type { LayoutSizes } from './slot.ts';
import { walk } from './walk.ts';

interface DrawingProps {
  readonly graph: GraphState;
  readonly layout: Layout;
  readonly sizes: LayoutSizes;
  readonly texts: PanelTexts;
  readonly open: string | undefined;
  readonly onOpen: (id: string | undefined) => void;
  readonly frame: { readonly width: number; readonly height: number; readonly viewBox: string };
}

/** Edges and nodes. One node is in the order of Tab; from there arrow keys lead on, and Enter opens the details. */
export function Drawing({ graph, layout, sizes, texts, open, onOpen, frame }: DrawingProps): JSX.Element {
  const svg = useRef<SVGSVGElement>(null);
  const [last, setLast] = useState(open ?? '');
  const current = layout.nodes.has(last) ? last : (graph.nodes[0]?.id ?? '');
  const handleKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') return onOpen(undefined);
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      return onOpen(current);
    }
    const next = walk(layout, current, event.key);
    if (next === current) return undefined;
    event.preventDefault();
    setLast(next);
    svg.current?.querySelector<SVGElement>(`[data-spec="${CSS.escape(next)}"]`)?.focus();
  };
  const critical = new Set(graph.nodes.filter((node) => node.critical).map(({ id }) => id));
  return (
    <svg ref={svg} {...frame} role="group" aria-label={texts.graphLabel} onKeyDown={handleKey}>
      {layout.edges.map(({ from, to, path }) => (
        <path
          key={`${from}>${to}`}
          d={path}
          class={edgeClass(critical.has(from) && critical.has(to), from === open || to === open)}
        />
      ))}
      {graph.nodes.map((node) => (
        <NodeBox
          key={node.id}
          node={node}
          placed={layout.nodes.get(node.id)}
          sizes={sizes}
          texts={texts}
          tabbable={node.id === current}
          open={node.id === open}
          onFocus={setLast}
          onOpen={onOpen}
        />
      ))}
    </svg>
  );
}

function edgeClass(critical: boolean, near: boolean): string {
  return ['edge', ...(critical ? ['critical'] : []), ...(near ? ['near'] : [])].join(' ');
}
