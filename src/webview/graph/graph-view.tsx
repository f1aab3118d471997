import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../icon.tsx';
import type { GraphState, PanelTexts } from '../protocol.ts';
import { Drawing } from './drawing.tsx';
import type { Layout } from './layout.ts';
import type { LayoutSizes } from './slot.ts';
import { usePanning } from './use-panning.ts';

interface GraphViewProps {
  readonly graph: GraphState;
  readonly layout: Layout;
  readonly sizes: LayoutSizes;
  readonly texts: PanelTexts;
  readonly open: string | undefined;
  readonly onOpen: (id: string | undefined) => void;
}

/** Around the drawing, in its own pixels. */
const margin = 16;
const zoomStep = 1.25;
const leastZoom = 0.1;
const mostZoom = 2;
/** Smaller than this nodes cannot be read; a new drawing that does not fit scrolls instead. */
const readableZoom = 0.6;

/** The drawing with its buttons. It scrolls like any page; zoom changes its size. */
export function GraphView({ graph, layout, sizes, texts, open, onOpen }: GraphViewProps): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState(1);
  const width = layout.width + 2 * margin;
  const height = layout.height + 2 * margin;
  const fitting = (): number => {
    const { clientWidth = width, clientHeight = height } = scroller.current ?? {};
    return clamp(Math.min(clientWidth / width, clientHeight / height, 1));
  };
  useLayoutEffect(() => setZoom(Math.max(readableZoom, fitting())), [layout]);
  usePanning(scroller);
  const frame = { width: width * zoom, height: height * zoom, viewBox: `${-margin} ${-margin} ${width} ${height}` };
  return (
    <div class="drawing">
      <div class="scroller" ref={scroller}>
        <Drawing {...{ graph, layout, sizes, texts, open, onOpen, frame }} />
      </div>
      <div class="zoom" role="group">
        <ZoomButton icon="zoom-in" label={texts.zoomIn} onClick={() => setZoom(clamp(zoom * zoomStep))} />
        <ZoomButton icon="zoom-out" label={texts.zoomOut} onClick={() => setZoom(clamp(zoom / zoomStep))} />
        <ZoomButton icon="screen-full" label={texts.fit} onClick={() => setZoom(fitting())} />
      </div>
    </div>
  );
}

interface ZoomButtonProps {
  readonly icon: string;
  readonly label: string;
  readonly onClick: () => void;
}

function ZoomButton({ icon, label, onClick }: ZoomButtonProps): JSX.Element {
  return (
    <button type="button" class="tool" title={label} aria-label={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

function clamp(zoom: number): number {
  return Math.min(mostZoom, Math.max(leastZoom, zoom));
}
