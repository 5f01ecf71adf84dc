import type { StampAnswer, StampRow } from "@truebound/wire";
import type { JSX } from "preact";
import { BoundBar } from "../../../charts/bound-bar.tsx";
import { LimitPicture } from "../../../charts/limit-picture.tsx";
import { axisFor, type SymlogAxis } from "../../../charts/symlog.ts";
import { exactBound } from "../../../format/bound.ts";
import { codeWords } from "../../../format/code-words.ts";
import { utcExact } from "../../../format/instant.ts";
import { limitText, limitWords } from "../../../format/limit-words.ts";
import { Mark } from "../../parts/mark.tsx";
import { saveText } from "../../parts/save-text.ts";
import { Simulated, Verdict } from "./answer-frame.tsx";
import { insideLook, offsetOf, shownFirst, stampsCsv, tallyWords, worstLook } from "./stamps-told.ts";

/** More would be no list that anybody reads; the file has all. */
const MOST_SHOWN = 200;

export function StampsAnswered({ answer }: { readonly answer: StampAnswer }): JSX.Element {
  const { items, limit_ns } = answer;
  const shown = shownFirst(items, MOST_SHOWN);
  const ends = shown.flatMap((row) => Object.values(offsetOf(row) ?? {}));
  const axis = axisFor([...ends, ...(limit_ns === null ? [] : [limit_ns])].map((end) => Math.abs(Number(end))));
  const [only] = items;
  return (
    <>
      <Verdict look={worstLook(items)}>{tallyWords(items)}</Verdict>
      <p class="muted">
        Held against {limit_ns === null ? "nothing" : limitText(limit_ns)}
        {answer.profile !== null && `, profile ${answer.profile}`}
        {answer.scope !== null && `, scope ${answer.scope}`}. “Not provable” is no breach and no proof: the evidence leaves both open.
      </p>
      <Simulated isSimulated={items.some(({ simulated }) => simulated === true)} />
      {items.length === 1 && only !== undefined && <Large row={only} axis={axis} limit_ns={limit_ns} />}
      <Table rows={shown} axis={axis} limit_ns={limit_ns} />
      <p class="action-end">
        <button type="button" onClick={() => saveText("stamps.csv", "text/csv", stampsCsv(answer))}>
          Download the answers as CSV
        </button>
        {items.length > MOST_SHOWN && (
          <span class="muted">
            {items.length - MOST_SHOWN} more lines are not shown here, the worst come first; the file has all {items.length}.
          </span>
        )}
      </p>
    </>
  );
}

interface DrawnProps {
  readonly axis: SymlogAxis;
  readonly limit_ns: string | null;
}

function Large({ row, axis, limit_ns }: DrawnProps & { readonly row: StampRow }): JSX.Element | null {
  const bound = offsetOf(row);
  return bound === null ? null : <LimitPicture axis={axis} bound={bound} limit_ns={limit_ns} look={insideLook(row).look} />;
}

const Table = ({ rows, ...drawn }: DrawnProps & { readonly rows: readonly StampRow[] }): JSX.Element => (
  <table class="sources admin-table stamps-table" aria-label="Stamps and what is known of each">
    <thead>
      <tr>
        <th scope="col">Stamp</th>
        <th scope="col">Within the limit</th>
        <th scope="col">UTC was then</th>
        <th scope="col">Offset against the limit</th>
      </tr>
    </thead>
    <tbody>
      {rows.map((row) => (
        <Row key={row.line} row={row} {...drawn} />
      ))}
    </tbody>
  </table>
);

function Row({ row, axis, limit_ns }: DrawnProps & { readonly row: StampRow }): JSX.Element {
  const { look, word } = insideLook(row);
  const bound = offsetOf(row);
  return (
    <tr>
      <th scope="row">
        <span>{row.host}</span> <code>{row.timestamp}</code>
        <span class="fact-note">
          line {row.line}
          {row.id !== "" && `, ${row.id}`}
        </span>
      </th>
      <td data-name="within the limit" class={`row-${look}`}>
        <span class="admin-state">
          <Mark look={look} />
          <strong>{word}</strong>
        </span>
        {row.error === null ? (
          row.reason !== null && <span class="fact-note">{codeWords(row.reason)}</span>
        ) : (
          <span class="fact-note">{row.error}</span>
        )}
      </td>
      <td data-name="UTC was then">
        {row.earliest === null || row.latest === null ? (
          <span class="muted">not known</span>
        ) : (
          <>
            <code>{utcExact(row.earliest)}</code> to <code>{utcExact(row.latest)}</code>
          </>
        )}
      </td>
      <td data-name="offset against the limit">
        {bound === null ? <span class="muted">no bound</span> : <BoundBar axis={axis} bound={bound} look={look} limit_ns={limit_ns} />}
        {bound !== null && (
          <span class="fact-note">
            {limit_ns !== null && `${limitWords(bound, limit_ns)}: `}
            {exactBound(bound)}
          </span>
        )}
      </td>
    </tr>
  );
}
