import type { Evidence, Reason, Snapshot, Status } from "./segment.ts";

/** What a reader's own clocks show, ns: read in this order, after the segment was. */
export interface ClockSample {
  readonly monotonicBefore: bigint;
  /** Null where it cannot be read. */
  readonly realtime: bigint | null;
  /** REALTIME may be later than shown by this, ns: Date.now() cuts off what is less than a millisecond. */
  readonly realtimeResolution: bigint;
  readonly boottime: bigint | null;
  readonly monotonic: bigint;
  /** CLOCK_MONOTONIC_RAW; null where it cannot be read. */
  readonly raw: bigint | null;
}

/** UTC at the instant of the call lies within [earliest, latest], ns since 1970. */
export interface Bounded {
  readonly status: Status;
  readonly reason: Reason;
  readonly earliest: bigint;
  readonly latest: bigint;
  readonly evidence: Evidence | null;
}

/** Nothing can be said of UTC, and `reason` says why. */
export interface Unbounded {
  readonly status: Status;
  readonly reason: Reason;
  readonly earliest: null;
  readonly latest: null;
  readonly evidence: Evidence | null;
}

export type Now = Bounded | Unbounded;

/** A bound wider than a second on either side of its middle answers nothing. */
const WIDEST_NS = 2_000_000_000n;
const BILLION = 1_000_000_000n;
/** The first count of ns that 64 bits with a sign cannot hold. */
const FARTHEST = 2n ** 63n;
/** Two clocks that only a step moves apart are never this far apart by rounding. */
const STEP_SLACK_NS = 1_000n;
const SUSPEND_SLACK_NS = 1_000_000n;

/** Where this host is, as far as a reader can know it. */
export interface Surroundings {
  /** 32 hexadecimal digits; null = it cannot be told here, and then it is not held against a segment. */
  readonly bootId: string | null;
  readonly vmMarker: bigint | null;
}

/** What can be said of UTC when a reader's clocks show `sample`. */
export function answer(snapshot: Snapshot, sample: ClockSample, { bootId, vmMarker }: Surroundings): Now {
  if (bootId !== null && bootId !== snapshot.bootId) return nothing("unknown", "other_boot", snapshot);
  if (sample.monotonic < snapshot.monotonic) return nothing("unknown", "before_the_reading", snapshot);
  if (sample.monotonic >= snapshot.expires) return nothing("unknown", "expired", snapshot);
  const { utc, status, reason } = snapshot;
  if (utc === null || status === "unknown" || status === "disrupted") return nothing(status, reason, snapshot);
  const disruption = disrupted(snapshot, sample, vmMarker);
  if (disruption !== null) return nothing("disrupted", disruption, snapshot);
  const { elapsed, ppb } = elapsedSince(snapshot, sample);
  if (elapsed < 0n) return nothing("unknown", "before_the_reading", snapshot);
  // Rounded up: a part of a nanosecond widens.
  const growth = (elapsed * ppb + BILLION - 1n) / BILLION;
  const earliest = utc.earliest + elapsed - growth;
  const latest = utc.latest + elapsed + growth;
  // No agent writes an end before its begin.
  if (latest < earliest) return nothing("unknown", "torn", snapshot);
  // Nor an instant that 64 bits cannot count, which other readers have.
  if (earliest < -FARTHEST || latest >= FARTHEST) return nothing("unknown", "torn", snapshot);
  if (latest - earliest > WIDEST_NS) return nothing("unknown", "wider_than_a_second", snapshot);
  return { status, reason, earliest, latest, evidence: snapshot.evidence };
}

/** By RAW where both can read it, for nobody slews that. */
function elapsedSince({ raw, monotonic, rawGrowthPpb, monotonicGrowthPpb }: Snapshot, sample: ClockSample) {
  return raw !== null && sample.raw !== null
    ? { elapsed: sample.raw - raw, ppb: rawGrowthPpb }
    : { elapsed: sample.monotonic - monotonic, ppb: monotonicGrowthPpb };
}

/** What happened to the clocks since the reading that the agent has not told of yet; null = nothing that can be seen. */
function disrupted(snapshot: Snapshot, sample: ClockSample, vmMarker: bigint | null): Reason {
  if (snapshot.vmMarker !== null && vmMarker !== null && snapshot.vmMarker !== vmMarker) return "vm_disrupted";
  if (sample.boottime !== null && hasMoved(snapshot, snapshot.boottime, sample, sample.boottime, SUSPEND_SLACK_NS))
    return "suspended_or_moved";
  const { realtime, realtimeResolution } = sample;
  if (realtime !== null && hasMoved(snapshot, snapshot.realtime, sample, realtime, STEP_SLACK_NS, realtimeResolution))
    return "clock_stepped";
  return null;
}

/** True where a clock's distance from MONOTONIC surely changed: what was possible at the reading and what is possible now do not touch. */
function hasMoved(snapshot: Snapshot, then: bigint, sample: ClockSample, now: bigint, slack: bigint, resolution = 0n): boolean {
  const before = then - snapshot.monotonic;
  const unsure = snapshot.spanNs + slack;
  const least = now - sample.monotonic;
  const most = now + resolution - sample.monotonicBefore;
  return most < before - unsure || least > before + unsure;
}

const nothing = (status: Status, reason: Reason, { evidence }: Pick<Snapshot, "evidence">): Unbounded => ({
  status,
  reason,
  earliest: null,
  latest: null,
  evidence,
});

/** Where there is no record at all. */
export const unread = (reason: Reason): Unbounded => nothing("unknown", reason, { evidence: null });
