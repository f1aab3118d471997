import type { JSX } from 'preact';
import type { Act } from './act.ts';
import { Icon } from './icon.tsx';
import type { PanelTexts } from './protocol.ts';

interface EmptyPageProps {
  readonly title: string;
  readonly hint: string;
  readonly texts: PanelTexts;
  readonly act: Act;
}

/** What stands where nothing is to be shown yet: why, and the way on. */
export function EmptyPage({ title, hint, texts, act }: EmptyPageProps): JSX.Element {
  return (
    <section class="empty">
      <Icon name="type-hierarchy-sub" />
      <h1>{title}</h1>
      <p>{hint}</p>
      <p>
        <button type="button" class="primary" onClick={() => act('orchestrate', '')}>
          {texts.orchestrate}
        </button>{' '}
        <button type="button" onClick={() => act('dryRun', '')}>
          {texts.dryRun}
        </button>
      </p>
    </section>
  );
}
