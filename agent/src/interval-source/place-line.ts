import {
  BILLION,
  carryStamp,
  greaterSlew,
  type HostReading,
  type LeapList,
  type PartsPerBillion,
  raw,
  type Steering,
  slewAllowance,
  stepBetween,
  stepped,
  utc,
  wasSet,
} from "@truebound/time";
import type { EvidenceHead, EvidenceLine } from "./evidence-line.ts";
import type { IntervalReading } from "./ports.ts";

export type PlaceTrouble =
  | "external_in_the_future"
  | "external_too_old"
  | "external_clock_stepped"
  | "external_no_raw"
  | "external_no_interval"
  | "external_before_leap_list"
  | "external_beyond_leap_list";

/** What a line is placed by. */
export interface Placing {
  /** Looks at the clocks from before the line came, in the order of time, as long ago as a line may be. */
  readonly before: readonly HostReading[];
  /** The look when it came. */
  readonly after: HostReading;
  readonly steering: Steering;
  readonly hasRaw: boolean;
  /** The one in force; null = there is none. */
  readonly leapList: LeapList | null;
}

/** A line that took longer to come says nothing of now, and whether the clock was set meanwhile is not remembered. */
export const OLDEST_NS = 10_000_000_000n;

/** In the year 2096. From 1970 until here every difference to a clock of this host has room in the record. */
const LAST_UTC = 4_000_000_000_000_000_000n;

/**
 * An interval on UTC − the line's clock at its instant, as one on UTC − RAW. On RAW it is that already. A stamp of REALTIME is carried to
 * RAW by the look when the line came: the error is that look's bracket, and what the clock can have been slewed since. A look from before
 * the stamp must be known, and nothing may show a step in the time in which a line may have been on its way.
 */
export function placeLine(line: EvidenceLine, { clock }: Pick<EvidenceHead, "clock">, placing: Placing): IntervalReading | PlaceTrouble {
  if (line.t + line.lo < 0n || line.t + line.hi >= LAST_UTC) return "external_no_interval";
  const rollover = placing.leapList === null ? null : whyOfAnotherAge(line, placing.leapList);
  if (rollover !== null) return rollover;
  return clock === "raw" ? placeOnRaw(line, placing) : placeFromRealtime(line, placing);
}

/**
 * A receiver whose GPS week number began again is 1024 weeks back, and one that was mended once too often as much ahead: that can be seen
 * without any clock, since UTC is not earlier than a leap list that has been issued, nor later by half of that than one that is in use.
 */
function whyOfAnotherAge({ t, lo, hi }: EvidenceLine, { updated, expires }: LeapList): PlaceTrouble | null {
  if (t + hi < updated) return "external_before_leap_list";
  return t + lo >= expires + HALF_ROLLOVER ? "external_beyond_leap_list" : null;
}

const HALF_ROLLOVER = 512n * 7n * 86_400n * BILLION;

function placeOnRaw({ t, lo, hi, document }: EvidenceLine, { after, hasRaw }: Placing): IntervalReading | PlaceTrouble {
  if (!hasRaw) return "external_no_raw";
  if (t > after.rawAfter) return "external_in_the_future";
  return after.rawAfter - t > OLDEST_NS ? "external_too_old" : { raw: raw(t), lo, hi, cap: 0n, document };
}

function placeFromRealtime({ t, lo, hi, document }: EvidenceLine, placing: Placing): IntervalReading | PlaceTrouble {
  const { before, after } = placing;
  const earlier = before.findLast(({ realtime }) => realtime <= t);
  // A clock that was set back shows an instant twice: as long as a line may be on its way, nobody can tell which of the two it means.
  if (lately(placing).some((look) => hasStepped(look, after, placing))) return "external_clock_stepped";
  if (t > after.realtime) return "external_in_the_future";
  if (after.realtime - t > OLDEST_NS || earlier === undefined) return "external_too_old";
  const stamp = carryStamp(utc(t), after, after, slewBetween(earlier, after, placing));
  if (stamp === null) return "external_clock_stepped";
  const ahead = t - stamp.raw;
  return { raw: stamp.raw, lo: lo + ahead - stamp.cap, hi: hi + ahead + stamp.cap, cap: stamp.cap, document };
}

/** Looks from as long ago as a line may be, and one from before that. */
function lately({ before, after }: Placing): readonly HostReading[] {
  const from = before.findLastIndex(({ rawAfter }) => after.rawAfter - rawAfter >= OLDEST_NS);
  return before.slice(Math.max(0, from));
}

const hasStepped = (before: HostReading, after: HostReading, placing: Placing): boolean =>
  wasSet(before, after) || stepBetween(before, after) !== 0n || stepped(before, after, slewBetween(before, after, placing));

const slewBetween = (before: HostReading, after: HostReading, { steering }: Pick<Placing, "steering">): PartsPerBillion =>
  greaterSlew(slewAllowance(steering, before.kernel ?? null), slewAllowance(steering, after.kernel ?? null));
