import type { Bound } from "@truebound/wire";
import type { JSX } from "preact";
import { limitText } from "../format/limit-words.ts";
import type { Look } from "../format/status-look.ts";
import { BoundBar } from "./bound-bar.tsx";
import { percent, type SymlogAxis } from "./symlog.ts";
import { gridBackground } from "./symlog-grid.ts";
import { SymlogScale } from "./symlog-scale.tsx";

interface LimitPictureProps {
  readonly axis: SymlogAxis;
  readonly bound: Bound;
  readonly limit_ns: string | null;
  readonly look: Look;
}

/** One bound, large, against its limit to both sides. */
export const LimitPicture = ({ axis, bound, limit_ns, look }: LimitPictureProps): JSX.Element => (
  <div class="limit-picture" style={{ "--grid": gridBackground(axis) }}>
    <span class="axis-title">
      <span>◂ ahead of UTC</span>
      <span class="axis-name">guaranteed bound on the offset</span>
      <span>behind UTC ▸</span>
    </span>
    <SymlogScale axis={axis} />
    <div class="axis">
      <BoundBar axis={axis} bound={bound} look={look} limit_ns={limit_ns} />
    </div>
    {limit_ns !== null && <LimitNames axis={axis} limit_ns={limit_ns} />}
  </div>
);

/** Under the lines, and one name for both where they stand too near each other. */
const NEAR_PERCENT = 9;
/** A name at the edge stays within the picture. */
const NAME_HALF_PX = 40;

function LimitNames({ axis, limit_ns }: { readonly axis: SymlogAxis; readonly limit_ns: string }): JSX.Element {
  const high = percent(axis, Number(limit_ns));
  const places = high - 50 < NEAR_PERCENT ? [50] : [100 - high, high];
  return (
    <div class="limit-names" aria-hidden="true">
      {places.map((place) => (
        <span key={place} style={{ left: `clamp(${NAME_HALF_PX}px, ${place}%, calc(100% - ${NAME_HALF_PX}px))` }}>
          limit {limitText(limit_ns)}
        </span>
      ))}
    </div>
  );
}
