import { hull, type Interval } from "@truebound/time";
import type { EvidenceItem, EvidenceRecord, RecordedEvent, RecordedReading, RecordedSpan } from "./host-evidence.ts";

/** A clock of which everything is known: its offset (UTC − host) is piecewise linear, and steps. */
export interface Plan {
  readonly legs: readonly Leg[];
  /** Rows in a batch. */
  readonly rows: number;
  /** Which batches never came. */
  readonly lost: readonly number[];
}

/** From one reading to the next. */
export interface Leg {
  readonly ns: number;
  /** Change of the offset in it, evenly. */
  readonly slew: number;
  /** How far it strays meanwhile, and comes back from. */
  readonly bump: number;
  /** The clock is set by so much, halfway. */
  readonly step: number;
  readonly reboots: boolean;
  /** At its end: how much the bound leaves below and above, and its status. */
  readonly below: number;
  readonly above: number;
  readonly status: string;
  /** The bound is not known between. */
  readonly blind: boolean;
}

interface Point {
  readonly at: bigint;
  readonly offset: bigint;
}

export interface Simulation {
  readonly items: EvidenceItem[];
  /** Offsets at an instant: two where the clock is set right then. */
  readonly offsets: (at: bigint) => bigint[];
  readonly steps: readonly bigint[];
  readonly begins: bigint;
  readonly ends: bigint;
}

export const T0 = 1_772_409_600_000_000_000n;

export function simulate({ legs, rows, lost }: Plan): Simulation {
  const points: Point[] = [{ at: T0, offset: 0n }];
  const steps: bigint[] = [];
  const readings: { reading: RecordedReading; bootId: string; events: RecordedEvent[] }[] = [];
  const spans: (RecordedSpan & { readonly row: number })[] = [];
  let boot = 0;
  let booted = T0 - 1_000_000_000n;
  for (const leg of legs) {
    const begin = points.at(-1) as Point;
    const half = begin.at + BigInt(leg.ns) / 2n;
    const end = begin.at + BigInt(leg.ns);
    const path = pathOf(begin, half, end, leg);
    points.push(...path);
    const jumps = leg.step !== 0 || leg.reboots;
    if (jumps) steps.push(half);
    if (leg.reboots) [boot, booted] = [boot + 1, half];
    const last = path.at(-1) as Point;
    const bound = { lo: last.offset - BigInt(leg.below), hi: last.offset + BigInt(leg.above) };
    const realtime = last.at - last.offset;
    const raw = last.at - booted;
    const moved = hullOf([begin.offset, ...path.map(({ offset }) => offset)]);
    const before = readings.at(-1)?.reading;
    const known = leg.status !== "unknown";
    readings.push({
      reading: {
        raw,
        realtime,
        status: leg.status,
        injected: false,
        bound: known ? bound : null,
        throughout: known && !jumps && !leg.blind ? hull(bound, { lo: moved.lo - 3n, hi: moved.hi + 3n }) : null,
      },
      bootId: `boot-${boot}`,
      events: jumps && !leg.reboots ? [{ kind: "clock_stepped", raw: half - booted, realtime }] : [],
    });
    if (before !== undefined && !jumps && !leg.blind)
      spans.push({
        row: readings.length - 1,
        fromRaw: before.raw,
        fromRealtime: before.realtime,
        toRaw: raw,
        toRealtime: realtime,
        lo: moved.lo - 5n,
        hi: moved.hi + 5n,
        status: "proven",
      });
  }
  return {
    items: itemsOf(readings, spans, rows, lost),
    offsets: (at) => offsetsAt(points, at),
    steps,
    begins: T0,
    ends: (points.at(-1) as Point).at,
  };
}

function pathOf({ offset }: Point, half: bigint, end: bigint, { slew, bump, step }: Leg): Point[] {
  const middle = offset + BigInt(slew) / 2n + BigInt(bump);
  const after = middle + BigInt(step);
  return [
    { at: half, offset: middle },
    { at: half, offset: after },
    { at: end, offset: offset + BigInt(slew) + BigInt(step) },
  ];
}

const hullOf = (values: readonly bigint[]): Interval => values.map((value) => ({ lo: value, hi: value })).reduce(hull);

/** All values on the path; between two points both roundings. */
function offsetsAt(points: readonly Point[], at: bigint): bigint[] {
  const found: bigint[] = [];
  for (let index = 1; index < points.length; index++) {
    const [a, b] = [points[index - 1] as Point, points[index] as Point];
    if (at < a.at || at > b.at || (a.at === b.at && at !== a.at)) continue;
    found.push(a.at === b.at ? a.offset : a.offset + ((b.offset - a.offset) * (at - a.at)) / (b.at - a.at));
    if (at === b.at) found.push(b.offset);
  }
  return found;
}

function itemsOf(
  readings: readonly { reading: RecordedReading; bootId: string; events: RecordedEvent[] }[],
  spans: readonly (RecordedSpan & { readonly row: number })[],
  rows: number,
  lost: readonly number[],
): EvidenceItem[] {
  const items: EvidenceItem[] = [];
  let seq = 0;
  let batch: { bootId: string; readings: RecordedReading[]; events: RecordedEvent[]; spans: RecordedSpan[] } | null = null;
  const close = () => {
    if (batch === null) return;
    seq++;
    const record: EvidenceRecord = { epoch: 1, seq, rehearsed: false, driftPpb: 200_000n, ...batch };
    if (!lost.includes(seq)) items.push({ kind: "batch", record });
    batch = null;
  };
  for (const [row, { reading, bootId, events }] of readings.entries()) {
    if (batch !== null && (batch.bootId !== bootId || batch.readings.length >= rows)) close();
    batch ??= { bootId, readings: [], events: [], spans: [] };
    batch.readings.push(reading);
    batch.events.push(...events);
    // Seen back from a later exchange: a span travels with the batch after its last reading.
    batch.spans.push(...spans.filter((span) => span.row === row - 1));
  }
  close();
  return items;
}
