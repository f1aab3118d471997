import { Component, type JSX } from 'preact';
import { Icon } from '../icon.tsx';
import type { GraphNode, PanelTexts } from '../protocol.ts';
import type { PlacedNode } from './layout.ts';
import type { LayoutSizes } from './slot.ts';

interface NodeBoxProps {
  readonly node: GraphNode;
  readonly placed: PlacedNode | undefined;
  readonly sizes: LayoutSizes;
  readonly texts: PanelTexts;
  /** The one node that Tab reaches; arrow keys lead to the others. */
  readonly tabbable: boolean;
  readonly open: boolean;
  readonly onFocus: (id: string) => void;
  readonly onOpen: (id: string) => void;
}

/** One spec in the drawing. Drawn again only when something that it shows has changed: a large graph gets several snapshots a second. */
export class NodeBox extends Component<NodeBoxProps> {
  override shouldComponentUpdate(next: Readonly<NodeBoxProps>): boolean {
    const { node, placed, tabbable, open, texts } = this.props;
    if (next.placed !== placed || next.tabbable !== tabbable || next.open !== open || next.texts !== texts) return true;
    return shownKey(next.node) !== shownKey(node);
  }

  override render(): JSX.Element | null {
    const { node, placed, sizes, texts, tabbable, open, onFocus, onOpen } = this.props;
    if (!placed) return null;
    const { nodeWidth, nodeHeight } = sizes;
    const live = node.status === 'running' || node.status === 'blocked';
    const progress = node.status === 'completed' ? 100 : node.progress;
    return (
      <g
        class={`node is-${node.status}${node.critical ? ' critical' : ''}${open ? ' open' : ''}`}
        transform={`translate(${placed.x} ${placed.y})`}
        data-spec={node.id}
        role="button"
        tabIndex={tabbable ? 0 : -1}
        aria-label={spoken(node, texts)}
        aria-expanded={open}
        onFocus={() => onFocus(node.id)}
        onClick={() => onOpen(node.id)}
      >
        <rect class="box" width={nodeWidth} height={nodeHeight} rx="4" />
        <foreignObject width={nodeWidth} height={nodeHeight}>
          <div class="node-text">
            <div class="node-name">
              <strong>{node.id}</strong>
              {node.critical && (
                <span class="mark" title={texts.critical}>
                  <Icon name="flame" />
                </span>
              )}
            </div>
            <div class="node-title">{node.title}</div>
            <div class="node-status">
              <Icon name={node.icon} /> {node.word}
              {live && <span class="node-percent">{node.progress}%</span>}
            </div>
          </div>
        </foreignObject>
        <rect class="bar" y={nodeHeight - 3} width={nodeWidth} height="3" />
        <rect class="bar-done" y={nodeHeight - 3} width={(nodeWidth * progress) / 100} height="3" />
      </g>
    );
  }
}

function shownKey({ id, title, icon, word, status, progress, critical, step }: GraphNode): string {
  return [id, title, icon, word, status, progress, critical, step].join('\n');
}

function spoken(node: GraphNode, texts: PanelTexts): string {
  const parts = [
    `${node.id} ${node.title}`,
    node.word,
    ...(node.status === 'running' ? [node.step, `${node.progress}%`] : []),
    ...(node.critical ? [texts.critical] : []),
    ...(node.dependsOn.length === 0 ? [] : [`${texts.dependsOn} ${node.dependsOn.join(', ')}`]),
  ];
  return parts.join(', ');
}
