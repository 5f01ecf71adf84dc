import { divCeil, formatUtc, maxOf, minOf, utc } from "@truebound/time";
import { type FleetPoint, STATUSES, type Status } from "@truebound/wire";
import { MINUTE, minuteOf } from "../ingest/rollup.ts";

/** One minute of the fleet, as a histogram of its hosts' worst errors. */
export interface FleetMinute {
  readonly minute: bigint;
  /** All that belonged to the fleet. */
  readonly hosts: number;
  /** Of which there is no evidence of the minute: in no status. */
  readonly silent: number;
  /** Hosts without a bound, the silent ones among them: of their error nothing is known, so they rank behind all others. */
  readonly unbounded: number;
  readonly byStatus: Readonly<Record<Status, number>>;
  /** By bucket, ascending. */
  readonly histogram: readonly { readonly bucket: number; readonly hosts: number }[];
  /** Of those that have a bound. */
  readonly worst: bigint | null;
}

const STEPS_PER_DOUBLING = 8;
/** What the logarithm of the database and the power here can differ by, and more. */
const SLACK = 1 + 1e-12;

/** The most that an error in the bucket can be, rounded up. */
export const edgeOf = (bucket: number): bigint => BigInt(Math.ceil(2 ** (bucket / STEPS_PER_DOUBLING) * SLACK));

/** No more than this share of the hosts is worse; null = some of those without a bound are within the share, so nothing is known. */
export function percentile({ hosts, histogram, worst }: FleetMinute, share: number): bigint | null {
  const rank = Math.max(1, Math.ceil(share * hosts));
  let counted = 0;
  for (const { bucket, hosts: inside } of histogram) {
    counted += inside;
    if (counted >= rank) return worst !== null && worst < edgeOf(bucket) ? worst : edgeOf(bucket);
  }
  return null;
}

const NOBODY = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;

const silentMinute = (minute: bigint, hosts: number): FleetMinute => ({
  minute,
  hosts,
  silent: hosts,
  unbounded: hosts,
  byStatus: NOBODY,
  histogram: [],
  worst: null,
});

/** From a minute on so many hosts more, or fewer, belong to the fleet. */
export interface MembersChange {
  readonly from: bigint;
  readonly change: number;
}

/** Where a minute that was not made is one in which everybody was silent: in this range, unless it only waits to be made. */
export interface Kept {
  readonly from: bigint;
  readonly to: bigint;
  readonly waiting: ReadonlySet<bigint>;
}

/** `made`: minutes in which somebody reported. */
export function withSilentMinutes(made: readonly FleetMinute[], changes: readonly MembersChange[], kept: Kept): FleetMinute[] {
  const known = new Map(made.map((one) => [one.minute, one]));
  const changesAt = [...changes].sort((a, b) => (a.from < b.from ? -1 : 1));
  let members = 0;
  let next = 0;
  for (let minute = minuteOf(kept.from); minute <= kept.to; minute += MINUTE) {
    for (let change = changesAt[next]; change !== undefined && change.from <= minute; change = changesAt[++next]) members += change.change;
    if (members > 0 && !known.has(minute) && !kept.waiting.has(minute)) known.set(minute, silentMinute(minute, members));
  }
  return [...known.values()].sort((a, b) => (a.minute < b.minute ? -1 : 1));
}

interface Figures {
  readonly minute: bigint;
  readonly hosts: number;
  readonly proven: number;
  readonly cannotProve: number;
  readonly silent: number;
  readonly unbounded: number;
  readonly byStatus: Readonly<Record<Status, number>>;
  readonly p50: bigint | null;
  readonly p95: bigint | null;
  readonly p99: bigint | null;
  readonly worst: bigint | null;
}

const figuresOf = (minute: FleetMinute): Figures => ({
  ...minute,
  proven: minute.byStatus.proven,
  cannotProve: minute.hosts - minute.byStatus.proven - minute.silent,
  p50: percentile(minute, 0.5),
  p95: percentile(minute, 0.95),
  p99: percentile(minute, 0.99),
});

/**
 * At most `points` points. One that stands for several minutes says the greatest of each figure, of hosts that were proven the
 * least, and nothing where one of the minutes says nothing.
 */
export function drawFleet(
  minutes: readonly FleetMinute[],
  { from, to, points }: { readonly from: bigint; readonly to: bigint; readonly points: number },
): { readonly merged: boolean; readonly points: FleetPoint[] } {
  const merged = minutes.length > points;
  const width = divCeil(to - from, BigInt(points));
  const last = BigInt(points) - 1n;
  const drawn = new Map<bigint, Figures>();
  for (const figures of minutes.map(figuresOf)) {
    // The first minute may have begun before the range did, the last one where it ends.
    const bucket = merged ? maxOf(0n, minOf(last, (figures.minute - from) / width)) : figures.minute;
    const known = drawn.get(bucket);
    drawn.set(bucket, known ? worseOf(known, figures) : figures);
  }
  return { merged, points: [...drawn.values()].map(sayPoint) };
}

const worseOf = (a: Figures, b: Figures): Figures => ({
  minute: a.minute,
  hosts: Math.max(a.hosts, b.hosts),
  proven: Math.min(a.proven, b.proven),
  cannotProve: Math.max(a.cannotProve, b.cannotProve),
  silent: Math.max(a.silent, b.silent),
  unbounded: Math.max(a.unbounded, b.unbounded),
  byStatus: Object.fromEntries(STATUSES.map((status) => [status, Math.max(a.byStatus[status], b.byStatus[status])])) as Record<
    Status,
    number
  >,
  p50: greatest(a.p50, b.p50),
  p95: greatest(a.p95, b.p95),
  p99: greatest(a.p99, b.p99),
  worst: greatest(a.worst, b.worst),
});

const greatest = (a: bigint | null, b: bigint | null): bigint | null => (a === null || b === null ? null : a > b ? a : b);

const sayPoint = ({ minute, hosts, proven, cannotProve, silent, unbounded, byStatus, p50, p95, p99, worst }: Figures): FleetPoint => ({
  t: formatUtc(utc(minute)),
  hosts,
  proven,
  cannot_prove: cannotProve,
  silent,
  unbounded,
  by_status: byStatus,
  p50_ns: p50?.toString() ?? null,
  p95_ns: p95?.toString() ?? null,
  p99_ns: p99?.toString() ?? null,
  worst_ns: worst?.toString() ?? null,
});
