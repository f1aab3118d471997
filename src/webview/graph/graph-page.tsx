import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Act } from '../act.ts';
import { EmptyPage } from '../empty-page.tsx';
import { Icon } from '../icon.tsx';
import type { GraphState, PanelTexts } from '../protocol.ts';
import { Details, EscalationList } from './details.tsx';
import { GraphView } from './graph-view.tsx';
import { layoutGraph } from './layout.ts';
import { Legend } from './legend.tsx';

/** Sizes of the drawing; the style sheet's font fits into them. */
const sizes = { nodeWidth: 196, nodeHeight: 58, columnGap: 56, rowGap: 14 };

interface GraphPageProps {
  readonly graph: GraphState | undefined;
  readonly texts: PanelTexts;
  /** Spec whose details are open. */
  readonly open: string | undefined;
  readonly onOpen: (id: string | undefined) => void;
  readonly act: Act;
}

/** The live graph of the run with the details of the chosen spec beside it. */
export function GraphPage({ graph, texts, open, onOpen, act }: GraphPageProps): JSX.Element {
  // Statuses change all the time, the shape hardly ever: the layout is made anew for a new shape alone.
  const shape = graph?.nodes.map(({ id, dependsOn }) => `${id}<${dependsOn.join()}`).join(';') ?? '';
  const layout = useMemo(() => layoutGraph(graph?.nodes ?? [], sizes), [shape]);
  if (!graph) return <EmptyPage title={texts.noRun} hint={texts.noRunHint} texts={texts} act={act} />;
  const node = graph.nodes.find(({ id }) => id === open);
  const handleClose = (): void => {
    onOpen(undefined);
    document.querySelector<SVGElement>(`[data-spec="${CSS.escape(open ?? '')}"]`)?.focus();
  };
  return (
    <section class={node ? 'graph with-details' : 'graph'}>
      <div class="summary" role="status">
        <span class={`status is-${graph.icon.split('~')[0]}`}>
          <Icon name={graph.icon} /> {graph.word}
        </span>
        <span>{graph.summary}</span>
      </div>
      <EscalationList escalations={graph.escalations} texts={texts} act={act} />
      <div class="stage">
        <GraphView {...{ graph, layout, sizes, texts, open, onOpen }} />
        {node && <Details node={node} texts={texts} act={act} onClose={handleClose} />}
      </div>
      <Legend nodes={graph.nodes} texts={texts} />
    </section>
  );
}
