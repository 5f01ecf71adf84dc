import type { ChartOptions } from "chart.js";
import { axisNumber } from "../format/unit.ts";
import { utcDays, utcTicks } from "../format/utc-ticks.ts";
import type { BandWindow } from "./band-config.ts";
import type { BandData } from "./band-data.ts";
import type { Palette } from "./palette.ts";

type Scales = NonNullable<ChartOptions<"line">["scales"]>;
type Scale = NonNullable<Scales[string]>;

const TICK_PX = 90;

export const bandScales = (data: BandData, palette: Palette, window: BandWindow): Scales => ({
  x: timeScale(palette, window),
  y: offsetScale(data, palette, window.isFitted),
});

/** A linear axis in ms with ticks of our own: no date library, and UTC unless the reader asked for the browser's zone. */
export function timeScale(palette: Palette, { from_ms, to_ms, zone = "utc" }: BandWindow): Scale {
  return {
    type: "linear",
    min: from_ms,
    max: to_ms,
    grid: { color: palette.line, drawTicks: false },
    border: { display: false },
    title: { display: true, text: utcDays(from_ms, to_ms, zone), color: palette.muted },
    ticks: { color: palette.muted, maxRotation: 0, padding: 8, autoSkip: false },
    afterBuildTicks: (axis) => {
      axis.ticks = utcTicks(from_ms, to_ms, axis.chart.width / TICK_PX, zone);
    },
    afterTickToLabelConversion: (axis) => {
      const labels = utcTicks(from_ms, to_ms, axis.chart.width / TICK_PX, zone);
      axis.ticks = axis.ticks.map((tick, index) => ({ ...tick, label: labels[index]?.label ?? "" }));
    },
  };
}

function offsetScale({ unit, shown }: BandData, palette: Palette, isFitted: boolean): Scale {
  return {
    type: "linear",
    beginAtZero: !isFitted,
    grace: "8%",
    ...shown,
    grid: {
      color: ({ tick }) => (tick.value === 0 ? palette.zero : palette.line),
      lineWidth: ({ tick }) => (tick.value === 0 ? 1.75 : 1),
      drawTicks: false,
    },
    border: { display: false },
    title: { display: true, text: `offset (${unit.name}): positive = host is behind UTC`, color: palette.muted },
    ticks: { color: palette.muted, padding: 8, includeBounds: shown === null, callback: (value) => axisNumber(Number(value)) },
  };
}
