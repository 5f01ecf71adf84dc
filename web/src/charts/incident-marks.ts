import type { Incident } from "@truebound/wire";
import type { Chart } from "chart.js";
import { toMs } from "../format/instant.ts";
import type { Palette } from "./palette.ts";

/** Where in a picture an incident began. */
export interface IncidentMark {
  readonly at_ms: number;
  /** What stands at the line; the list under the picture says the rest. */
  readonly label: string;
}

/** Incidents that began in a stretch of time, in the order in which they began. */
export const begunWithin = (incidents: readonly Incident[], from_ms: number, to_ms: number): readonly Incident[] =>
  incidents
    .filter(({ opened_at }) => toMs(opened_at) >= from_ms && toMs(opened_at) <= to_ms)
    .toSorted((a, b) => toMs(a.opened_at) - toMs(b.opened_at));

export const markOf = ({ id, opened_at }: Incident): IncidentMark => ({ at_ms: toMs(opened_at), label: id });

const LABEL_PX = 16;
const PAD_PX = 5;

/** A line from top to bottom, and the incident's number in a box at its foot, clear of the labels of gaps. */
export function drawIncident({ ctx, chartArea, scales }: Chart, { at_ms, label }: IncidentMark, palette: Palette): void {
  const x = scales.x?.getPixelForValue(at_ms) ?? Number.NaN;
  if (!(x >= chartArea.left && x <= chartArea.right)) return;
  ctx.save();
  ctx.strokeStyle = palette.clash;
  ctx.lineWidth = 1.5;
  ctx.setLineDash([6, 3]);
  ctx.beginPath();
  ctx.moveTo(x, chartArea.top);
  ctx.lineTo(x, chartArea.bottom);
  ctx.stroke();
  drawLabel(ctx, label, { x, bottom: chartArea.bottom, right: chartArea.right }, palette);
  ctx.restore();
}

interface Foot {
  readonly x: number;
  readonly bottom: number;
  readonly right: number;
}

function drawLabel(ctx: CanvasRenderingContext2D, label: string, { x, bottom, right }: Foot, palette: Palette): void {
  ctx.font = `650 11.5px ${palette.font}`;
  const width = ctx.measureText(label).width + 2 * PAD_PX;
  const left = Math.min(x, right - width);
  ctx.fillStyle = palette.clash;
  ctx.fillRect(left, bottom - LABEL_PX, width, LABEL_PX);
  ctx.fillStyle = palette.surface;
  ctx.textBaseline = "middle";
  ctx.fillText(label, left + PAD_PX, bottom - LABEL_PX / 2);
}
