import type { SeriesPoint } from "@truebound/wire";

/** The stretch of offsets that a fitted picture shows, and what lies beyond it. For drawing only: nothing is forgotten, and the cut is said in words. */
export interface YFit {
  readonly lo_ns: number;
  readonly hi_ns: number;
  /** Places in the series of the points that reach beyond. */
  readonly cut: readonly Cut[];
}

export interface Cut {
  readonly index: number;
  readonly isAbove: boolean;
  readonly isBelow: boolean;
}

const SHARE = 0.98;
/** Fewer points have no "usual", so all of them are shown. */
const POINTS_MIN = 10;
/** A cut must pay: without its extremes the picture is at most this part as high. */
const GAIN = 1.5;
const MARGIN = 0.08;

/**
 * The picture without its extreme ends: the first exchanges after a start are slow, and one of them would flatten all the
 * others. The latest point is always inside. Null where nothing is extreme, so that everything is shown.
 */
export function fitOf(points: readonly SeriesPoint[]): YFit | null {
  const ends = points.flatMap(({ lo_ns, hi_ns }, index) =>
    lo_ns === null || hi_ns === null ? [] : [{ index, lo: Number(lo_ns), hi: Number(hi_ns) }],
  );
  const latest = ends.at(-1);
  if (latest === undefined || ends.length < POINTS_MIN) return null;
  const his = ends.map(({ hi }) => hi).sort((a, b) => a - b);
  const los = ends.map(({ lo }) => lo).sort((a, b) => b - a);
  const usual = Math.floor(SHARE * (ends.length - 1));
  const hi = Math.max(his[usual] ?? latest.hi, latest.hi);
  const lo = Math.min(los[usual] ?? latest.lo, latest.lo);
  const whole = (his.at(-1) ?? hi) - (los.at(-1) ?? lo);
  if (whole < (hi - lo) * GAIN) return null;
  const margin = (hi - lo) * MARGIN;
  const fit = { lo_ns: lo - margin, hi_ns: hi + margin };
  const cut = ends.map((end) => ({ index: end.index, isAbove: end.hi > fit.hi_ns, isBelow: end.lo < fit.lo_ns }));
  return { ...fit, cut: cut.filter(({ isAbove, isBelow }) => isAbove || isBelow) };
}
