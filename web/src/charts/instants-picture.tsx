import { absolute, atMost, formatUtc, utc } from "@truebound/time";
import type { JSX } from "preact";
import { exactNs } from "../format/bound.ts";
import { utcExact } from "../format/instant.ts";
import type { Look } from "../format/status-look.ts";
import { instantsLayout, type Placed, type Stretch } from "./instants-layout.ts";

export interface InstantsRow {
  readonly name: string;
  readonly look: Look;
  readonly stretches: readonly Stretch[];
  /** Where there is nothing to draw. */
  readonly none: string;
}

/** When things can have happened, one below the other on one axis of UTC; each end exact, in text. */
export function InstantsPicture({ rows }: { readonly rows: readonly InstantsRow[] }): JSX.Element {
  const layout = instantsLayout(rows.map(({ stretches }) => stretches));
  return (
    <div class="instants">
      {rows.map((row, index) => (
        <Row key={row.name} row={row} placed={layout?.rows[index] ?? []} />
      ))}
      {layout !== null && (
        <p class="instants-scale" aria-hidden="true">
          <span>earlier</span>
          <span title={exactNs(layout.last - layout.first)}>
            {atMost(absolute(layout.last - layout.first))} from the first end to the last
          </span>
          <span>later ▸</span>
        </p>
      )}
    </div>
  );
}

const exact = (ns: bigint): string => utcExact(formatUtc(utc(ns)));
const css = (value: number): string => `${value.toFixed(4)}%`;

const Row = ({ row, placed }: { readonly row: InstantsRow; readonly placed: readonly Placed[] }): JSX.Element => (
  <div class={`instants-row row-${row.look}`}>
    <strong>{row.name}</strong>
    {placed.length === 0 ? (
      <div class="no-bound">
        <span>{row.none}</span>
      </div>
    ) : (
      <svg class={`bar look-${row.look}`} role="img" aria-label={`${row.name}: ${row.stretches.map(words).join(", or ")}`}>
        {placed.map(({ left, width }) => (
          <g key={left}>
            <rect class="bar-body" x={css(left)} width={css(width)} y="24%" height="52%" />
            <line class="bar-stop" x1={css(left)} x2={css(left)} y1="12%" y2="88%" />
            <line class="bar-stop" x1={css(left + width)} x2={css(left + width)} y1="12%" y2="88%" />
          </g>
        ))}
      </svg>
    )}
    {row.stretches.map((stretch) => (
      <Ends key={String(stretch.from)} {...stretch} />
    ))}
  </div>
);

const Ends = ({ from, to }: Stretch): JSX.Element =>
  from === to ? (
    <p class="instants-ends">
      <code>{exact(from)}</code>
    </p>
  ) : (
    <p class="instants-ends">
      <span>
        earliest <code>{exact(from)}</code>
      </span>
      <span>
        latest <code>{exact(to)}</code>
      </span>
    </p>
  );

const words = ({ from, to }: Stretch): string => `earliest ${exact(from)}, latest ${exact(to)}`;
