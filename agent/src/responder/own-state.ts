import { fromUtc, type ServerState } from "@truebound/ntp";
import { divCeil, drift, type Interval, type PartsPerBillion, type RawInstant, type UtcInstant, worstError } from "@truebound/time";

/** What is known of this host's own clock: its guaranteed bound on UTC − clock, and whether it is proven. */
export interface OwnBound {
  readonly guaranteed: Interval | null;
  readonly proven: boolean;
}

/** The same as it was at a reading, by the host's own sources alone: what rests on peers must not come back to them. */
export interface OwnFacts extends OwnBound {
  readonly at: RawInstant;
  /** How fast the bound may grow from there: rho, and the slew allowance, since nobody looks at the clock in between. */
  readonly growth: PartsPerBillion;
  /** Of the sources that agree. */
  readonly strata: readonly number[];
  /** This clock at the newest exchange that it rests on; null = none. */
  readonly provenAt: UtcInstant | null;
}

const UNSYNCHRONISED = { leap: 3, stratum: 16 } as const;
const GREATEST_STRATUM = 15;
/** 16.16 seconds. */
const MOST = 0xffffffffn;
/** Of what is no reference clock and hides which servers it follows (RFC 5905 section 7.3 leaves the meaning to the server). */
const REFID = 0x5452_5545;
/** log2 s: a read of the kernel's clocks takes some 60 ns. */
export const PRECISION = -24;

/**
 * What this host says of its own clock to whoever measures it. Its root dispersion is its worst error, rounded up: whoever takes
 * its time for UTC may err by that. Without a proof it says that it is not synchronised, and still tells its clock.
 */
export function ownState({ guaranteed, proven }: OwnBound, stratum: number, precision: number, reference: bigint): ServerState {
  const worst = guaranteed === null ? null : divCeil(worstError(guaranteed) * 65_536n, 1_000_000_000n);
  const isKnown = proven && worst !== null && worst <= MOST && stratum <= GREATEST_STRATUM;
  return {
    ...(isKnown ? { leap: 0, stratum } : UNSYNCHRONISED),
    precision,
    rootDelay: 0,
    rootDispersion: Number(isKnown ? worst : MOST),
    refid: REFID,
    reference,
  };
}

/** What it says at `now`, from what was known at the last reading; null = nothing was yet. */
export function stateAt(own: OwnFacts | null, now: RawInstant): ServerState {
  // A ruler that went back says nothing of how old the bound is.
  if (own === null || now < own.at) return ownState({ guaranteed: null, proven: false }, 16, PRECISION, 0n);
  const grown = drift(own.growth, now - own.at);
  const guaranteed = own.guaranteed && { lo: own.guaranteed.lo - grown, hi: own.guaranteed.hi + grown };
  return ownState({ ...own, guaranteed }, stratumAbove(own.strata), PRECISION, own.provenAt === null ? 0n : fromUtc(own.provenAt));
}

/** One more than the lowest; 16 where none agrees. A source that names no stratum of a synchronised server counts for nothing. */
export function stratumAbove(strata: readonly number[]): number {
  const known = strata.filter((stratum) => stratum >= 1 && stratum <= GREATEST_STRATUM);
  return known.length === 0 ? 16 : Math.min(...known) + 1;
}
