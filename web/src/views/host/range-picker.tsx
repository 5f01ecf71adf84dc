import type { JSX } from "preact";
import { Link } from "../../route/link.tsx";
import { withQuery } from "../../route/query.ts";
import { QUICK_RANGES } from "../../route/quick-range.ts";
import { endText, isLive, type Range } from "../../route/range.ts";

/** Quick picks as links; a stretch picked by dragging shows its ends and a way back. */
export function RangePicker({ range, search }: { readonly range: Range; readonly search: string }): JSX.Element {
  const from = endText(range.from);
  const isQuick = isLive(range) && QUICK_RANGES.some((quick) => quick.from === from);
  const path = window.location.pathname;
  return (
    <nav class="ranges" aria-label="Range">
      {QUICK_RANGES.map((quick) => (
        <Link key={quick.from} to={`${path}${withQuery(search, { from: quick.from, to: "now" })}`} current={isQuick && quick.from === from}>
          {quick.text}
        </Link>
      ))}
      {!isQuick && (
        <>
          <span class="range-text">
            {endText(range.from)} to {endText(range.to)}
          </span>
          <Link to={`${path}${withQuery(search, { from: null, to: null })}`}>reset</Link>
        </>
      )}
    </nav>
  );
}
