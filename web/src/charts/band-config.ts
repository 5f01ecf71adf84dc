import type { ChartConfiguration, ChartDataset, ScriptableLineSegmentContext } from "chart.js";
import type { AnnotationOptions } from "chartjs-plugin-annotation";
import type { Zone } from "../format/zone.ts";
import { type BandData, isProvenStretch } from "./band-data.ts";
import { bandScales } from "./band-scales.ts";
import { bandTooltip } from "./band-tooltip.ts";
import { overTimeOptions } from "./over-time-options.ts";
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

/** From data to a Chart.js configuration, and nothing else: the band between lo and hi, the tight one in it, the midpoint, the truth where one is shown, and what the daemon claims. */
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
      ...overTimeOptions(look.palette),
      elements: { line: { tension: 0, borderJoinStyle: "round" }, point: { hoverRadius: 3, hitRadius: 0 } },
      scales: bandScales(data, look.palette, window),
      plugins: { legend: { display: false }, tooltip: bandTooltip(data, look.palette), annotation: { annotations } },
    },
  };
}

function bandDatasets(data: BandData, { palette, hatch }: BandLook): BandDataset[] {
  const isMixed = data.points.some(({ status }) => status !== "proven");
  const choose =
    <T>(proven: T, other: T) =>
    (stretch: ScriptableLineSegmentContext): T =>
      isProvenStretch(data.points, stretch.p0DataIndex, stretch.p1DataIndex) ? proven : other;
  const plain = { borderColor: palette.bound, borderWidth: 1.25, pointRadius: 0 };
  const segment = { borderColor: choose(palette.bound, palette.doubt), borderDash: choose([], [5, 4]) };
  // A chart asks for the look of every stretch, one by one; where all look alike it need not.
  const edge = isMixed ? { ...plain, segment } : plain;
  const filled = isMixed
    ? { ...plain, segment: { ...segment, backgroundColor: choose<CanvasPattern | string>(palette.boundSoft, hatch) } }
    : plain;
  const datasets: BandDataset[] = [
    {
      label: "hi",
      data: [...data.hi],
      ...filled,
      backgroundColor: palette.boundSoft,
      fill: { target: 1 },
    },
    { label: "lo", data: [...data.lo], ...edge, fill: false },
    ...tightBand(data, palette),
    { label: "mid", data: [...data.mid], borderColor: palette.ink, borderWidth: 1.25, fill: false, pointRadius: 0 },
  ];
  return [...datasets, ...truthLine(data, palette), ...claimedLines(data, palette)];
}

function truthLine(data: BandData, palette: Palette): BandDataset[] {
  if (data.truth.length === 0) return [];
  return [
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

/** So few points of a line are marked, so that one by itself is seen. */
const FEW = 40;

/** Its points lie where claims were made and not where readings were, so no pointer picks them by their number. */
function claimedLines({ claim }: BandData, palette: Palette): BandDataset[] {
  if (claim.hi.length === 0) return [];
  const bare = { fill: false, pointHitRadius: 0, pointHoverRadius: 0 } as const;
  const line = {
    ...bare,
    borderColor: palette.claim,
    borderWidth: 1.5,
    borderDash: [7, 4],
    pointRadius: claim.hi.length > FEW ? 0 : 1.75,
    pointBackgroundColor: palette.claim,
  };
  const lines: BandDataset[] = [
    { label: "claim hi", data: [...claim.hi], ...line },
    { label: "claim lo", data: [...claim.lo], ...line },
  ];
  if (claim.excluded.length === 0) return lines;
  const cross = { showLine: false, pointStyle: "crossRot", pointRadius: 5, borderWidth: 2 } as const;
  return [...lines, { label: "claim excluded", data: [...claim.excluded], ...bare, ...cross, borderColor: palette.clash }];
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
