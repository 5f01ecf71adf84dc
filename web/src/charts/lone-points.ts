import type { Chart } from "chart.js";
import type { BandPoint } from "./band-data.ts";

const RADIUS_PX = 2.5;

/** Places of points with a gap on both sides: no line shows them, so each gets a dot. */
export const loneIn = (line: readonly BandPoint[]): readonly number[] => line.flatMap((_, index) => (isAlone(line, index) ? [index] : []));

const isAlone = (line: readonly BandPoint[], index: number): boolean =>
  (line[index]?.y ?? null) !== null && (line[index - 1]?.y ?? null) === null && (line[index + 1]?.y ?? null) === null;

/** Drawn here and not by the chart, which would look up the options of each of its points as soon as one differs. */
export function drawLone({ ctx, scales }: Chart, line: readonly BandPoint[], lone: readonly number[], colour: string): void {
  ctx.save();
  ctx.fillStyle = colour;
  for (const { x, y } of lone.flatMap((index) => line[index] ?? [])) {
    ctx.beginPath();
    ctx.arc(
      scales.x?.getPixelForValue(x) ?? Number.NaN,
      scales.y?.getPixelForValue(y ?? Number.NaN) ?? Number.NaN,
      RADIUS_PX,
      0,
      2 * Math.PI,
    );
    ctx.fill();
  }
  ctx.restore();
}
