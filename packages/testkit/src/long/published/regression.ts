/** Weighted least squares of one line, with the standard deviations of its ends. */
export interface Line {
  /** At x = 0. */
  readonly intercept: number;
  readonly slope: number;
  readonly interceptSd: number;
  readonly slopeSd: number;
  /** Of the points about it. */
  readonly sd: number;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
  /** Variance relative to the others': a point of weight 4 counts a quarter. */
  readonly weight: number;
}

/** Three points or more, not all of one x. */
export function fitLine(spots: readonly Spot[]): Line {
  const total = (of: (spot: Spot) => number) => spots.reduce((sum, spot) => sum + of(spot) / spot.weight, 0);
  const mass = total(() => 1);
  const centre = total(({ x }) => x) / mass;
  const spread = total(({ x }) => (x - centre) ** 2);
  const slope = total(({ x, y }) => y * (x - centre)) / spread;
  const intercept = total(({ y }) => y) / mass - slope * centre;
  const variance = total(({ x, y }) => (y - intercept - slope * x) ** 2) / (spots.length - 2);
  const slopeSd = Math.sqrt(variance / spread);
  return {
    intercept,
    slope,
    slopeSd,
    interceptSd: Math.sqrt(variance / mass + (centre * slopeSd) ** 2),
    sd: Math.sqrt((variance * spots.length) / mass),
  };
}

/** Stretches of neighbouring residuals of one sign. */
export function countRuns(line: Line, spots: readonly Spot[]): number {
  const signs = spots.map(({ x, y }) => Math.sign(y - line.intercept - line.slope * x));
  return signs.filter((sign, index) => index === 0 || sign === 0 || sign !== signs[index - 1]).length;
}

/** Fewer runs than this and the points do not lie about a line, at 5 %; by the number of points (chrony, regress.c). */
const CRITICAL_RUNS = [
  0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7, 7, 8, 8, 9, 9, 9, 10, 10, 11, 11, 11, 12, 12, 13, 13, 14, 14, 14, 15, 15,
  16, 16, 17, 17, 18, 18, 18, 19, 19, 20, 20, 21, 21, 21, 22, 22, 23, 23, 24, 24, 25, 25, 26,
];
export const criticalRuns = (points: number): number => CRITICAL_RUNS[points] ?? Math.floor(0.41 * points);

/** Student's t of the two-sided 99.9 % interval, by degrees of freedom from 1 (any table of it; chrony uses the same). */
const STUDENT = [
  636.6, 31.6, 12.92, 8.61, 6.869, 5.959, 5.408, 5.041, 4.781, 4.587, 4.437, 4.318, 4.221, 4.14, 4.073, 4.015, 3.965, 3.922, 3.883, 3.85,
  3.819, 3.792, 3.768, 3.745, 3.725, 3.707, 3.69, 3.674, 3.659, 3.646, 3.633, 3.622, 3.611, 3.601, 3.591, 3.582, 3.574, 3.566, 3.558, 3.551,
];
export const studentT = (freedom: number): number => STUDENT[Math.max(1, freedom) - 1] ?? 3.5;
