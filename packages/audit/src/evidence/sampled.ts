import { absolute, divFloor, maxOf } from "@truebound/time";
import type { Exemption, Stretch } from "../audit-case.ts";
import type { HostReading } from "./host-evidence.ts";
import { type LeapTable, toAxis } from "./leap-table.ts";
import { type Near, nearAxis } from "./near.ts";
import type { NearClock } from "./near-clock.ts";
import { firstPast, isAscending } from "./near-pieces.ts";
import { less, type Silence } from "./pieces.ts";

/** What other products print: the middles of the bounds against the limit. It is never added to what is proved. */
export interface Sampled {
  readonly samples: number;
  readonly inside: number;
  readonly greatestDivergence: bigint | null;
  /** Between two samples; null for fewer. */
  readonly longestInterval: bigint | null;
}

export interface SampledTerms {
  readonly period: Stretch;
  readonly leaps: LeapTable;
  readonly schedule: readonly Stretch[];
  readonly exemptions: readonly Exemption[];
  /** Narrowed by the application's error. */
  readonly limit: { readonly min: bigint; readonly max: bigint };
}

export function sampledOf(readings: Iterable<HostReading>, counts: (reading: HostReading) => boolean, terms: SampledTerms): Sampled {
  const asked = askedTime(terms);
  const times: bigint[] = [];
  let [inside, greatest]: [number, bigint] = [0, 0n];
  for (const reading of readings) {
    if (reading.bound === null || !counts(reading)) continue;
    const middle = divFloor(reading.bound.lo + reading.bound.hi, 2n);
    const at = toAxis(reading.realtime + middle, terms.leaps);
    if (!isAsked(at, asked)) continue;
    times.push(at);
    greatest = maxOf(greatest, absolute(middle));
    if (terms.limit.min <= -middle && -middle <= terms.limit.max) inside++;
  }
  return { samples: times.length, inside, greatestDivergence: times.length === 0 ? null : greatest, longestInterval: longest(times) };
}

/** As `sampledOf`, of middles by columns. */
export function nearSampled({ at, offset }: NearClock["middles"], near: Near, terms: SampledTerms): Sampled {
  const asked = askedTime(terms).map(({ from, to }) => ({ from: near.edge(from), to: near.edge(to) }));
  const [axis, ends, times] = [nearAxis(near, terms.leaps), asked.map(({ to }) => to), [] as number[]];
  const [min, max] = [Number(terms.limit.min), Number(terms.limit.max)];
  let [inside, greatest] = [0, 0];
  for (let row = 0; row < at.length; row++) {
    const time = axis(at[row] as number);
    const middle = offset[row] as number;
    const stretch = asked[firstPast(ends, time)];
    if (stretch === undefined || stretch.from > time) continue;
    times.push(time);
    greatest = Math.max(greatest, Math.abs(middle));
    if (min <= -middle && -middle <= max) inside++;
  }
  return {
    samples: times.length,
    inside,
    greatestDivergence: times.length === 0 ? null : BigInt(greatest),
    longestInterval: nearLongest(times),
  };
}

function nearLongest(times: readonly number[]): bigint | null {
  if (times.length < 2) return null;
  const sorted = isAscending(times) ? times : Float64Array.from(times).sort();
  let greatest = 0;
  for (let row = 1; row < sorted.length; row++) greatest = Math.max(greatest, (sorted[row] as number) - (sorted[row - 1] as number));
  return BigInt(greatest);
}

/** Schedule within the window, less the exemptions that were declared in time; ascending. */
function askedTime({ period, leaps, schedule, exemptions }: SampledTerms): Silence[] {
  const [from, to] = [toAxis(period.from, leaps), toAxis(period.to, leaps)];
  const inTime = exemptions.filter(({ declaredAt, from }) => declaredAt <= from).sort((a, b) => (a.from < b.from ? -1 : 1));
  return [...schedule]
    .sort((a, b) => (a.from < b.from ? -1 : 1))
    .map((one) => ({ from: maxOf(one.from, from), to: one.to < to ? one.to : to }))
    .flatMap((one) => inTime.reduce<Silence[]>((left, exemption) => left.flatMap((part) => less(part, [exemption])), [one]))
    .filter((one) => one.from < one.to);
}

function isAsked(at: bigint, stretches: readonly Silence[]): boolean {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stretches[middle] as Silence).to <= at) low = middle + 1;
    else high = middle;
  }
  const found = stretches[low];
  return found !== undefined && found.from <= at;
}

function longest(times: bigint[]): bigint | null {
  times.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  let greatest: bigint | null = null;
  for (let index = 1; index < times.length; index++) {
    const gap = (times[index] as bigint) - (times[index - 1] as bigint);
    if (greatest === null || gap > greatest) greatest = gap;
  }
  return greatest;
}
