import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../icon.tsx';
import type { GraphState, PanelTexts } from '../protocol.ts';
import { NodeBox } from './graph-node.tsx';
import type { Layout } from './layout.ts';
import type { LayoutSizes } from './slot.ts';
import { walk } from './walk.ts';

interface GraphViewProps {
  readonly graph: GraphState;
  readonly layout: Layout;
  readonly sizes: LayoutSizes;
  readonly texts: PanelTexts;
  readonly open: string | undefined;
  readonly onOpen: (id: string | undefined) => void;
}

const margin = 16;
const zoomStep = 1.25;
const leastZoom = 0.1;
const mostZoom = 2;

/** The drawing with its buttons. It scrolls like any page; zoom changes its size. */
export function GraphView({ graph, layout, sizes, texts, open, onOpen }: GraphViewProps): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState(1);
  const [current, setCurrent] = useState(open ?? graph.nodes[0]?.id ?? '');
  const width = layout.width + 2 * margin;
  const height = layout.height + 2 * margin;
  const fit = (most: number): void => {
    const { clientWidth = width, clientHeight = height } = scroller.current ?? {};
    setZoom(clamp(Math.min(clientWidth / width, clientHeight / height, most)));
  };
  // A narrow panel still shows readable nodes: the first fit shrinks them no further than this.
  useLayoutEffect(() => {
    const { clientWidth = width, clientHeight = height } = scroller.current ?? {};
    setZoom(Math.max(0.6, clamp(Math.min(clientWidth / width, clientHeight / height, 1))));
  }, [layout]);
  usePanning(scroller);
  const handleKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      return onOpen(current);
    }
    if (event.key === 'Escape') return onOpen(undefined);
    const next = walk(layout, current, event.key);
    if (next === current) return;
    event.preventDefault();
    setCurrent(next);
    scroller.current?.querySelector<SVGElement>(`[data-spec="${CSS.escape(next)}"]`)?.focus();
  };
  const known = layout.nodes.has(current) ? current : graph.nodes[0]?.id;
  const critical = new Set(graph.nodes.filter((node) => node.critical).map(({ id }) => id));
  return (
    <div class="drawing">
      <div class="scroller" ref={scroller}>
        <svg
          width={width * zoom}
          height={height * zoom}
          viewBox={`${-margin} ${-margin} ${width} ${height}`}
          role="group"
          aria-label={texts.graphLabel}
          onKeyDown={handleKey}
        >
          {layout.edges.map(({ from, to, path }) => (
            <path
              key={`${from}>${to}`}
              d={path}
              class={edgeClass(critical.has(from) && critical.has(to), [from, to].includes(open ?? ''))}
            />
          ))}
          {graph.nodes.map((node) => (
            <NodeBox
              key={node.id}
              node={node}
              placed={layout.nodes.get(node.id)}
              sizes={sizes}
              texts={texts}
              tabbable={node.id === known}
              open={node.id === open}
              onFocus={setCurrent}
              onOpen={onOpen}
            />
          ))}
        </svg>
      </div>
      <div class="zoom" role="group">
        <ZoomButton icon="zoom-in" label={texts.zoomIn} onClick={() => setZoom(clamp(zoom * zoomStep))} />
        <ZoomButton icon="zoom-out" label={texts.zoomOut} onClick={() => setZoom(clamp(zoom / zoomStep))} />
        <ZoomButton icon="screen-full" label={texts.fit} onClick={() => fit(1)} />
      </div>
    </div>
  );
}

function ZoomButton({ icon, label, onClick }: { icon: string; label: string; onClick: () => void }): JSX.Element {
  return (
    <button type="button" class="tool" title={label} aria-label={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

function edgeClass(critical: boolean, near: boolean): string {
  return ['edge', ...(critical ? ['critical'] : []), ...(near ? ['near'] : [])].join(' ');
}

function clamp(zoom: number): number {
  return Math.min(mostZoom, Math.max(leastZoom, zoom));
}

/** Lets the pointer drag the drawing about. A press on a node stays a click. */
function usePanning(scroller: { readonly current: HTMLDivElement | null }): void {
  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    let last: PointerEvent | undefined;
    const handleDown = (event: PointerEvent): void => {
      const onNode = event.target instanceof Element && event.target.closest('.node') !== null;
      if (event.button !== 0 || onNode || event.offsetX > element.clientWidth + element.scrollLeft) return;
      last = event;
    };
    const handleMove = (event: PointerEvent): void => {
      if (!last) return;
      if ((event.buttons & 1) === 0) return handleUp();
      element.classList.add('panning');
      element.scrollBy(last.clientX - event.clientX, last.clientY - event.clientY);
      last = event;
    };
    const handleUp = (): void => {
      last = undefined;
      element.classList.remove('panning');
    };
    element.addEventListener('pointerdown', handleDown);
    window.addEventListener('pointermove', handleMove);
    window.addEventListener('pointerup', handleUp);
    return () => {
      element.removeEventListener('pointerdown', handleDown);
      window.removeEventListener('pointermove', handleMove);
      window.removeEventListener('pointerup', handleUp);
    };
  }, [scroller]);
}
