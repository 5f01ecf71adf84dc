import { type Interval, worstError } from "./interval.ts";
import { BILLION, divFloor, minOf } from "./units.ts";
import type { Drift } from "./window.ts";

/**
 * How long a bound stays within a limit if nothing is heard any more (M3) and nobody touches the clock: ns of local time,
 * rounded down. 0n = it is not within it now; `null` = it never leaves it.
 */
export function timeWithin(bound: Interval, { rho, centre }: Drift, limit: bigint): bigint | null {
  if (worstError(bound) > limit) return 0n;
  const up = timeToGo(limit - bound.hi, centre + rho);
  const down = timeToGo(bound.lo + limit, rho - centre);
  if (up === null || down === null) return up ?? down;
  return minOf(up, down);
}

/** ns until `room` is used up at `rate` ppb; `null` = it moves away from the limit, or not at all. */
const timeToGo = (room: bigint, rate: bigint): bigint | null => (rate <= 0n ? null : divFloor(room * BILLION, rate));
