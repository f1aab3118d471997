import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Act } from '../act.ts';
import { Icon } from '../icon.tsx';
import type { EscalationRow, GraphNode, PanelAction, PanelTexts, TerminalRow } from '../protocol.ts';

interface DetailsProps {
  readonly node: GraphNode;
  readonly texts: PanelTexts;
  readonly act: Act;
  readonly onClose: () => void;
}

/** Everything about one session, and what can be done with it. */
export function Details({ node, texts, act, onClose }: DetailsProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  // A page that was brought back by a reload must not take the focus from where the person works.
  useEffect(() => {
    if (document.hasFocus()) heading.current?.focus();
  }, [node.id]);
  const isTold = node.escalations.some(({ reason }) => reason === node.failure);
  const ended = !['pending', 'running', 'blocked'].includes(node.status);
  return (
    <aside
      class="details"
      aria-label={`${texts.details}: ${node.id}`}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <header>
        <h2 ref={heading} tabIndex={-1}>
          {node.id} <span>{node.title}</span>
        </h2>
        <button type="button" class="tool" title={texts.close} aria-label={texts.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <p class={`status is-${node.status}`}>
        <Icon name={node.icon} /> {node.word}
      </p>
      {node.failure !== undefined && !isTold && <p class="failure">{node.failure}</p>}
      <EscalationList escalations={node.escalations} texts={texts} act={act} />
      <dl>
        <Fact name={texts.step}>{node.step}</Fact>
        <Fact name={texts.progress}>{`${node.progress}%`}</Fact>
        <Fact name={texts.attempts}>{String(node.attempts)}</Fact>
        {node.duration !== undefined && <Fact name={texts.duration}>{node.duration}</Fact>}
        {node.dependsOn.length > 0 && <Fact name={texts.dependsOn}>{node.dependsOn.join(', ')}</Fact>}
        {node.branch !== undefined && (
          <Fact name={texts.branch}>
            <code>{node.branch}</code>
          </Fact>
        )}
      </dl>
      <p class="buttons">
        <Do action="openSpec" target={node.id} {...{ texts, act }} />
        {node.branch !== undefined && <Do action="openWorktree" target={node.session} {...{ texts, act }} />}
        {ended && node.status !== 'completed' && <Do action="retry" target={node.session} {...{ texts, act }} />}
        {!ended && <Do action="stop" target={node.session} {...{ texts, act }} />}
      </p>
      {node.terminals.length > 0 && <TerminalList terminals={node.terminals} texts={texts} act={act} />}
    </aside>
  );
}

interface ListProps {
  readonly texts: PanelTexts;
  readonly act: Act;
}

/** Open escalations with their buttons; nothing when there are none. */
export function EscalationList({
  escalations,
  texts,
  act,
}: ListProps & { readonly escalations: readonly EscalationRow[] }): JSX.Element | null {
  if (escalations.length === 0) return null;
  return (
    <ul class="escalations" aria-label={texts.escalations}>
      {escalations.map(({ id, kind, title, reason }) => (
        <li key={id}>
          <strong>
            <Icon name="bell" /> {title}
          </strong>
          <p>{reason}</p>
          <p class="buttons">
            {escalationActions(kind).map((action) => (
              <Do key={action} action={action} target={id} {...{ texts, act }} />
            ))}
          </p>
        </li>
      ))}
    </ul>
  );
}

function TerminalList({
  terminals,
  texts,
  act,
}: ListProps & { readonly terminals: readonly TerminalRow[] }): JSX.Element {
  return (
    <>
      <h3>{texts.terminals}</h3>
      <ul class="terminals">
        {terminals.map((terminal) => (
          <li key={terminal.id}>
            <div>
              <Icon name={terminal.icon} /> <strong>{terminal.id}</strong> {terminal.role} · {terminal.word}
            </div>
            <small>{terminal.evidence}</small>
            <p class="buttons">
              {terminal.live && <Do action="attach" target={terminal.id} {...{ texts, act }} />}
              <Do action="openLog" target={terminal.id} {...{ texts, act }} />
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

function escalationActions(kind: EscalationRow['kind']): readonly (PanelAction & keyof PanelTexts)[] {
  switch (kind) {
    case 'question':
      return ['answer'];
    case 'approval':
      return ['approve', 'refuse'];
    default:
      return ['acknowledge'];
  }
}

function Do({
  action,
  target,
  texts,
  act,
}: ListProps & { readonly action: PanelAction & keyof PanelTexts; readonly target: string }): JSX.Element {
  return (
    <button type="button" onClick={() => act(action, target)}>
      {texts[action]}
    </button>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
