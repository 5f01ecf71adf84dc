import type { LogMonth, LogView } from "@truebound/wire";
import type { JSX } from "preact";
import { Instant } from "../../parts/exact.tsx";
import { Mark } from "../../parts/mark.tsx";
import { groupedText } from "../../reports/summary.ts";
import { monthStanding } from "./log-words.ts";

/** The newest first. */
export const MonthsSection = ({ log }: { readonly log: LogView }): JSX.Element => (
  <section aria-labelledby="log-months-title">
    <div class="section-head">
      <h2 id="log-months-title">Months</h2>
      <p>Each month of UTC is a tree of its own; its hashes are kept in tiles of 256.</p>
    </div>
    {log.months.length === 0 ? (
      <p class="none">Nothing was logged yet.</p>
    ) : (
      <table class="sources admin-table log-months" aria-label="Months of the log">
        <thead>
          <tr>
            <th scope="col">Month</th>
            <th scope="col">Sealed</th>
            <th scope="col">Leaves, tiles</th>
            <th scope="col">Heads</th>
            <th scope="col">Last sealed</th>
          </tr>
        </thead>
        <tbody>
          {log.months.toReversed().map((month) => (
            <MonthRow key={month.shard} month={month} log={log} />
          ))}
        </tbody>
      </table>
    )}
  </section>
);

function MonthRow({ month, log }: { readonly month: LogMonth; readonly log: LogView }): JSX.Element {
  const { look, isSealed, why } = monthStanding(month, log);
  const { shard, leaves, tiles, heads, sealed_at, state } = month;
  return (
    <tr>
      <th scope="row">{shard}</th>
      <td data-name="sealed" class={`row-${look}`}>
        <span class="admin-state">
          <Mark look={look} />
          <strong>{isSealed}</strong>
        </span>
        <span class="fact-note">{why}</span>
      </td>
      <td data-name="leaves, tiles">
        {groupedText(leaves)}
        <span class="fact-note">
          {state === "spent"
            ? "its tiles are gone with its evidence"
            : `${groupedText(tiles.stored)} of ${groupedText(tiles.needed)} tiles of leaf hashes`}
        </span>
      </td>
      <td data-name="heads">
        {heads.first === heads.last ? groupedText(heads.last) : `${groupedText(heads.first)} to ${groupedText(heads.last)}`}
      </td>
      <td data-name="last sealed">
        <Instant at={sealed_at} />
      </td>
    </tr>
  );
}
