import type { ChartConfiguration, ChartDataset, ScriptableLineSegmentContext } from "chart.js";
import type { AnnotationOptions } from "chartjs-plugin-annotation";
import type { Zone } from "../format/zone.ts";
import { type BandData, isProvenStretch } from "./band-data.ts";
import { bandScales } from "./band-scales.ts";
import { bandTooltip } from "./band-tooltip.ts";
import type { Palette } from "./palette.ts";

export interface BandLook {
  readonly palette: Palette;
  /** Fill of the stretches that are not proven. */
  readonly hatch: CanvasPattern | string;
  /** Fill of the stretches without a bound. */
  readonly gapHatch: CanvasPattern | string;
}

export interface BandWindow {
  readonly from_ms: number;
  readonly to_ms: number;
  /** Zero stays in sight unless the reader asked for the bound alone. */
  readonly isFitted: boolean;
  /** How its times are written; UTC where nothing is said. */
  readonly zone?: Zone;
}

type Line = { x: number; y: number | null }[];
type BandDataset = ChartDataset<"line", Line>;
export type BandConfig = ChartConfiguration<"line", Line>;

/** From data to a Chart.js configuration, and nothing else: the band between lo and hi, the tight one in it, the midpoint, and the truth where one is shown. */
export function bandConfig(
  data: BandData,
  look: BandLook,
  window: BandWindow,
  annotations: Record<string, AnnotationOptions> = {},
): BandConfig {
  return {
    type: "line",
    data: { datasets: bandDatasets(data, look) },
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: true,
      maintainAspectRatio: false,
      spanGaps: false,
      interaction: { mode: "index", intersect: false },
      elements: { line: { tension: 0, borderJoinStyle: "round" }, point: { hoverRadius: 3, hitRadius: 0 } },
      font: { family: look.palette.font },
      scales: bandScales(data, look.palette, window),
      plugins: { legend: { display: false }, tooltip: bandTooltip(data, look.palette), annotation: { annotations } },
    },
  };
}

function bandDatasets(data: BandData, { palette, hatch }: BandLook): BandDataset[] {
  const choose =
    <T>(proven: T, other: T) =>
    (stretch: ScriptableLineSegmentContext): T =>
      isProvenStretch(data.points, stretch.p0DataIndex, stretch.p1DataIndex) ? proven : other;
  const edge = {
    borderColor: palette.bound,
    borderWidth: 1.25,
    segment: { borderColor: choose(palette.bound, palette.doubt), borderDash: choose([], [5, 4]) },
  };
  const filled = { ...edge, segment: { ...edge.segment, backgroundColor: choose<CanvasPattern | string>(palette.boundSoft, hatch) } };
  const datasets: BandDataset[] = [
    {
      label: "hi",
      data: [...data.hi],
      ...filled,
      backgroundColor: palette.boundSoft,
      fill: { target: 1 },
      ...dots(data.hi, palette.bound),
    },
    { label: "lo", data: [...data.lo], ...edge, fill: false, ...dots(data.lo, palette.bound) },
    ...tightBand(data, palette),
    { label: "mid", data: [...data.mid], borderColor: palette.ink, borderWidth: 1.25, fill: false, pointRadius: 0 },
  ];
  if (data.truth.length === 0) return datasets;
  return [
    ...datasets,
    {
      label: "truth",
      data: [...data.truth],
      borderColor: palette.truth,
      borderWidth: 1.75,
      borderDash: [2, 3],
      fill: false,
      pointRadius: 0,
    },
  ];
}

/** Filled alone: its edges would be taken for those of what is guaranteed. */
function tightBand({ tightHi, tightLo }: BandData, { boundTight }: Palette): BandDataset[] {
  if (tightHi.length === 0) return [];
  const bare = { borderWidth: 0, pointRadius: 0 };
  return [
    { label: "tight hi", data: [...tightHi], ...bare, backgroundColor: boundTight, fill: "+1" },
    { label: "tight lo", data: [...tightLo], ...bare, fill: false },
  ];
}

/** A point with a gap on both sides has no line to show it, so it gets a dot. */
const dots = (line: BandData["lo"], colour: string) => ({
  pointRadius: line.map((_, index) => (isAlone(line, index) ? 2.5 : 0)),
  pointBackgroundColor: colour,
  pointBorderWidth: 0,
});

const isAlone = (line: BandData["lo"], index: number): boolean =>
  (line[index]?.y ?? null) !== null && (line[index - 1]?.y ?? null) === null && (line[index + 1]?.y ?? null) === null;
