import { BILLION, divCeil, formatUtc, hull, type Interval, midpoint, type UtcInstant, utc } from "@truebound/time";
import type { SeriesPoint, Status } from "@truebound/wire";
import { type Claim, joinClaims } from "../evidence/daemon-claim.ts";
import { reach } from "../evidence/readings.ts";
import { MINUTE, type Minute, worse } from "../ingest/rollup.ts";
import type { Hole } from "./ports.ts";
import type { StoredReading } from "./stored-readings.ts";

/** Why nothing is known of the time before a sample. */
export type GapReason = "no_evidence" | "set_aside_or_lost" | "boot_changed" | "no_bound_between";

/** Samples between which nothing is missing are of one run; no line leads from one to another. */
export interface Run {
  readonly brokenBy: GapReason;
}

/** One value to draw: a reading, or a minute. */
export interface Sample {
  readonly at: bigint;
  readonly bound: Interval | null;
  /** Absent where tight bounds are not kept. */
  readonly tight?: Interval | null;
  readonly status: Status;
  /** Why there is no bound. */
  readonly reason?: string | null;
  readonly injected?: bigint | null;
  /** What the host's own daemon claimed there; null = nothing. */
  readonly claim?: Claim | null;
  /** Absent of minutes: which of them are missing is seen by their times. */
  readonly run?: Run;
}

export interface SeriesFrame {
  readonly from: UtcInstant;
  readonly to: UtcInstant;
  readonly points: number;
  /** The longest distance between two samples that is no gap. */
  readonly patience: bigint;
}

export const POINTS_MAX = 2000;
export const POINTS_DEFAULT = 600;
/** Up to this range every reading is decoded; a longer one is drawn from minutes. */
export const EVIDENCE_RANGE = 2n * 3600n * BILLION;

/** Of readings in the order of the chain. */
export function samplesOf(readings: readonly StoredReading[]): Sample[] {
  let before: StoredReading | null = null;
  let run: Run = { brokenBy: "set_aside_or_lost" };
  return readings.map((reading) => {
    const brokenBy = before && breakBetween(before, reading);
    if (brokenBy !== null) run = { brokenBy };
    before = reading;
    return sampleOf(reading, run);
  });
}

/** A reading speaks for the time since the one before it, as long as none is missing between them and each of those had a bound. */
function breakBetween(before: StoredReading, reading: StoredReading): GapReason | null {
  if (!reading.follows) return "set_aside_or_lost";
  if (reading.bootId !== before.bootId || reading.raw < before.raw) return "boot_changed";
  return before.bound !== null && reading.bound !== null && reading.since === null ? "no_bound_between" : null;
}

const sampleOf = (reading: StoredReading, run: Run): Sample => ({
  at: reading.at,
  bound: reach(reading),
  tight: reading.tight,
  status: reading.status,
  reason: reading.reason,
  injected: reading.injected,
  claim: reading.claim ?? null,
  run,
});

/** `minutes` in order. */
export function samplesOfMinutes(minutes: readonly Minute[], holes: readonly Hole[]): Sample[] {
  const apart = unite(holes);
  let next = 0;
  return minutes.map(({ minute, bound, unbounded, status, claim = null }) => {
    while ((apart[next]?.to ?? minute) < minute) next += 1;
    const hole = apart[next];
    if (hole !== undefined && hole.from < minute + MINUTE) return { ...nothing(minute, "set_aside_or_lost"), claim };
    return { at: minute, bound: unbounded ? null : bound, status, claim };
  });
}

/** In order, and none touches another. */
function unite(holes: readonly Hole[]): Hole[] {
  const apart: Hole[] = [];
  for (const hole of [...holes].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = apart.at(-1);
    if (last === undefined || last.to < hole.from) apart.push(hole);
    else if (last.to < hole.to) apart[apart.length - 1] = { from: last.from, to: hole.to };
  }
  return apart;
}

/** Between two samples nothing is known. */
interface Gap {
  readonly from: Sample;
  readonly to: Sample;
  readonly reason: GapReason;
}

/**
 * At most `points` points, each the hull and the worst status of the samples in its part of the range, at the place of its
 * first sample; never narrower than any of them, and without a bound where one of them has none or a gap reaches into it.
 * Between two samples of which one does not follow the other, and where nothing came for longer than patience, at the
 * beginning too, there is a point without a bound, so that no line is drawn across.
 */
export function drawSeries(
  samples: readonly Sample[],
  { from, to, points, patience }: SeriesFrame,
): { readonly merged: boolean; readonly points: readonly SeriesPoint[] } {
  const width = divCeil(to - from + 1n, BigInt(Math.max(1, Math.floor(points / 2))));
  const inside = samples.filter(({ at }) => from <= at && at <= to).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const gaps = gapsIn(inside, patience);
  const merged = inside.length > points / 2;
  const drawn = merged ? bucketed(inside, gaps, (at) => (at - from) / width) : withGaps(inside, gaps);
  return { merged, points: [...beforeFirst(drawn, { from, points, patience }), ...drawn].map(sayPoint) };
}

const gapsIn = (samples: readonly Sample[], patience: bigint): Gap[] =>
  samples.flatMap((to, index) => {
    const from = samples[index - 1];
    if (from === undefined) return [];
    const reason = to.run !== from.run && to.run ? to.run.brokenBy : to.at - from.at > patience ? "no_evidence" : null;
    return reason === null ? [] : [{ from, to, reason }];
  });

/** Nothing is known at `at`; a chart that must not draw a line there needs no more. */
const nothing = (at: bigint, reason: GapReason): Sample => ({ at, bound: null, status: "unknown", reason });

/** Of the time before the first sample nothing is known: a point says so, where one is left. */
const beforeFirst = ([first, ...others]: readonly Sample[], { from, points, patience }: Omit<SeriesFrame, "to">): Sample[] =>
  first !== undefined && first.at - from > patience && others.length + 2 <= points ? [nothing(from, "no_evidence")] : [];

/** A gap reaches into the buckets at both of its ends; of those between them there is no sample. */
function bucketed(samples: readonly Sample[], gaps: readonly Gap[], bucketOf: (at: bigint) => bigint): Sample[] {
  const buckets = new Map<bigint, Sample>();
  const add = (bucket: bigint, sample: Sample) => {
    const known = buckets.get(bucket);
    buckets.set(bucket, known ? merge(known, sample) : sample);
  };
  for (const sample of samples) add(bucketOf(sample.at), sample);
  for (const { from, to, reason } of gaps)
    for (const { at } of [from, to]) add(bucketOf(at), { ...nothing(at, reason), ...(from.tight === undefined ? {} : { tight: null }) });
  return [...buckets.values()];
}

const merge = (a: Sample, b: Sample): Sample => ({
  at: a.at,
  bound: a.bound && b.bound && hull(a.bound, b.bound),
  // A tight bound for only a part of the stretch is none for the stretch.
  ...(a.tight === undefined || b.tight === undefined ? {} : { tight: a.tight && b.tight && hull(a.tight, b.tight) }),
  status: worse(a.status, b.status),
  reason: a.bound === null ? (a.reason ?? null) : (b.reason ?? null),
  injected: b.injected ?? a.injected ?? null,
  claim: joinClaims(a.claim, b.claim),
});

function withGaps(samples: readonly Sample[], gaps: readonly Gap[]): Sample[] {
  const before = new Map(gaps.map((gap) => [gap.to, gap]));
  return samples.flatMap((sample) => {
    const gap = before.get(sample);
    return gap ? [nothing((gap.from.at + sample.at) / 2n, gap.reason), sample] : [sample];
  });
}

const sayPoint = ({ at, bound, tight, status, reason, injected, claim }: Sample): SeriesPoint => ({
  t: formatUtc(utc(at)),
  lo_ns: bound?.lo.toString() ?? null,
  hi_ns: bound?.hi.toString() ?? null,
  mid_ns: bound && midpoint(bound).toString(),
  ...(tight === undefined ? {} : { tight_lo_ns: tight?.lo.toString() ?? null, tight_hi_ns: tight?.hi.toString() ?? null }),
  status,
  ...(bound === null && reason ? { reason } : {}),
  ...(injected === undefined || injected === null ? {} : { injected_ns: injected.toString() }),
  ...(claim ? sayClaim(claim) : {}),
});

const sayClaim = ({ interval: { lo, hi }, isExcluded }: Claim): Partial<SeriesPoint> => ({
  claim_lo_ns: lo.toString(),
  claim_hi_ns: hi.toString(),
  ...(isExcluded ? { claim_excluded: true } : {}),
});

/** Three reports may be missed before a silence is a gap; between minutes, one. */
export const patienceOf = (resolution: "evidence" | "minute", reportIntervalSeconds: number): bigint =>
  resolution === "minute" ? MINUTE : BigInt(Math.ceil(3e9 * reportIntervalSeconds));
