import { type HostBound, type HostReading, halfWidth, type Interval, type PartsPerBillion } from "@truebound/time";
import type { Reason, SourceState, Status } from "@truebound/wire";

/** The bound on the host's offset at one reading of its clocks. */
export interface BoundRow {
  readonly reading: HostReading;
  readonly bound: HostBound;
  /** By the host's own sources alone, without its peers. */
  readonly own: HostBound;
  /** How often the ruler had become another one by then. */
  readonly disruptions: number;
  readonly status: Status;
  readonly reason: Reason | null;
  /** Guaranteed bound on the offset (UTC − REALTIME); null = none can be given. */
  readonly offset: Interval | null;
  /** Tight bound on the offset, within the guaranteed one; null = none can be given. */
  readonly tight: Interval | null;
  /** Hull over every reading since the last drained row, this one included; null when one of them had none. */
  readonly since: Interval | null;
  /**
   * Hull over every *instant* since the last drained row: `since`, and how far the clock can have strayed between two
   * readings. Null when that is not known: the clock was set in between, or one of the readings had no bound.
   */
  readonly throughout: Interval | null;
  /** Greatest RAW distance, ns, between two neighbouring readings since the last drained row; null for the very first. */
  readonly gap: bigint | null;
  /** S since the reading before, ppb. */
  readonly slew: PartsPerBillion;
  /** How sources without a vote compare with `bound`, by id; absent = there are none. */
  readonly compared?: ReadonlyMap<string, SourceState>;
  /** What the daemon lately added to REALTIME's rate, ppb; null = not known yet, or not since a step. */
  readonly daemonSlew: Interval | null;
}

/**
 * Where UTC was proved to be at a row's reading, by more than the word of `source` alone: what rests on trust in it proves nothing
 * to itself. Null = it was not proved.
 */
export function provenUtc(row: BoundRow | null, source: string): Interval | null {
  if (row === null || row.offset === null || row.status !== "proven") return null;
  const { trusting } = row.bound;
  if (trusting.length > 0 && trusting.every((id) => id === source)) return null;
  const { realtime } = row.reading;
  return { lo: realtime + row.offset.lo, hi: realtime + row.offset.hi };
}

/** Epsilon of a row, ns; null = unknown. */
export const epsilon = (row: BoundRow): bigint | null => (row.offset === null ? null : halfWidth(row.offset));
