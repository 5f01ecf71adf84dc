import type { Interval } from "@truebound/time";
import { cutReason } from "./cut-reason.ts";
import {
  type EvidenceItem,
  type EvidenceRecord,
  type HostReading,
  placedReading,
  type RecordedReading,
  type RecordedSpan,
} from "./host-evidence.ts";
import type { Near } from "./near.ts";
import { NearCovers, type NearSilence, nearPieces } from "./near-pieces.ts";

export interface NearGap extends NearSilence {
  readonly reason: string;
}

/** Steps 1 to 5 of `tb-evidence/1`, in doubles; what is infinite there is infinite here. */
export interface NearClock {
  readonly readings: NearCovers;
  readonly spans: NearCovers;
  readonly gaps: readonly NearGap[];
  /** Of each reading that counts: where its middle lies on UTC, and that middle. */
  readonly middles: { readonly at: readonly number[]; readonly offset: readonly number[] };
}

type Counts = (status: string) => boolean;

/** Null where something of it lies too far from the base. */
export function nearClock(items: readonly EvidenceItem[], counts: Counts, near: Near): NearClock | null {
  const walk = new ReadingWalk(counts, near);
  for (const item of items) walk.take(item);
  walk.end();
  const spans = nearSpans(items, counts, near);
  return near.isFar ? null : { readings: nearPieces(walk.covers, walk.silences), spans, gaps: walk.gaps, middles: walk.middles };
}

interface Last {
  readonly record: EvidenceRecord;
  readonly reading: RecordedReading;
}

/** As `readingsOf` and `stretchesOf` go along a host's readings. */
class ReadingWalk {
  readonly covers = new NearCovers();
  readonly silences: NearSilence[] = [];
  readonly gaps: NearGap[] = [];
  readonly middles: { readonly at: number[]; readonly offset: number[] } = { at: [], offset: [] };
  readonly #counts: Counts;
  readonly #near: Near;
  /** The batch before; null = none that the next one could follow. */
  #before: EvidenceRecord | null = null;
  #follows = false;
  #last: Last | null = null;
  /** The first step since the last reading that counts over which the clock was not followed. */
  #broken: { readonly from: Last; readonly to: HostReading } | null = null;
  /** Where the last reading that counts was made, at the earliest and at the latest, and its bound. */
  #from: { readonly reading: RecordedReading; readonly realtime: number; readonly lo: number; readonly hi: number } | null = null;

  constructor(counts: Counts, near: Near) {
    [this.#counts, this.#near] = [counts, near];
  }

  take(item: EvidenceItem): void {
    if (item.kind !== "batch") {
      [this.#before, this.#follows] = [null, false];
      return;
    }
    const { record } = item;
    this.#follows &&= this.#before !== null && this.#before.epoch === record.epoch && this.#before.seq === record.seq - 1;
    for (const reading of record.readings) {
      this.#reading(record, reading);
      this.#follows = true;
    }
    this.#before = record;
  }

  #reading(record: EvidenceRecord, reading: RecordedReading): void {
    const last = this.#last;
    if (last !== null && !this.#isContinuous(last, record, reading))
      this.#broken ??= { from: last, to: placedReading(reading, record, this.#follows) };
    if (reading.bound !== null && !record.rehearsed && this.#counts(reading.status)) this.#counting(reading, reading.bound);
    this.#last = { record, reading };
  }

  #isContinuous(last: Last, record: EvidenceRecord, reading: RecordedReading): boolean {
    const isKnown = reading.throughout !== null && !record.rehearsed && this.#follows;
    return isKnown && last.record.bootId === record.bootId && reading.raw >= last.reading.raw;
  }

  #counting(reading: RecordedReading, bound: Interval): void {
    const [realtime, lo, hi] = [this.#near.instant(reading.realtime), this.#near.offset(bound.lo), this.#near.offset(bound.hi)];
    const middle = Math.floor((lo + hi) / 2);
    this.middles.at.push(realtime + middle);
    this.middles.offset.push(middle);
    this.#stretchTo(reading, realtime, lo, hi);
    this.#from = { reading, realtime, lo, hi };
    this.#broken = null;
  }

  #stretchTo(reading: RecordedReading, realtime: number, lo: number, hi: number): void {
    const from = this.#from;
    if (from === null) return this.#gap(Number.NEGATIVE_INFINITY, realtime + hi, "no_record");
    if (this.#broken === null && this.#last?.reading === from.reading) return this.#cover(from, reading, realtime, lo, hi);
    const [begin, end] = [Math.min(from.realtime + from.lo, realtime + lo), Math.max(from.realtime + from.hi, realtime + hi)];
    if (this.#broken === null) this.silences.push({ from: begin, to: end });
    else this.#gap(begin, end, reasonOf(this.#broken));
  }

  #cover(
    from: { readonly realtime: number; readonly lo: number; readonly hi: number },
    { throughout }: RecordedReading,
    realtime: number,
    lo: number,
    hi: number,
  ): void {
    let [least, most] = [Math.min(from.lo, lo), Math.max(from.hi, hi)];
    if (throughout !== null) {
      least = Math.min(least, this.#near.offset(throughout.lo));
      most = Math.max(most, this.#near.offset(throughout.hi));
    }
    this.covers.add(from.realtime + from.lo, realtime + hi, least, most);
  }

  #gap(from: number, to: number, reason: string): void {
    this.silences.push({ from, to });
    this.gaps.push({ from, to, reason });
  }

  end(): void {
    const from = this.#from;
    this.#gap(from === null ? Number.NEGATIVE_INFINITY : from.realtime + from.lo, Number.POSITIVE_INFINITY, "no_record");
  }
}

const reasonOf = ({ from, to }: { readonly from: Last; readonly to: HostReading }): string =>
  // What it followed itself is no part of why the clock was lost after it.
  cutReason(placedReading(from.reading, from.record, false), to);

/** As `spanPieces`. */
function nearSpans(items: readonly EvidenceItem[], counts: Counts, near: Near): NearCovers {
  const [covers, silences] = [new NearCovers(), [] as NearSilence[]];
  let last: { readonly span: RecordedSpan; readonly bootId: string } | null = null;
  for (const item of items) {
    if (item.kind === "unreadable" || item.record.rehearsed) continue;
    const { bootId } = item.record;
    for (const span of item.record.spans) {
      if (!counts(span.status)) continue;
      const row = covers.length;
      const [lo, hi] = [near.offset(span.lo), near.offset(span.hi)];
      covers.add(near.instant(span.fromRealtime) + lo, near.instant(span.toRealtime) + hi, lo, hi);
      if (last === null) silences.push({ from: Number.NEGATIVE_INFINITY, to: near.instant(span.fromRealtime) + hi });
      else if (last.bootId !== bootId || last.span.toRaw !== span.fromRaw) silences.push(between(covers, row - 1, row));
      last = { span, bootId };
    }
  }
  const end = covers.length - 1;
  if (end >= 0)
    silences.push({
      from: (covers.to[end] as number) - (covers.hi[end] as number) + (covers.lo[end] as number),
      to: Number.POSITIVE_INFINITY,
    });
  return nearPieces(covers, silences);
}

/** From the earliest to the latest at which either can have been: the one's end, or the other's beginning. */
function between({ from, to, lo, hi }: NearCovers, a: number, b: number): NearSilence {
  const [ends, begins] = [(to[a] as number) - (hi[a] as number), (from[b] as number) - (lo[b] as number)];
  return {
    from: Math.min(ends + (lo[a] as number), begins + (lo[b] as number)),
    to: Math.max(ends + (hi[a] as number), begins + (hi[b] as number)),
  };
}
