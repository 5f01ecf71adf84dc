import { hull, type Interval, intersect } from "@truebound/time";
import { type Batch, type Reason, type Status, unpackColumn } from "@truebound/wire";
import { type Claim, placeClaim, withClaim } from "./daemon-claim.ts";

/** One row of a batch: a reading of the host's clocks, and what was proved of its offset there. Clocks are the host's own. */
export interface Reading {
  readonly raw: bigint;
  readonly realtime: bigint;
  readonly boottime: bigint;
  readonly status: Status;
  readonly reason: Reason | null;
  readonly bound: Interval | null;
  /** Hull of the bounds at every local reading since the row before, this one included; null when one of them had none. */
  readonly since: Interval | null;
  /** Tight bound; null = none, or none within the guaranteed one. */
  readonly tight: Interval | null;
  /** Hull of the bound at every instant since the row before, slews between readings included; null = not known. */
  readonly throughout: Interval | null;
  /** Greatest distance on RAW between two of those local readings; null = not said. */
  readonly gap: bigint | null;
  readonly votes: number;
  readonly need: number;
  readonly agree: readonly number[];
  readonly injected: bigint | null;
  /** What the host's own daemon claimed right before it; absent = it was not asked, or claimed nothing. */
  readonly claim?: Claim | null;
}

/** The rows of a batch whose columns have been checked: equally long, in range, clocks without gaps. */
export function readingsOf(batch: Batch): readonly Reading[] {
  const readings = measuredIn(batch);
  return withClaim(readings, placeClaim(batch, readings));
}

function measuredIn({ bounds }: Batch): Reading[] {
  const column = {
    raw: unpackColumn(bounds.raw_ns),
    realtime: unpackColumn(bounds.realtime_ns),
    boottime: unpackColumn(bounds.boottime_ns),
    bound: pairs(unpackColumn(bounds.lo_ns), unpackColumn(bounds.hi_ns)),
    since: pairs(unpackColumn(bounds.since_lo_ns), unpackColumn(bounds.since_hi_ns)),
    tight: pairs(unpackColumn(bounds.tight_lo_ns), unpackColumn(bounds.tight_hi_ns)),
    throughout: pairs(unpackColumn(bounds.throughout_lo_ns), unpackColumn(bounds.throughout_hi_ns)),
    gap: bounds.gap_ns ? unpackColumn(bounds.gap_ns) : [],
    injected: bounds.injected_ns ? unpackColumn(bounds.injected_ns) : [],
  };
  return bounds.status.map((status, row) => {
    const bound = column.bound[row] ?? null;
    const since = column.since[row] ?? null;
    const throughout = column.throughout[row] ?? null;
    const tight = column.tight[row] ?? null;
    // The casts say what `check.ts` and the schema have made sure of.
    return {
      raw: column.raw[row] as bigint,
      realtime: column.realtime[row] as bigint,
      boottime: column.boottime[row] as bigint,
      status: status as Status,
      reason: (bounds.reason[row] ?? null) as Reason | null,
      bound,
      since: bound && since && hull(bound, since),
      tight: bound && tight && intersect(bound, tight),
      throughout: bound && throughout && hull(bound, throughout),
      gap: column.gap[row] ?? null,
      votes: bounds.votes[row] as number,
      need: bounds.need[row] as number,
      agree: bounds.agree[row] as number[],
      injected: column.injected[row] ?? null,
    };
  });
}

const pairs = (lows: readonly (bigint | null)[], highs: readonly (bigint | null)[]): (Interval | null)[] =>
  lows.map((lo, row) => {
    const hi = highs[row] ?? null;
    return lo === null || hi === null ? null : { lo, hi };
  });

/** All that a reading says of the offset since the one before it: what a series or a rollup must never be narrower than. */
export const reach = ({ bound, since }: Pick<Reading, "bound" | "since">): Interval | null => since ?? bound;
