import type { Evidence } from "@truebound/agent";
import { delay, type Interval } from "@truebound/time";

/** What somebody says of the offset at an instant: the truth lies within `halfWidth` of `middle`. s. */
export interface Claim {
  readonly middle: number;
  readonly halfWidth: number;
}

export const claimOf = (lo: number, hi: number): Claim => ({ middle: (lo + hi) / 2, halfWidth: (hi - lo) / 2 });
export const ends = ({ middle, halfWidth }: Claim): { lo: number; hi: number } => ({ lo: middle - halfWidth, hi: middle + halfWidth });

/** One exchange as a daemon on an undisciplined clock sees it, in seconds from the start: UTC − local, positive = local is behind. */
export interface Measured {
  readonly at: number;
  readonly offset: number;
  readonly delay: number;
  readonly roundTrip: number;
  readonly rootDelay: number;
  readonly rootDispersion: number;
}

/** Seconds from where the run began, so that doubles keep their digits. */
export interface Origin {
  readonly raw: bigint;
  readonly utcMinusRaw: bigint;
}

export function measuredOf({ sample }: Evidence, origin: Origin): Measured {
  const { exchange, terms } = sample;
  const { t1, t2, t3, t4 } = exchange;
  return {
    at: Number(t1 + t4 - 2n * origin.raw) / 2e9,
    offset: Number(t2 - t1 + (t3 - t4) - 2n * origin.utcMinusRaw) / 2e9,
    delay: Number(delay(exchange)) / 1e9,
    roundTrip: Number(t4 - t1) / 1e9,
    rootDelay: Number(terms.rootDelayRaw) / 65_536,
    rootDispersion: Number(terms.rootDispersionRaw) / 65_536,
  };
}

export const claimOfInterval = ({ lo, hi }: Interval, { utcMinusRaw }: Origin): Claim =>
  claimOf(Number(lo - utcMinusRaw) / 1e9, Number(hi - utcMinusRaw) / 1e9);

/** Of many claims: how many there were, how many left the truth out, and how far out it lay at most, in half-widths. */
export class ClaimTally {
  claims = 0;
  missed = 0;
  worstRatio = 0;

  judge(claim: Claim | null, truth: number): void {
    if (claim === null) return;
    const ratio = Math.abs(truth - claim.middle) / claim.halfWidth;
    this.claims += 1;
    if (ratio > 1) this.missed += 1;
    this.worstRatio = Math.max(this.worstRatio, ratio);
  }
}
