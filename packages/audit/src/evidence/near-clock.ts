import { cellAt, columnsOf, readingAt } from "./column-record.ts";
import { cutReason } from "./cut-reason.ts";
import { type EvidenceItem, type EvidenceRecord, type HostReading, placedReading, type RecordedReading } from "./host-evidence.ts";
import type { Near } from "./near.ts";
import { NearCovers, type NearSilence, nearPieces } from "./near-pieces.ts";
import type { Column, ReadingColumns, SpanColumns } from "./packed-columns.ts";

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

/** A reading that counts: which of all it is, what the host's clock showed, its bound, and that bound since the reading before. */
interface Counted {
  readonly number: number;
  readonly realtime: number;
  readonly lo: number;
  readonly hi: number;
  /** Where that is not known it says nothing, and so neither do these: infinite the other way. */
  readonly low: number;
  readonly high: number;
}

/** The readings of a batch, as distances from the base. */
class Offered {
  readonly #columns: ReadingColumns;
  readonly #near: Near;
  readonly #bases: Readonly<Record<"realtime" | "lo" | "hi" | "low" | "high", number>>;

  constructor(columns: ReadingColumns, near: Near) {
    [this.#columns, this.#near] = [columns, near];
    const offset = ({ base }: Column): number => near.exact(Number(base));
    const { realtime, lo, hi, low, high } = columns;
    this.#bases = { realtime: near.column(realtime), lo: offset(lo), hi: offset(hi), low: offset(low), high: offset(high) };
  }

  /** One that has a bound. */
  at(row: number, number: number): Counted {
    const near = this.#near;
    const bases = this.#bases;
    const { realtime, lo, hi, low, high } = this.#columns;
    const least = cellAt(low, row);
    const most = cellAt(high, row);
    return {
      number,
      realtime: near.reached(bases.realtime + cellAt(realtime, row)),
      lo: near.held(bases.lo + cellAt(lo, row)),
      hi: near.held(bases.hi + cellAt(hi, row)),
      low: Number.isNaN(least) ? Number.POSITIVE_INFINITY : near.held(bases.low + least),
      high: Number.isNaN(most) ? Number.NEGATIVE_INFINITY : near.held(bases.high + most),
    };
  }
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
  /** Of the reading before; and how many there were. */
  #lastRecord: EvidenceRecord | null = null;
  #lastRow = 0;
  #number = 0;
  readonly #raw: RawAxis;
  /** The first step since the last reading that counts over which the clock was not followed. */
  #broken: { readonly from: HostReading; readonly to: HostReading } | null = null;
  #from: Counted | null = null;

  constructor(counts: Counts, near: Near) {
    [this.#counts, this.#near, this.#raw] = [counts, near, new RawAxis(near)];
  }

  take(item: EvidenceItem): void {
    if (item.kind !== "batch") {
      [this.#before, this.#follows] = [null, false];
      return;
    }
    const { record } = item;
    this.#follows &&= this.#before !== null && this.#before.epoch === record.epoch && this.#before.seq === record.seq - 1;
    const columns = record.columns ?? columnsOf(record);
    if (columns === null) this.#near.isFar = true;
    else if (columns.readings.status.length > 0) this.#rows(record, columns.readings);
    this.#before = record;
  }

  #rows(record: EvidenceRecord, columns: ReadingColumns): void {
    const { status, low } = columns;
    const raws = this.#raw.of(record.bootId, columns.raw);
    const offered = new Offered(columns, this.#near);
    for (let row = 0; row < status.length; row++) {
      const goesOn = this.#raw.goesOn(raws + cellAt(columns.raw, row));
      const isContinuous = goesOn && !Number.isNaN(cellAt(low, row)) && this.#follows && !record.rehearsed;
      if (this.#lastRecord !== null && !isContinuous)
        this.#broken ??= { from: placed(this.#lastRecord, this.#lastRow, false), to: placed(record, row, this.#follows) };
      if (!Number.isNaN(cellAt(columns.lo, row)) && !record.rehearsed && this.#counts(status[row] as string))
        this.#counting(offered.at(row, this.#number));
      this.#lastRecord = record;
      this.#lastRow = row;
      this.#number++;
      this.#follows = true;
    }
  }

  #counting(one: Counted): void {
    const middle = Math.floor((one.lo + one.hi) / 2);
    this.middles.at.push(one.realtime + middle);
    this.middles.offset.push(middle);
    this.#stretchTo(one);
    this.#from = one;
    this.#broken = null;
  }

  #stretchTo(one: Counted): void {
    const { realtime, lo, hi } = one;
    const from = this.#from;
    if (from === null) return this.#gap(Number.NEGATIVE_INFINITY, realtime + hi, "no_record");
    if (this.#broken === null && from.number === one.number - 1) return this.#cover(from, one);
    const [begin, end] = [Math.min(from.realtime + from.lo, realtime + lo), Math.max(from.realtime + from.hi, realtime + hi)];
    if (this.#broken === null) this.silences.push({ from: begin, to: end });
    else this.#gap(begin, end, cutReason(this.#broken.from, this.#broken.to));
  }

  #cover(from: Counted, { realtime, lo, hi, low, high }: Counted): void {
    this.covers.add(from.realtime + from.lo, realtime + hi, Math.min(from.lo, lo, low), Math.max(from.hi, hi, high));
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

/** What the one before a break followed itself is no part of why the clock was lost after it. */
function placed(record: EvidenceRecord, row: number, follows: boolean): HostReading {
  const { columns } = record;
  return placedReading(
    columns === undefined ? (record.readings[row] as RecordedReading) : readingAt(columns.readings, row),
    record,
    follows,
  );
}

/** Readings of the ruler: those of one boot are compared, as distances from the first of them. */
class RawAxis {
  readonly #near: Near;
  #bootId: string | null = null;
  #base = 0n;
  /** Of the reading before, if it was of this boot. */
  #last = Number.POSITIVE_INFINITY;

  constructor(near: Near) {
    this.#near = near;
  }

  /** How far the base of a column lies from that of its boot. */
  of(bootId: string, { base }: Column): number {
    if (this.#bootId !== bootId) [this.#bootId, this.#base, this.#last] = [bootId, base, Number.POSITIVE_INFINITY];
    return this.#near.exact(Number(base - this.#base));
  }

  /** Not behind the reading before, which was of the same boot. */
  goesOn(raw: number): boolean {
    const goesOn = this.#near.exact(raw) >= this.#last;
    this.#last = raw;
    return goesOn;
  }
}

/** As `spanPieces`. */
function nearSpans(items: readonly EvidenceItem[], counts: Counts, near: Near): NearCovers {
  const walk = new SpanWalk(counts, near);
  for (const item of items) if (item.kind !== "unreadable" && !item.record.rehearsed) walk.take(item.record);
  const { covers, silences } = walk;
  const end = covers.length - 1;
  if (end >= 0)
    silences.push({
      from: (covers.to[end] as number) - (covers.hi[end] as number) + (covers.lo[end] as number),
      to: Number.POSITIVE_INFINITY,
    });
  return nearPieces(covers, silences);
}

class SpanWalk {
  readonly covers = new NearCovers();
  readonly silences: NearSilence[] = [];
  readonly #counts: Counts;
  readonly #near: Near;
  /** Where the last one that counts ends on its ruler. */
  #last: { readonly bootId: string; readonly base: bigint; readonly d: number } | null = null;

  constructor(counts: Counts, near: Near) {
    [this.#counts, this.#near] = [counts, near];
  }

  take(record: EvidenceRecord): void {
    const columns = record.columns ?? columnsOf(record);
    if (columns === null) this.#near.isFar = true;
    else if (columns.spans.status.length > 0) this.#rows(record.bootId, columns.spans);
  }

  #rows(bootId: string, { status, fromRaw, fromRealtime, toRaw, toRealtime, lo, hi }: SpanColumns): void {
    const near = this.#near;
    const [begins, ends] = [near.column(fromRealtime), near.column(toRealtime)];
    const [los, his, length] = [near.exact(Number(lo.base)), near.exact(Number(hi.base)), near.exact(Number(fromRaw.base - toRaw.base))];
    let behind = this.#behind(bootId, fromRaw);
    let last = -1;
    for (let row = 0; row < status.length; row++) {
      if (!this.#counts(status[row] as string)) continue;
      const least = near.held(los + cellAt(lo, row));
      const most = near.held(his + cellAt(hi, row));
      const from = near.reached(begins + cellAt(fromRealtime, row));
      const to = near.reached(ends + cellAt(toRealtime, row));
      this.#add(from, to, least, most, behind + cellAt(fromRaw, row) === 0);
      behind = near.exact(length - cellAt(toRaw, row));
      last = row;
    }
    if (last >= 0) this.#last = { bootId, base: toRaw.base, d: cellAt(toRaw, last) };
  }

  /** How far the base of a column lies past the end of the span before, on their ruler; NaN = they have none in common. */
  #behind(bootId: string, { base }: Column): number {
    const last = this.#last;
    return last === null || last.bootId !== bootId ? Number.NaN : this.#near.exact(this.#near.exact(Number(base - last.base)) - last.d);
  }

  #add(from: number, to: number, lo: number, hi: number, isJoined: boolean): void {
    const row = this.covers.length;
    this.covers.add(from + lo, to + hi, lo, hi);
    if (row === 0) this.silences.push({ from: Number.NEGATIVE_INFINITY, to: from + hi });
    else if (!isJoined) this.silences.push(between(this.covers, row - 1, row));
  }
}

/** From the earliest to the latest at which either can have been: the one's end, or the other's beginning. */
function between({ from, to, lo, hi }: NearCovers, a: number, b: number): NearSilence {
  const [ends, begins] = [(to[a] as number) - (hi[a] as number), (from[b] as number) - (lo[b] as number)];
  return {
    from: Math.min(ends + (lo[a] as number), begins + (lo[b] as number)),
    to: Math.max(ends + (hi[a] as number), begins + (hi[b] as number)),
  };
}
