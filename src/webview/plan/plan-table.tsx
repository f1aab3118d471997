import type { JSX } from 'preact';
import type { Act } from '../act.ts';
import { Icon } from '../icon.tsx';
import type { PanelTexts, PlanRow } from '../protocol.ts';

interface PlanTableProps {
  readonly rows: readonly PlanRow[];
  readonly texts: PanelTexts;
  readonly act: Act;
}

/** The specs in the order in which they can run, one group of rows for each wave. */
export function PlanTable({ rows, texts, act }: PlanTableProps): JSX.Element {
  const waves = [...new Set(rows.map(({ wave }) => wave))].sort((a, b) => a - b);
  return (
    <div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col">{texts.spec}</th>
            <th scope="col">{texts.dependsOn}</th>
            <th scope="col">{texts.agent}</th>
            <th scope="col">{texts.gate}</th>
            <th scope="col">{texts.touches}</th>
            <th scope="col">{texts.estimate}</th>
          </tr>
        </thead>
        {waves.map((wave) => (
          <tbody key={wave}>
            <tr class="wave">
              <th colSpan={6} scope="rowgroup">
                {texts.wave} {wave}
              </th>
            </tr>
            {rows
              .filter((row) => row.wave === wave)
              .map((row) => (
                <Row key={row.id} row={row} texts={texts} act={act} />
              ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Row({
  row,
  texts,
  act,
}: {
  readonly row: PlanRow;
  readonly texts: PanelTexts;
  readonly act: Act;
}): JSX.Element {
  return (
    <tr class={row.selected ? 'selected' : 'added'}>
      <th scope="row">
        <button type="button" class="link" onClick={() => act('openSpec', row.id)}>
          {row.id}
        </button>
        {row.critical && (
          <span class="mark" title={texts.critical}>
            <Icon name="flame" />
          </span>
        )}
        <div class="title">{row.title}</div>
        {!row.selected && (
          <small class="added-note">
            <Icon name="add" /> {texts.addedDependency}
          </small>
        )}
      </th>
      <td>{row.dependsOn.join(', ')}</td>
      <td>
        {row.agent}
        <div>{row.command === '' ? <small>{texts.embedded}</small> : <code>{row.command}</code>}</div>
      </td>
      <td>{row.gate.length === 0 ? <em>{texts.noGate}</em> : <Codes lines={row.gate} />}</td>
      <td>
        <Codes lines={row.touches} />
      </td>
      <td>
        ≈ {row.estimate}
        <div>
          <small>{row.estimateSource}</small>
        </div>
        <div>
          <small>
            {texts.timeout} {row.timeout}
          </small>
        </div>
      </td>
    </tr>
  );
}

function Codes({ lines }: { readonly lines: readonly string[] }): JSX.Element {
  return (
    <>
      {lines.map((line) => (
        <div key={line}>
          <code>{line}</code>
        </div>
      ))}
    </>
  );
}
