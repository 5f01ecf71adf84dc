import { hull, type Interval } from "@truebound/time";
import { type Batch, claimedBy, type DaemonSays, verdictOnClaim } from "@truebound/wire";
import type { Reading } from "./readings.ts";

/** What a daemon claims of a clock: the offset lies in `interval`, it says. */
export interface Claim {
  readonly interval: Interval;
  /** It has no offset in common with what was measured meanwhile. */
  readonly isExcluded: boolean;
}

/** A claim among the readings of its batch. */
export interface PlacedClaim {
  readonly says: DaemonSays;
  /** The first reading after the answer. */
  readonly row: number;
  /** Where the clock was throughout the question and its answer; null = that is not known. */
  readonly measured: Interval | null;
}

/** Null where the batch tells of no daemon, or has no reading to place it by. A rehearsal's readings are none of the clock. */
export function placeClaim({ daemon, rehearsal }: Pick<Batch, "daemon" | "rehearsal">, readings: readonly Reading[]): PlacedClaim | null {
  if (daemon === undefined || rehearsal !== undefined || readings.length === 0) return null;
  const [asked, answered] = [BigInt(daemon.asked_raw_ns), BigInt(daemon.raw_ns)];
  const after = readings.findIndex(({ raw }) => raw >= answered);
  const row = after < 0 ? readings.length - 1 : after;
  return { says: daemon, row, measured: after < 0 ? null : throughout(readings, asked, after) };
}

/** From the last reading before the question, which has to be among them, to the first after the answer. */
function throughout(readings: readonly Reading[], asked: bigint, last: number): Interval | null {
  const first = readings.findLastIndex(({ raw }, row) => raw <= asked && row < last);
  if (first < 0) return null;
  return readings
    .slice(first + 1, last + 1)
    .map((reading) => reading.throughout)
    .reduce((all, one) => all && one && hull(all, one));
}

/** A reading with what was claimed at it. */
export function withClaim<R extends Reading>(readings: readonly R[], placed: PlacedClaim | null): readonly R[] {
  const interval = placed && claimedBy(placed.says);
  if (!interval) return readings;
  const claim = { interval, isExcluded: verdictOnClaim(interval, placed.measured) === "excluded" };
  return readings.map((reading, row) => (row === placed.row ? { ...reading, claim } : reading));
}

/** All that was claimed in a stretch, one claim beside the other; excluded where one of them is. */
export const joinClaims = (a: Claim | null | undefined, b: Claim | null | undefined): Claim | null =>
  a && b ? { interval: hull(a.interval, b.interval), isExcluded: a.isExcluded || b.isExcluded } : (a ?? b ?? null);
