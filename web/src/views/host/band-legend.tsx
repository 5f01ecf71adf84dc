import type { Series } from "@truebound/wire";
import type { JSX } from "preact";
import { type BandData, statusesIn } from "../../charts/band-data.ts";
import { gapReasons } from "../../charts/gaps.ts";
import { codeWords } from "../../format/code-words.ts";

/** Each mark of the chart in words; only what is in the picture. */
export function BandLegend({ series, data }: { readonly series: Series; readonly data: BandData }): JSX.Element {
  const statuses = statusesIn(series);
  const others = statuses.filter((status) => status !== "proven");
  const reasons = gapReasons(data.gaps);
  return (
    <ul class="legend">
      {statuses.includes("proven") && <Key swatch="bound">guaranteed bound, proven</Key>}
      {others.length > 0 && <Key swatch="doubt">bound while {others.map(codeWords).join(", ")}</Key>}
      {data.tightLo.length > 0 && <Key swatch="tight">tight bound: assumes a steady frequency too</Key>}
      <Key swatch="mid">midpoint</Key>
      {data.truth.length > 0 && <Key swatch="truth">injected truth</Key>}
      {data.claim.hi.length > 0 && (
        <Key swatch="claim">{`daemon’s claim (not proved)${data.claim.isFar ? ", in part beyond the picture" : ""}`}</Key>
      )}
      {data.claim.excluded.length > 0 && <Key swatch="excluded">the claim excludes what was measured</Key>}
      {reasons.length > 0 && <Key swatch="gap">{`no bound: ${reasons.join(", ")}`}</Key>}
      <li class="legend-note">{drawnFrom(series)} Drag across to zoom.</li>
    </ul>
  );
}

function drawnFrom({ resolution, merged }: Series): string {
  if (resolution === "minute")
    return merged ? "Drawn from minutes, several to a point, each at its widest." : "Drawn from minutes, each at its widest.";
  return merged ? "Drawn from readings, several to a point, each at its widest." : "Drawn from every reading that was sent.";
}

const Key = ({
  swatch,
  children,
}: {
  readonly swatch: string;
  readonly children: JSX.Element | string | (string | JSX.Element)[];
}): JSX.Element => (
  <li>
    <span class={`swatch swatch-${swatch}`} aria-hidden="true" />
    {children}
  </li>
);
