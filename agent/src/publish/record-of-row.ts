import {
  BILLION,
  divCeil,
  divFloor,
  fastest,
  type LeapCalendar,
  maxOf,
  minOf,
  type PartsPerBillion,
  possibleLeapAfter,
  ppb,
  utc,
} from "@truebound/time";
import type { BoundRow } from "../bound/bound-row.ts";
import type { Ahead } from "../bound/host-monitor.ts";
import type { SegmentRecord } from "./segment-record.ts";

/** What of the host a record is made of, beside its row. */
export interface RecordFacts {
  readonly ruler: "raw" | "monotonic";
  readonly bootId: string;
  readonly sender: { readonly host: string; readonly epoch: number; readonly seq: number } | null;
  readonly ahead: Ahead;
  readonly vmMarker: bigint | null;
  /** ns of MONOTONIC for which a record counts. */
  readonly validNs: bigint;
}

/** Readers take BOOTTIME and MONOTONIC, moved apart by this, for no suspend. */
const READERS_ALLOW_NS = 1_000_000n;

export type RecordedRow = Pick<BoundRow, "reading" | "status" | "reason" | "offset">;

/** What applications are told of a reading. */
export function recordOf({ reading, status, reason, offset }: RecordedRow, facts: RecordFacts): SegmentRecord {
  const { ahead, sender } = facts;
  const { drift, slew, calendar } = ahead;
  const rho = fastest(drift);
  const spanNs = maxOf(0n, reading.rawEnd - reading.rawBefore);
  const rate = perReading(ppb(rho + slew));
  // REALTIME was read first: until the others were, up to `spanNs` of UTC passed, which a reader does not see.
  const wide = offset && { lo: offset.lo, hi: offset.hi + spanNs + divCeil(rate * spanNs, BILLION) };
  const counts = wide === null ? facts.validNs : beforeLeap(reading.realtime + wide.hi, facts.validNs, rate, calendar);
  return {
    status,
    reason,
    bootId: facts.bootId,
    host: sender?.host ?? null,
    evidence: sender === null ? null : { epoch: sender.epoch, seq: sender.seq },
    clocks: {
      realtime: reading.realtime,
      monotonic: reading.monotonic,
      boottime: reading.boottime,
      raw: facts.ruler === "raw" ? reading.rawAfter : null,
      // Where /proc tells BOOTTIME, to hundredths, it may lie apart from MONOTONIC by that too, and that is no suspend.
      spanNs: spanNs + maxOf(0n, reading.boottimeResolution - READERS_ALLOW_NS),
    },
    offset: wide,
    rawGrowthPpb: rho,
    monotonicGrowthPpb: rate,
    expires: reading.monotonic + counts,
    endsAtLeap: counts < facts.validNs,
    vmMarker: facts.vmMarker,
  };
}

/** Of a clock that runs wrong by at most x, one reading of a second is at most 1/(1 − x) s and at least 1/(1 + x). */
const perReading = (x: PartsPerBillion): bigint => divCeil(x * BILLION, maxOf(1n, BILLION - x));

/**
 * `validNs`, or less where UTC can leap before: no bound is carried over a leap second, listed or one of which no list tells. A second
 * that is deleted is the one before the midnight.
 * @param latest UTC at the reading, at the latest.
 */
function beforeLeap(latest: bigint, validNs: bigint, growthPpb: bigint, { leaps, expires }: LeapCalendar): bigint {
  const next = possibleLeapAfter(utc(latest - BILLION));
  const isKnownNotToBe = expires !== null && next < expires && !leaps.some(({ utc_ns }) => utc_ns === next);
  if (isKnownNotToBe) return validNs;
  const left = maxOf(0n, next - BILLION - latest);
  return minOf(validNs, divFloor(left * (BILLION - minOf(BILLION, growthPpb)), BILLION));
}
