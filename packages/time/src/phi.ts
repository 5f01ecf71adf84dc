/**
 * Phi accrual failure detection (Hayashibara et al., SRDS 2004): how surprised we are by a silence, as
 * −log10 P(the next heartbeat comes later than this). Times in ms of the observer's own monotonic clock. Exact normal
 * tail, finite at any distance; the logistic shortcut that some systems use gives other numbers.
 */
export interface GapStatistics {
  /** Mean gap between heartbeats, ms. */
  readonly mean: number;
  /** Standard deviation of the gaps, ms, > 0. */
  readonly deviation: number;
}

export function phi(silence: number, { mean, deviation }: GapStatistics): number {
  const y = (silence - mean) / deviation;
  if (y < 5) return -Math.log10(upperTail(y));
  return (y * y) / 2 / Math.LN10 + Math.log10(y * Math.sqrt(2 * Math.PI)) - Math.log10(millsRatio(y) * y);
}

/** P(Z > y) for moderate y: by the density and a series, so that no 1 − erf cancels in the upper half. */
function upperTail(y: number): number {
  if (y > 2) return density(y) * millsRatio(y);
  if (y < -2) return 1 - density(-y) * millsRatio(-y);
  let term = y;
  let sum = y;
  for (let k = 1; k < 60; k++) {
    term *= (-y * y) / (2 * k);
    sum += term / (2 * k + 1);
  }
  return 0.5 - sum / Math.sqrt(2 * Math.PI);
}

const density = (y: number): number => Math.exp((-y * y) / 2) / Math.sqrt(2 * Math.PI);

/** P(Z > y) / density(y) for y ≥ 2, by Laplace's continued fraction evaluated from its tail. */
function millsRatio(y: number): number {
  let fraction = y;
  for (let k = 120; k >= 1; k--) fraction = y + k / fraction;
  return 1 / fraction;
}

export const LATE_PHI = 3;
export const SILENT_PHI = 8;
const REMEMBERED_GAPS = 1000;
const FLOOR = 0.1;

/**
 * Learns a sender's rhythm. The first guess is its promised interval; the deviation is never taken below a tenth of it,
 * and one interval of pause is forgiven. A gap that ended in a verdict of silence is not learned. It takes the same memory
 * from its first heartbeat on.
 */
export class HeartbeatHistory {
  readonly #interval: number;
  /** The last gaps, in no order that matters. Filled at once: memory that is only promised would grow for hours. */
  readonly #gaps = new Float32Array(REMEMBERED_GAPS).fill(Number.NaN);
  #learned = 0;
  #last: number;

  constructor(interval: number, now: number) {
    this.#interval = interval;
    this.#learn(interval * 0.75);
    this.#learn(interval * 1.25);
    this.#last = now;
  }

  heard(now: number): void {
    if (this.phi(now) < SILENT_PHI) this.#learn(now - this.#last);
    this.#last = now;
  }

  phi(now: number): number {
    return phi(now - this.#last, this.#statistics());
  }

  /** In the place of the oldest. */
  #learn(gap: number): void {
    this.#gaps[this.#learned % REMEMBERED_GAPS] = gap;
    this.#learned += 1;
  }

  /** Heartbeats more frequent than promised do not make us impatient: the mean is at least the promised interval. */
  #statistics(): GapStatistics {
    const count = Math.min(this.#learned, REMEMBERED_GAPS);
    let sum = 0;
    for (let index = 0; index < count; index++) sum += this.#gaps[index] as number;
    const mean = sum / count;
    let squares = 0;
    for (let index = 0; index < count; index++) squares += ((this.#gaps[index] as number) - mean) ** 2;
    return {
      mean: Math.max(mean, this.#interval) + this.#interval,
      deviation: Math.max(Math.sqrt(squares / count), this.#interval * FLOOR),
    };
  }
}
