import type { Chart, ChartArea, Plugin } from "chart.js";
import type { BandLook } from "./band-config.ts";
import type { BandData } from "./band-data.ts";
import type { Gap } from "./gaps.ts";
import { drawIncident, type IncidentMark } from "./incident-marks.ts";
import { drawLone } from "./lone-points.ts";

const LABEL_PAD_PX = 8;
const MARK_PX = 5;

export interface Overlay {
  readonly data: BandData;
  readonly look: BandLook;
  readonly marks: readonly IncidentMark[];
}

/**
 * What Chart.js has no dataset for: stretches without a bound behind the band, marks at the edge for what a fitted
 * picture cuts off, and where incidents began. A chart keeps its plugins for life, so this one asks each time for what it is to draw.
 */
export const bandOverlay = (read: () => Overlay | null): Plugin<"line"> => ({
  id: "overlay",
  beforeDatasetsDraw: (chart) => {
    const overlay = read();
    if (overlay !== null) for (const gap of overlay.data.gaps) drawGap(chart, gap, overlay.look);
  },
  afterDatasetsDraw: (chart) => {
    const overlay = read();
    if (overlay === null) return;
    const { data, look } = overlay;
    for (const line of [data.lo, data.hi]) drawLone(chart, line, data.lone, look.palette.bound);
    drawCuts(chart, overlay);
    for (const mark of overlay.marks) drawIncident(chart, mark, overlay.look.palette);
  },
});

function drawGap({ ctx, chartArea, scales }: Chart, gap: Gap, { palette, gapHatch }: BandLook): void {
  const edge = (at_ms: number): number => held(chartArea, scales.x?.getPixelForValue(at_ms) ?? Number.NaN);
  const left = edge(gap.from_ms);
  // However short, a gap stays visible.
  const width = Math.max(2, edge(gap.to_ms) - left);
  ctx.save();
  ctx.fillStyle = gapHatch;
  ctx.fillRect(left, chartArea.top, width, chartArea.bottom - chartArea.top);
  ctx.strokeStyle = palette.zero;
  ctx.setLineDash([4, 4]);
  ctx.strokeRect(left, chartArea.top + 0.5, width, chartArea.bottom - chartArea.top - 1);
  drawLabel(ctx, `no bound: ${gap.words.join(", ")}`, { left, width, top: chartArea.top }, palette);
  ctx.restore();
}

const held = ({ left, right }: ChartArea, x: number): number => Math.min(right, Math.max(left, x));

/** Only where it fits; the legend says it anyway. */
function drawLabel(
  ctx: CanvasRenderingContext2D,
  text: string,
  { left, width, top }: { readonly left: number; readonly width: number; readonly top: number },
  palette: BandLook["palette"],
): void {
  ctx.font = `600 12px ${palette.font}`;
  const room = ctx.measureText(text).width + 2 * LABEL_PAD_PX;
  if (room + LABEL_PAD_PX > width) return;
  ctx.fillStyle = palette.surface;
  ctx.fillRect(left + (width - room) / 2, top + 8, room, 20);
  ctx.fillStyle = palette.muted;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(text, left + width / 2, top + 18);
}

function drawCuts({ ctx, chartArea, scales }: Chart, { data: { cut, lo }, look: { palette } }: Overlay): void {
  ctx.save();
  ctx.fillStyle = palette.bound;
  for (const { index, isAbove, isBelow } of cut) {
    const x = scales.x?.getPixelForValue(lo[index]?.x ?? Number.NaN) ?? Number.NaN;
    if (isAbove) drawMark(ctx, x, { tip: chartArea.top, base: chartArea.top + 2 * MARK_PX });
    if (isBelow) drawMark(ctx, x, { tip: chartArea.bottom, base: chartArea.bottom - 2 * MARK_PX });
  }
  ctx.restore();
}

/** An arrowhead that points out of the picture. */
function drawMark(ctx: CanvasRenderingContext2D, x: number, { tip, base }: { readonly tip: number; readonly base: number }): void {
  ctx.beginPath();
  ctx.moveTo(x, tip);
  ctx.lineTo(x - MARK_PX, base);
  ctx.lineTo(x + MARK_PX, base);
  ctx.fill();
}
