import type { ServerState } from "@truebound/ntp";
import { divCeil, type Interval, worstError } from "@truebound/time";

/** What is known of this host's own clock: its guaranteed bound on UTC − clock, and whether it is proven. */
export interface OwnBound {
  readonly guaranteed: Interval | null;
  readonly proven: boolean;
}

const UNSYNCHRONISED = { leap: 3, stratum: 16 } as const;
/** 16.16 seconds. */
const MOST = 0xffffffffn;
/** Of what is no reference clock and hides which servers it follows (RFC 5905 section 7.3 leaves the meaning to the server). */
const REFID = 0x5452_5545;

/**
 * What this host says of its own clock to whoever measures it. Its root dispersion is its worst error, rounded up: whoever takes
 * its time for UTC may err by that. Without a proof it says that it is not synchronised, and still tells its clock.
 */
export function ownState({ guaranteed, proven }: OwnBound, stratum: number, precision: number, reference: bigint): ServerState {
  const worst = guaranteed === null ? null : divCeil(worstError(guaranteed) * 65_536n, 1_000_000_000n);
  const isKnown = proven && worst !== null && worst <= MOST;
  return {
    ...(isKnown ? { leap: 0, stratum: Math.min(15, stratum) } : UNSYNCHRONISED),
    precision,
    rootDelay: 0,
    rootDispersion: Number(isKnown ? worst : MOST),
    refid: REFID,
    reference,
  };
}
