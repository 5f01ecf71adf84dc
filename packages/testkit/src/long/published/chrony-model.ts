import { median } from "../../bench/statistics.ts";
import { type Claim, claimOf, type Measured } from "./claim.ts";
import { countRuns, criticalRuns, fitLine, type Line, type Spot, studentT } from "./regression.ts";

/**
 * A model of what chrony 4 claims of its clock, after its sourcestats.c, regress.c, sources.c and reference.c: not chrony.
 * It has the weighted regression, the runs test, the skew as a t-test's width, the best sample, the selection by greatest
 * overlap, and the growth of the root dispersion with `maxclockerror` 1 ppm. It has not the tests that drop samples of
 * long delay, combining, asymmetry correction, or the steering of the clock, which only moves the middle to zero. The
 * real chronyd takes its exchanges from the network as they happen, and cannot be given recorded ones.
 */
const MOST_SAMPLES = 64;
const LEAST_SAMPLES = 3;
const RUNS_RATIO = 2;
const MAX_CLOCK_ERROR = 1e-6;
const LEAST_SKEW = 1e-12;
const WORST_SKEW = 2000e-6;
const PRECISION = 2 ** -24;
const SD_TO_DISTANCE = 0.7;

interface Kept extends Measured {
  readonly peerDispersion: number;
}

interface Estimate {
  readonly line: Line;
  readonly skew: number;
  /** When the line's zero is. */
  readonly at: number;
  readonly best: Kept;
}

export class ChronySource {
  #older: Kept[] = [];
  #samples: Kept[] = [];
  #estimate: Estimate | null = null;

  add(measured: Measured): void {
    const skew = this.#estimate?.skew ?? WORST_SKEW;
    this.#samples.push({ ...measured, peerDispersion: PRECISION + skew * measured.roundTrip });
    if (this.#samples.length > MOST_SAMPLES) this.#shed(1);
    this.#estimate = this.#samples.length < LEAST_SAMPLES ? null : this.#regress();
  }

  /** What it claims when this source is the one that it follows. */
  tracking(at: number): Claim | null {
    if (this.#estimate === null) return null;
    const { line, skew, best, at: last } = this.#estimate;
    const age = at - last;
    const dispersion = rootDispersion(best) + skew * (last - best.at) + line.interceptSd + (skew + MAX_CLOCK_ERROR) * age;
    return { middle: line.intercept + line.slope * age, halfWidth: rootDelay(best) / 2 + dispersion };
  }

  /** The interval with which the source enters the selection. */
  candidate(at: number): Claim | null {
    if (this.#estimate === null) return null;
    const { line, skew, best } = this.#estimate;
    const age = at - best.at;
    return { middle: best.offset + line.slope * age, halfWidth: rootDelay(best) / 2 + rootDispersion(best) + skew * age };
  }

  /** Standard deviation of its samples about the line, and the delay of its best one, s. */
  get noise(): { readonly sd: number; readonly delay: number } | null {
    return this.#estimate && { sd: this.#estimate.line.sd, delay: this.#estimate.best.delay };
  }

  #regress(): Estimate {
    const last = (this.#samples.at(-1) as Kept).at;
    const weights = weightsOf(this.#samples);
    const spot = ({ at, offset }: Kept, weight: number): Spot => ({ x: at - last, y: offset, weight });
    const spots = this.#samples.map((sample, index) => spot(sample, weights[index] as number));
    const older = this.#older.map((sample) => spot(sample, 1));
    let start = 0;
    let line = fitLine(spots);
    for (; spots.length - start > LEAST_SAMPLES; start++, line = fitLine(spots.slice(start))) {
      const tested = [...older, ...spots].slice(-RUNS_RATIO * (spots.length - start));
      if (countRuns(line, tested) > criticalRuns(tested.length)) break;
    }
    this.#shed(start);
    const skew = Math.max(LEAST_SKEW, line.slopeSd * studentT(this.#samples.length - 2));
    return { line, skew, at: last, best: bestOf(this.#samples, last, skew) };
  }

  /** What is shed still takes part in the runs test. */
  #shed(count: number): void {
    this.#older = [...this.#older, ...this.#samples.slice(0, count)];
    this.#samples = this.#samples.slice(count);
    this.#older = this.#older.slice(-this.#samples.length);
  }
}

const rootDelay = (sample: Kept): number => sample.rootDelay + Math.max(0, sample.delay);
const rootDispersion = (sample: Kept): number => sample.rootDispersion + sample.peerDispersion;

function weightsOf(samples: readonly Kept[]): number[] {
  const distances = samples.map(({ delay, peerDispersion }) => delay / 2 + peerDispersion);
  const least = Math.min(...distances);
  const sd = Math.min(Math.max(PRECISION, (median(distances) - least) / SD_TO_DISTANCE), least);
  return distances.map((distance) => (1 + Math.max(0, distance - least - PRECISION) / sd) ** 2);
}

function bestOf(samples: readonly Kept[], now: number, skew: number): Kept {
  const distance = (sample: Kept) => rootDispersion(sample) + skew * (now - sample.at) + rootDelay(sample) / 2;
  return samples.reduce((best, next) => (distance(next) < distance(best) ? next : best));
}

/** Follows the nearest of the sources that agree, where more than half of them do. */
export function chronyClaim(sources: readonly ChronySource[], at: number): Claim | null {
  const candidates = sources.flatMap((source) => {
    const claim = source.candidate(at);
    return claim === null ? [] : [{ source, claim, lo: claim.middle - claim.halfWidth, hi: claim.middle + claim.halfWidth }];
  });
  const agreed = greatestOverlap(candidates);
  if (agreed === null || agreed.depth * 2 <= candidates.length) return null;
  const followed = candidates
    .filter(({ lo, hi }) => lo <= agreed.hi && hi >= agreed.lo)
    .reduce((best, next) => (next.claim.halfWidth < best.claim.halfWidth ? next : best));
  return followed.source.tracking(at);
}

export interface Overlap {
  readonly lo: number;
  readonly hi: number;
  readonly depth: number;
}

/** Marzullo: the first stretch that most of the intervals cover. */
export function greatestOverlap(intervals: readonly { readonly lo: number; readonly hi: number }[]): Overlap | null {
  const starts = intervals.map(({ lo }) => lo).sort((a, b) => a - b);
  const depthAt = (point: number) => intervals.filter(({ lo, hi }) => lo <= point && point <= hi).length;
  const depth = Math.max(0, ...starts.map(depthAt));
  const lo = starts.find((start) => depthAt(start) === depth);
  if (lo === undefined) return null;
  const hi = Math.min(...intervals.filter((one) => one.lo <= lo && lo <= one.hi).map((one) => one.hi));
  return { lo, hi, depth };
}

export const marzulloClaim = (intervals: readonly { readonly lo: number; readonly hi: number }[]): Claim | null => {
  const overlap = greatestOverlap(intervals);
  return overlap && claimOf(overlap.lo, overlap.hi);
};
