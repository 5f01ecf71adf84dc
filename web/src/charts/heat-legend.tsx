import { about } from "@truebound/time";
import type { JSX } from "preact";
import { type HeatScale, heat, heatTicks } from "./heat-scale.ts";

/** The shades with their magnitudes, and what is no shade. */
export const HeatLegend = ({ scale }: { readonly scale: HeatScale }): JSX.Element => (
  <div class="heat-legend">
    <span class="heat-legend-name">the two can differ by at most</span>
    <span class="heat-ramp" role="img" aria-label="from light to dark: from no difference to the greatest">
      {heatTicks(scale).map((value) => (
        <span key={value} class="heat-tick" style={{ left: `${heat(scale, value) * 100}%` }}>
          {value === 0 ? "0" : about(BigInt(value))}
        </span>
      ))}
    </span>
    <span class="heat-legend-unknown">
      <span class="swatch swatch-gap" aria-hidden="true" /> no bound on the difference
    </span>
  </div>
);
