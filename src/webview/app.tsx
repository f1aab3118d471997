import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { GraphPage } from './graph/graph-page.tsx';
import type { Host } from './host.ts';
import { Icon } from './icon.tsx';
import { PlanPage } from './plan/plan-page.tsx';
import { checkToPage, type PageName, type PanelState, type PanelTexts } from './protocol.ts';

interface Shown {
  readonly texts: PanelTexts;
  readonly state: PanelState;
}

/** The whole page: the tabs and the page behind the chosen one. Shows nothing before the extension's first word. */
export function App({ host }: { readonly host: Host }): JSX.Element | null {
  const [shown, setShown] = useState<Shown | undefined>(undefined);
  const [open, setOpen] = useState<string | undefined>(() => host.saved().open);

  useEffect(() => {
    const handleMessage = (event: MessageEvent<unknown>): void => {
      const message = checkToPage(event.data);
      if (!message) return;
      if (message.type === 'init') document.documentElement.lang = message.locale;
      setShown((before) => {
        const texts = message.type === 'init' ? message.texts : before?.texts;
        return texts ? { texts, state: message.state } : before;
      });
    };
    // Messages to a hidden page are lost, so it asks for what it missed.
    const handleVisibility = (): void => {
      if (document.visibilityState === 'visible') host.send({ type: 'ready' });
    };
    window.addEventListener('message', handleMessage);
    document.addEventListener('visibilitychange', handleVisibility);
    host.send({ type: 'ready' });
    return () => {
      window.removeEventListener('message', handleMessage);
      document.removeEventListener('visibilitychange', handleVisibility);
    };
  }, [host]);

  const page = shown?.state.page;
  useEffect(() => {
    if (page) host.save({ page, ...(open === undefined ? {} : { open }) });
  }, [host, page, open]);

  if (!shown) return null;
  const { texts, state } = shown;
  const act = (action: Parameters<typeof sendAct>[1], target: string): void => sendAct(host, action, target);
  return (
    <>
      <Tabs page={state.page} texts={texts} onShow={(next) => host.send({ type: 'show', page: next })} />
      <div id="page" role="tabpanel" aria-labelledby={`tab-${state.page}`}>
        {state.page === 'graph' ? (
          <GraphPage graph={state.graph} texts={texts} open={open} onOpen={setOpen} act={act} />
        ) : (
          <PlanPage plan={state.plan} texts={texts} host={host} act={act} />
        )}
      </div>
    </>
  );
}

function sendAct(
  host: Host,
  action: Extract<Parameters<Host['send']>[0], { type: 'act' }>['action'],
  target: string,
): void {
  host.send({ type: 'act', action, target });
}

interface TabsProps {
  readonly page: PageName;
  readonly texts: PanelTexts;
  readonly onShow: (page: PageName) => void;
}

const pages: readonly { readonly name: PageName; readonly icon: string }[] = [
  { name: 'graph', icon: 'type-hierarchy-sub' },
  { name: 'plan', icon: 'list-ordered' },
];

function Tabs({ page, texts, onShow }: TabsProps): JSX.Element {
  const handleKey = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const other: PageName = page === 'graph' ? 'plan' : 'graph';
    onShow(other);
    document.querySelector<HTMLElement>(`#tab-${other}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" onKeyDown={handleKey}>
      {pages.map(({ name, icon }) => (
        <button
          key={name}
          id={`tab-${name}`}
          type="button"
          role="tab"
          aria-selected={page === name}
          aria-controls="page"
          tabIndex={page === name ? 0 : -1}
          onClick={() => onShow(name)}
        >
          <Icon name={icon} /> {texts[name]}
        </button>
      ))}
    </div>
  );
}
