import type { SourceSeries } from "@truebound/wire";
import type { ChartConfiguration, ScriptableLineSegmentContext } from "chart.js";
import { boundText } from "../format/bound.ts";
import { countWords } from "../format/count-words.ts";
import { toMs, utcSecond } from "../format/instant.ts";
import { axisNumber, type DrawUnit, unitFor } from "../format/unit.ts";
import type { BandWindow } from "./band-config.ts";
import { timeScale } from "./band-scales.ts";
import { overTimeOptions } from "./over-time-options.ts";
import type { Palette } from "./palette.ts";

type SourcePoint = SourceSeries["points"][number];
type Line = { x: number; y: number | null }[];
export type SourceSeriesConfig = ChartConfiguration<"line", Line>;

/** A corner of the picture; null = a stretch of which there is no report. */
interface Corner {
  readonly x: number;
  readonly point: SourcePoint | null;
}

/** Each part from its beginning to its end, as nobody knows where in it the report was true and where no longer; a gap where a part is missing. */
export function cornersOf({ points, step_ns }: SourceSeries): Corner[] {
  const step_ms = Number(step_ns) / 1e6;
  return points.flatMap((point, index) => {
    const [x, next] = [toMs(point.t), points[index + 1]];
    const isLast = next === undefined || toMs(next.t) > x + step_ms * 1.5;
    const both = [
      { x, point },
      { x: x + step_ms, point },
    ];
    return isLast ? [...both, { x: x + step_ms, point: null }] : both;
  });
}

export const seriesUnit = ({ points }: SourceSeries): DrawUnit =>
  unitFor(points.reduce((most, { lo_ns, hi_ns }) => Math.max(most, Math.abs(Number(lo_ns)), Math.abs(Number(hi_ns))), 0));

/** Where a source's own offset lay: between the least and the greatest that its users report, dashed while some called it false. */
export function sourceSeriesConfig(
  series: SourceSeries,
  palette: Palette,
  window: Pick<BandWindow, "from_ms" | "to_ms" | "zone">,
): SourceSeriesConfig {
  const unit = seriesUnit(series);
  const corners = cornersOf(series);
  const edge = (end: "lo_ns" | "hi_ns"): Line =>
    corners.map(({ x, point }) => ({ x, y: point === null ? null : Number(point[end]) / unit.size_ns }));
  const choose =
    <T>(called: T, quiet: T) =>
    ({ p0DataIndex }: ScriptableLineSegmentContext): T =>
      (corners[p0DataIndex]?.point?.false_by ?? 0) > 0 ? called : quiet;
  const line = { borderColor: palette.bound, borderWidth: 1.5, pointRadius: 0, tension: 0 };
  const segment = { borderColor: choose(palette.clash, palette.bound), borderDash: choose([4, 3], []) };
  const filled = { ...segment, backgroundColor: choose(palette.doubtSoft, palette.boundSoft) };
  return {
    type: "line",
    data: {
      datasets: [
        { label: "greatest", data: edge("hi_ns"), ...line, segment: filled, backgroundColor: palette.boundSoft, fill: "+1" },
        { label: "least", data: edge("lo_ns"), ...line, segment, fill: false },
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
          callbacks: {
            title: ([item]) => utcSecond(corners[item?.dataIndex ?? -1]?.point?.t ?? ""),
            label: ({ dataIndex }) => pointLines(corners[dataIndex]?.point ?? null),
          },
        },
      },
      scales: {
        x: timeScale(palette, { ...window, isFitted: false }),
        y: {
          type: "linear",
          beginAtZero: true,
          grace: "8%",
          grid: { color: ({ tick }) => (tick.value === 0 ? palette.zero : palette.line), drawTicks: false },
          border: { display: false },
          title: { display: true, text: `offset (${unit.name}), + = behind UTC`, color: palette.muted },
          ticks: { color: palette.muted, padding: 8, callback: (value) => axisNumber(Number(value)) },
        },
      },
    },
  };
}

const pointLines = (point: SourcePoint | null): string[] =>
  point === null
    ? []
    : [boundText(point), `by ${countWords(point.hosts, "host")}`, ...(point.false_by > 0 ? [`called false by ${point.false_by}`] : [])];
