export interface Point {
  readonly atS: number;
  readonly value: number;
}

/** Of a straight line through points, for an hour. `within` = 95 % of how far the slope can be off, by the scatter of means of blocks. */
export interface Slope {
  readonly perHour: number;
  readonly within: number;
}

export type SlopeVerdict = "holds" | "broken" | "undecided";

const BLOCKS = 12;
/** Two-sided 95 % of Student's t with BLOCKS − 2 degrees of freedom. */
const T = 2.228;

/**
 * Least squares over means of equal blocks of time: what is measured each second is nearly what it was a second before, and as
 * single points would promise a certainty that is not there. Null = too few points for it.
 */
export function slopeOf(points: readonly Point[]): Slope | null {
  const means = blockMeans(points);
  if (means.length < BLOCKS) return null;
  const count = means.length;
  const mean = (pick: (point: Point) => number) => means.reduce((sum, point) => sum + pick(point), 0) / count;
  const [atS, value] = [mean((point) => point.atS), mean((point) => point.value)];
  const spread = means.reduce((sum, point) => sum + (point.atS - atS) ** 2, 0);
  const slope = means.reduce((sum, point) => sum + (point.atS - atS) * (point.value - value), 0) / spread;
  const rest = means.reduce((sum, point) => sum + (point.value - value - slope * (point.atS - atS)) ** 2, 0);
  return { perHour: slope * 3_600, within: T * Math.sqrt(rest / (count - 2) / spread) * 3_600 };
}

/** The mean of each block; empty = too few points for them. */
export const meansOfParts = (points: readonly Point[]): number[] => blockMeans(points).map(({ value }) => value);

function blockMeans(points: readonly Point[]): Point[] {
  const size = Math.floor(points.length / BLOCKS);
  if (size === 0) return [];
  return Array.from({ length: BLOCKS }, (_, block) => {
    const own = points.slice(block * size, (block + 1) * size);
    const mean = (pick: (point: Point) => number) => own.reduce((sum, point) => sum + pick(point), 0) / own.length;
    return { atS: mean(({ atS }) => atS), value: mean(({ value }) => value) };
  });
}

/** Whether the slope is below a limit: undecided where the limit lies within what it can be off by. */
export function judgeSlope(slope: Slope | null, limitPerHour: number): SlopeVerdict {
  if (slope === null) return "undecided";
  if (slope.perHour + slope.within < limitPerHour) return "holds";
  return slope.perHour - slope.within >= limitPerHour ? "broken" : "undecided";
}
