import { BILLION, divCeil, formatUtc, hull, type Interval, midpoint, type UtcInstant, utc } from "@truebound/time";
import type { SeriesPoint, Status } from "@truebound/wire";
import { reach } from "../evidence/readings.ts";
import { MINUTE, type Minute, worse } from "../ingest/rollup.ts";
import type { StoredReading } from "./stored-readings.ts";

/** One value to draw: a reading, or a minute. */
export interface Sample {
  readonly at: bigint;
  readonly bound: Interval | null;
  /** Absent where tight bounds are not kept. */
  readonly tight?: Interval | null;
  readonly status: Status;
  readonly injected?: bigint | null;
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

export const sampleOfReading = (reading: StoredReading): Sample => ({
  at: reading.at,
  bound: reach(reading),
  tight: reading.tight,
  status: reading.status,
  injected: reading.injected,
});
export const sampleOfMinute = ({ minute, bound, unbounded, status }: Minute): Sample => ({
  at: minute,
  bound: unbounded ? null : bound,
  status,
});

/**
 * At most `points` points, each the hull and the worst status of the samples in its part of the range, at the place of its
 * first sample; never narrower than any of them, and without a bound where one of them has none. Where nothing came for
 * longer than patience, at the beginning too, there is a point without a bound, so that no line is drawn across.
 */
export function drawSeries(
  samples: readonly Sample[],
  { from, to, points, patience }: SeriesFrame,
): { readonly merged: boolean; readonly points: readonly SeriesPoint[] } {
  const width = divCeil(to - from + 1n, BigInt(Math.max(1, Math.floor(points / 2))));
  const inside = samples.filter(({ at }) => from <= at && at <= to).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const merged = inside.length > points / 2;
  const drawn = withGaps(merged ? bucketed(inside, from, width) : inside, patience + (merged ? width : 0n));
  return { merged, points: [...beforeFirst(drawn, { from, points, patience }), ...drawn].map(sayPoint) };
}

/** Of the time before the first sample nothing is known: a point says so, where one is left. */
const beforeFirst = ([first, ...others]: readonly Sample[], { from, points, patience }: Omit<SeriesFrame, "to">): Sample[] =>
  first !== undefined && first.at - from > patience && others.length + 2 <= points ? [{ at: from, bound: null, status: "unknown" }] : [];

function bucketed(samples: readonly Sample[], from: bigint, width: bigint): Sample[] {
  const buckets = new Map<bigint, Sample>();
  for (const sample of samples) {
    const bucket = (sample.at - from) / width;
    const known = buckets.get(bucket);
    buckets.set(bucket, known ? merge(known, sample) : sample);
  }
  return [...buckets.values()];
}

const merge = (a: Sample, b: Sample): Sample => ({
  at: a.at,
  bound: a.bound && b.bound && hull(a.bound, b.bound),
  // A tight bound for only a part of the stretch is none for the stretch.
  ...(a.tight === undefined || b.tight === undefined ? {} : { tight: a.tight && b.tight && hull(a.tight, b.tight) }),
  status: worse(a.status, b.status),
  injected: b.injected ?? a.injected ?? null,
});

const withGaps = (samples: readonly Sample[], patience: bigint): Sample[] =>
  samples.flatMap((sample, index) => {
    const before = samples[index - 1];
    const isGap = before !== undefined && sample.at - before.at > patience;
    return isGap ? [{ at: (before.at + sample.at) / 2n, bound: null, status: "unknown" as const }, sample] : [sample];
  });

const sayPoint = ({ at, bound, tight, status, injected }: Sample): SeriesPoint => ({
  t: formatUtc(utc(at)),
  lo_ns: bound?.lo.toString() ?? null,
  hi_ns: bound?.hi.toString() ?? null,
  mid_ns: bound && midpoint(bound).toString(),
  ...(tight === undefined ? {} : { tight_lo_ns: tight?.lo.toString() ?? null, tight_hi_ns: tight?.hi.toString() ?? null }),
  status,
  ...(injected === undefined || injected === null ? {} : { injected_ns: injected.toString() }),
});

/** Three reports may be missed before a silence is a gap; between minutes, one. */
export const patienceOf = (resolution: "evidence" | "minute", reportIntervalSeconds: number): bigint =>
  resolution === "minute" ? MINUTE : BigInt(Math.ceil(3e9 * reportIntervalSeconds));
