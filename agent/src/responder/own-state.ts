import { fromUtc, type ServerState } from "@truebound/ntp";
import {
  BILLION,
  type ClockReading,
  carryInterval,
  type Drift,
  divCeil,
  drift,
  fastest,
  grow,
  type Interval,
  maxOf,
  offsetAt,
  type PartsPerBillion,
  type RawInstant,
  together,
  type UtcInstant,
  worstError,
} from "@truebound/time";

/** What is known of this host's own clock: its guaranteed bound on UTC − clock, and whether it is proven. */
export interface OwnBound {
  readonly guaranteed: Interval | null;
  readonly proven: boolean;
}

/**
 * What a host knows of true time by its own sources alone, on its ruler, as of a reading: what rests on peers must not come back to
 * them. Where its clock stands beside the ruler is looked up with each request.
 */
export interface OwnFacts {
  /** Bound on UTC − RAW when RAW read `at`; null = none. */
  readonly guaranteed: Interval | null;
  readonly at: RawInstant;
  readonly proven: boolean;
  readonly drift: Drift;
  /** S, the slew allowance in force. */
  readonly slew: PartsPerBillion;
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

/** A reply leaves so soon after the glance that its state rests on, or not at all, ns. */
export const SENT_WITHIN = 100_000n;

/**
 * What it says of a request that was stamped so and is answered right after a glance at the clocks: its worst error at the stamp, at
 * the send, and at every instant between. null = nothing was known yet.
 */
export function stateAt(own: OwnFacts | null, glance: ClockReading, stamp: UtcInstant | null): ServerState {
  // A ruler that went back says nothing of how old the bound is.
  if (own === null || glance.rawBefore < own.at || own.slew >= BILLION)
    return ownState({ guaranteed: null, proven: false }, 16, PRECISION, 0n);
  const held = stamp === null ? 0n : atMostOnRuler(maxOf(0n, glance.realtime - stamp), own.slew);
  const offset = own.guaranteed && offsetAt(glance, carryInterval(own.guaranteed, own.drift, glance.rawAfter - own.at), fastest(own.drift));
  // Behind the bound stands UTC at the glance, and it strays from the ruler too.
  const guaranteed = offset && grow(offset, drift(together(fastest(own.drift), own.slew), maxOf(held, SENT_WITHIN)));
  const reference = own.provenAt === null ? 0n : fromUtc(own.provenAt);
  return ownState({ guaranteed, proven: own.proven }, stratumAbove(own.strata), PRECISION, reference);
}

/** While a clock that may be slewed so showed a span, the ruler showed no more than this. */
const atMostOnRuler = (span: bigint, slew: PartsPerBillion): bigint => divCeil(span * BILLION, BILLION - slew);

/** One more than the lowest; 16 where none agrees. A source that names no stratum of a synchronised server counts for nothing. */
export function stratumAbove(strata: readonly number[]): number {
  const known = strata.filter((stratum) => stratum >= 1 && stratum <= GREATEST_STRATUM);
  return known.length === 0 ? 16 : Math.min(...known) + 1;
}
