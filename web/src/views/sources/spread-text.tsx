import type { SourceOffsets } from "@truebound/wire";
import type { JSX } from "preact";
import { boundText, exactBound } from "../../format/bound.ts";
import { Exact } from "../parts/exact.tsx";

/** What the picture of a spread says, in figures. */
export const SpreadText = ({ offsets: { hull, p50, hosts } }: { readonly offsets: SourceOffsets }): JSX.Element => (
  <span class="spread-text">
    <Exact text={boundText(hull)} exact={exactBound(hull)} />
    {hosts > 1 && (
      <span class="muted">
        median <Exact text={boundText(p50)} exact={exactBound(p50)} />
      </span>
    )}
  </span>
);
