import type { TermsPoint } from "@truebound/wire";
import type { ChartConfiguration, ChartDataset } from "chart.js";
import { toMs } from "../format/instant.ts";
import { frequencyText } from "../format/rate.ts";
import { axisNumber } from "../format/unit.ts";
import type { BandWindow } from "./band-config.ts";
import { timeScale } from "./band-scales.ts";
import { overTimeOptions } from "./over-time-options.ts";
import type { Palette } from "./palette.ts";

type Line = { x: number; y: number | null }[];
export type FrequencyConfig = ChartConfiguration<"line", Line>;
/** Least and greatest, ppb, positive = fast; null = not known. */
export type RateRange = readonly [number, number] | null;

/** How fast the clock itself ran: its oscillator, and what the daemon added. */
export const clockRate = ({ oscillator, daemon_slew }: TermsPoint["frequency"]): RateRange =>
  oscillator === null || daemon_slew === null ? null : [oscillator[0] + daemon_slew[0], oscillator[1] + daemon_slew[1]];

const PPB_PER_PPM = 1000;

/** Two ranges over time: that of the oscillator, which nothing steers, and that of the clock as it was steered. What is not known is a gap. */
export function frequencyConfig(
  points: readonly TermsPoint[],
  palette: Palette,
  window: Pick<BandWindow, "from_ms" | "to_ms" | "zone">,
): FrequencyConfig {
  const edge = (range: (point: TermsPoint) => RateRange, end: 0 | 1): Line =>
    points.map((point) => ({ x: toMs(point.t), y: inPpm(range(point), end) }));
  const oscillator = ({ frequency }: TermsPoint): RateRange => frequency.oscillator;
  const clock = ({ frequency }: TermsPoint): RateRange => clockRate(frequency);
  const band = (
    name: string,
    range: (point: TermsPoint) => RateRange,
    colour: string,
    soft: string,
    dash: number[],
  ): ChartDataset<"line", Line>[] => {
    const line = {
      borderColor: colour,
      borderWidth: 1.25,
      borderDash: dash,
      pointRadius: points.length > 1 ? 0 : 2,
      stepped: "before" as const,
    };
    return [
      { label: `${name}, greatest`, data: edge(range, 1), ...line, backgroundColor: soft, fill: "+1" },
      { label: `${name}, least`, data: edge(range, 0), ...line, fill: false },
    ];
  };
  return {
    type: "line",
    data: {
      datasets: [
        ...band("oscillator", oscillator, palette.bound, palette.boundSoft, []),
        ...band("clock", clock, palette.claim, palette.claimSoft, [6, 3]),
      ],
    },
    options: {
      ...overTimeOptions(palette),
      plugins: {
        legend: { display: false },
        tooltip: {
          animation: false,
          displayColors: false,
          filter: ({ datasetIndex }) => datasetIndex === 0,
          callbacks: { title: ([item]) => points[item?.dataIndex ?? -1]?.t ?? "", label: ({ dataIndex }) => rateLines(points[dataIndex]) },
        },
      },
      scales: {
        x: timeScale(palette, { ...window, isFitted: false }),
        y: {
          type: "linear",
          grace: "12%",
          grid: { color: ({ tick }) => (tick.value === 0 ? palette.zero : palette.line), drawTicks: false },
          border: { display: false },
          title: { display: true, text: "ppm, + = fast", color: palette.muted },
          ticks: { color: palette.muted, padding: 8, callback: (value) => axisNumber(Number(value)) },
        },
      },
    },
  };
}

const inPpm = (range: RateRange, end: 0 | 1): number | null => (range === null ? null : range[end] / PPB_PER_PPM);

const said = (range: RateRange): string => (range === null ? "not known" : frequencyText(range));

const rateLines = (point: TermsPoint | undefined): string[] =>
  point === undefined ? [] : [`oscillator ${said(point.frequency.oscillator)}`, `clock ${said(clockRate(point.frequency))}`];
