import { useEffect } from 'preact/hooks';

/** Lets the pointer drag the drawing about. A press on a node stays a click. */
export function usePanning(scroller: { readonly current: HTMLDivElement | null }): void {
  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    let last: PointerEvent | undefined;
    const handleDown = (event: PointerEvent): void => {
      const onNode = event.target instanceof Element && event.target.closest('.node') !== null;
      const onScrollbar = event.target === element && event.offsetX > element.clientWidth;
      if (event.button === 0 && !onNode && !onScrollbar) last = event;
    };
    const handleUp = (): void => {
      last = undefined;
      element.classList.remove('panning');
    };
    const handleMove = (event: PointerEvent): void => {
      if (!last) return;
      // The button may have been let go outside of the page.
      if (event.buttons % 2 === 0) {
        handleUp();
        return;
      }
      element.classList.add('panning');
      element.scrollBy(last.clientX - event.clientX, last.clientY - event.clientY);
      last = event;
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
