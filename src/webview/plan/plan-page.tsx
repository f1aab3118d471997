import type { JSX } from 'preact';
import type { Act } from '../act.ts';
import { EmptyPage } from '../empty-page.tsx';
import type { Host } from '../host.ts';
import { Icon } from '../icon.tsx';
import type { PanelTexts, PlanRemark, PlanState } from '../protocol.ts';
import { PlanTable } from './plan-table.tsx';

interface PlanPageProps {
  readonly plan: PlanState | undefined;
  readonly texts: PanelTexts;
  readonly host: Host;
  readonly act: Act;
}

/** The dry run: what would happen, in which order, and the one button that starts it. */
export function PlanPage({ plan, texts, host, act }: PlanPageProps): JSX.Element {
  if (!plan) return <EmptyPage title={texts.noPlan} hint={texts.noPlanHint} texts={texts} act={act} />;
  return (
    <section class="plan">
      <header>
        <dl class="figures">
          <dt>{texts.specs}</dt>
          <dd>{plan.rows.length}</dd>
          <dt>{texts.waves}</dt>
          <dd>{plan.rows.reduce((most, { wave }) => Math.max(most, wave), 0)}</dd>
          <dt>{texts.parallel}</dt>
          <dd>{plan.maxParallel}</dd>
          <dt>{texts.estimate}</dt>
          <dd>
            ≈ {plan.estimate} <small>({texts.approximate})</small>
          </dd>
        </dl>
        <Start plan={plan} texts={texts} host={host} />
      </header>
      <Remarks remarks={plan.remarks} texts={texts} />
      {plan.criticalPath.length > 0 && (
        <p class="critical-path">
          <Icon name="flame" /> {texts.criticalPath}: <strong>{plan.criticalPath.join(' → ')}</strong>
        </p>
      )}
      {plan.rows.length > 0 && <PlanTable rows={plan.rows} texts={texts} act={act} />}
    </section>
  );
}

function Start({
  plan,
  texts,
  host,
}: Pick<PlanPageProps, 'texts' | 'host'> & { readonly plan: PlanState }): JSX.Element {
  if (plan.dry && plan.obstacle === undefined) return <p class="hint">{texts.dryOnly}</p>;
  return (
    <div class="start">
      {plan.obstacle !== undefined && (
        <p class="obstacle" id="obstacle">
          <Icon name="circle-slash" /> {plan.obstacle}
        </p>
      )}
      {!plan.dry && (
        <>
          <button
            type="button"
            class="primary"
            disabled={plan.obstacle !== undefined}
            aria-describedby={plan.obstacle === undefined ? undefined : 'obstacle'}
            onClick={() => host.send({ type: 'start', token: plan.token })}
          >
            <Icon name="play" /> {texts.start}
          </button>
          <button type="button" onClick={() => host.send({ type: 'cancel' })}>
            {texts.cancel}
          </button>
        </>
      )}
    </div>
  );
}

const remarkIcons = { error: 'error', warning: 'warning', info: 'info' } as const;
/** Longer lists of files are counted, not shown. */
const shownFiles = 8;

function Remarks({
  remarks,
  texts,
}: {
  readonly remarks: readonly PlanRemark[];
  readonly texts: PanelTexts;
}): JSX.Element | null {
  if (remarks.length === 0) return null;
  return (
    <ul class="remarks" aria-label={texts.remarks}>
      {remarks.map(({ severity, text, files }) => (
        <li key={text} class={`remark is-${severity}`}>
          <Icon name={remarkIcons[severity]} /> <span>{text}</span>
          {files.length > 0 && (
            <small>
              {files.slice(0, shownFiles).join(', ')}
              {files.length > shownFiles && ` ${texts.moreFiles.replace('{0}', String(files.length - shownFiles))}`}
            </small>
          )}
        </li>
      ))}
    </ul>
  );
}
