import { hull, maxOf, minOf } from "@truebound/time";
import type { ClockEvidence, Cut, Exemption, NearLayer, NearSpans, SpanEvidence, Stretch } from "../audit-case.ts";
import { divergence, nearDivergence } from "../divergence.ts";
import { spanAt } from "../evaluate/quiet-timeline.ts";
import { countsStatus } from "./counting.ts";
import { cutReason } from "./cut-reason.ts";
import { type EvidenceItem, type EvidenceRecord, type HostReading, readingsOf } from "./host-evidence.ts";
import { type LeapTable, leapCuts, toAxis } from "./leap-table.ts";
import { Near, nearAxis } from "./near.ts";
import { nearClock } from "./near-clock.ts";
import { type NearCovers, type NearSilence, nearLess } from "./near-pieces.ts";
import { type Cover, less, piecesOf, type Silence } from "./pieces.ts";
import { nearSampled, type Sampled, sampledOf } from "./sampled.ts";
import { spanPieces } from "./span-pieces.ts";
import { type Bounded, between, earliest, latest, stretchesOf } from "./stretches.ts";

/** `tb-evidence/1` (docs/reports.md): what signed evidence of one host is to `tb-audit/1`. Instants here are counts of UTC. */
export interface EvidenceOptions {
  readonly period: Stretch;
  readonly leaps: LeapTable;
  readonly countsUnverified: boolean;
  /** No evidence of a clock without a chain to UTC is used. */
  readonly isTraceable: boolean;
  readonly horizon: bigint;
  /** For what is sampled; on the leap-free axis. */
  readonly schedule: readonly Stretch[];
  readonly exemptions: readonly Exemption[];
  readonly limit: { readonly min: bigint; readonly max: bigint };
}

export interface HostEvidence {
  readonly clock: ClockEvidence;
  readonly sampled: Sampled;
  readonly counts: EvidenceCounts;
  /** Rows that were reported while a fault was rehearsed. */
  readonly rehearsed: number;
  readonly isSimulated: boolean;
}

/** Events within the period by the host's own clock. */
export interface EvidenceCounts {
  readonly leapEvents: number;
  readonly sourceChanges: number;
  readonly steps: number;
}

/** What of a host's evidence depends on how it is reckoned. */
interface Reckoned {
  readonly spans: readonly SpanEvidence[];
  readonly cuts: readonly Cut[];
  readonly sampled: Sampled;
}

interface NearReckoned extends Omit<Reckoned, "spans"> {
  readonly near: NearSpans;
}

/** `items` in the order of the chain; they are gone through more than once. */
export function clockOf(items: readonly EvidenceItem[], options: EvidenceOptions): HostEvidence {
  const found = reckonNear(items, options) ?? reckon(items, options);
  return {
    clock: clockWith(greatestDrift(items), [...found.cuts, ...leapCutsNear(options)], found),
    sampled: found.sampled,
    counts: eventCounts(items, options.period),
    rehearsed: rehearsedRows(items, options.period),
    isSimulated: items.some((item) => item.kind === "batch" && isInjected(item.record)),
  };
}

/** Spans that are near are made evidence of when they are asked for: most audits never do. */
function clockWith(driftPpb: bigint, cuts: readonly Cut[], found: Reckoned | NearReckoned): ClockEvidence {
  if (!("near" in found)) return { driftPpb, cuts, samples: [], spans: found.spans };
  const { near } = found;
  return {
    driftPpb,
    cuts,
    samples: [],
    near,
    get spans() {
      return spansOf(near);
    },
  };
}

export const spansOf = (near: NearSpans): SpanEvidence[] =>
  near.layers.flatMap((layer) => layer.from.map((_, row) => spanAt(layer, near, row)));

const isInjected = (record: EvidenceRecord): boolean => record.columns === undefined && record.readings.some(({ injected }) => injected);

const isCountingFor =
  ({ countsUnverified }: EvidenceOptions) =>
  (status: string): boolean =>
    countsStatus(status, countsUnverified);

/** In integers of any size. */
export function reckon(items: readonly EvidenceItem[], options: EvidenceOptions): Reckoned {
  const { period, leaps, isTraceable } = options;
  const isCounting = isCountingFor(options);
  const counts = (reading: HostReading) => reading.bound !== null && !reading.record.rehearsed && isCounting(reading.status);
  const readings = [...readingsOf(items)];
  const { covers, silences, gaps } = readingStretches(readings, counts);
  const spans = spanPieces(items, isCounting, EVER);
  const axis = (at: bigint) => toAxis(at, leaps);
  const piece = ({ from, to, ...bound }: Cover): SpanEvidence => ({
    from: axis(from),
    to: axis(to),
    ...divergence(bound),
    traceable: isTraceable,
  });
  const cuts = gaps.flatMap((gap) => less(gap, spans).map((left) => ({ ...bounded(left, period), reason: gap.reason })));
  return {
    spans: [...piecesOf(covers, silences), ...spans].map(piece),
    cuts: cuts.map(({ from, to, reason }) => ({ from: axis(from), to: axis(to), reason })),
    sampled: sampledOf(readings, counts, options),
  };
}

/** The same in doubles, which are exact near the period; null = some of it lies too far from it. */
export function reckonNear(items: readonly EvidenceItem[], options: EvidenceOptions): NearReckoned | null {
  const { period, leaps } = options;
  const near = new Near((period.from + period.to) / 2n);
  const found = nearClock(items, isCountingFor(options), near);
  if (found === null) return null;
  const cuts = found.gaps.flatMap((gap) => nearLess(gap, found.spans).map((left) => ({ ...farEnds(left, near), reason: gap.reason })));
  return {
    near: {
      base: near.base,
      traceable: options.isTraceable,
      layers: [nearEvidence(found.readings, near, leaps), nearEvidence(found.spans, near, leaps)],
    },
    cuts: cuts.map(({ reason, ...left }) => {
      const { from, to } = bounded(left, period);
      return { from: toAxis(from, leaps), to: toAxis(to, leaps), reason };
    }),
    sampled: nearSampled(found.middles, near, options),
  };
}

const farEnds = ({ from, to }: NearSilence, near: Near): Silence => ({
  from: from === Number.NEGATIVE_INFINITY ? EVER.from : near.back(from),
  to: to === Number.POSITIVE_INFINITY ? EVER.to : near.back(to),
});

/** On the leap-free axis, as divergences: an offset of [lo, hi] is a divergence of [−hi, −lo]. */
function nearEvidence(pieces: NearCovers, near: Near, leaps: LeapTable): NearLayer {
  const axis = nearAxis(near, leaps);
  const { lo, hi } = nearDivergence(pieces);
  return { from: pieces.from.map(axis), to: pieces.to.map(axis), lo, hi };
}

/** Stands for an end that is infinite. */
const EVER = { from: -(2n ** 64n), to: 2n ** 64n };

interface Gap extends Silence {
  readonly reason: string;
}

interface ReadingStretches {
  readonly covers: Cover[];
  readonly silences: Silence[];
  readonly gaps: Gap[];
}

function readingStretches(readings: readonly HostReading[], counts: (reading: HostReading) => boolean): ReadingStretches {
  const found: ReadingStretches = { covers: [], silences: [], gaps: [] };
  for (const stretch of stretchesOf(readings, counts)) {
    if (stretch.kind === "begin") addGap(found, { from: EVER.from, to: latest(stretch.to), reason: "no_record" });
    else if (stretch.kind === "end") addGap(found, { from: earliest(stretch.from), to: EVER.to, reason: "no_record" });
    else if (stretch.kind === "cover") found.covers.push(coverOf(stretch));
    else if (stretch.kind === "hole") found.silences.push(between(stretch.from, stretch.to));
    else addGap(found, { ...between(stretch.from, stretch.to), reason: cutReason(stretch.broken.from, stretch.broken.to) });
  }
  if (found.gaps.length === 0) addGap(found, { ...EVER, reason: "no_record" });
  return found;
}

function addGap({ silences, gaps }: ReadingStretches, gap: Gap): void {
  silences.push(gap);
  gaps.push(gap);
}

function coverOf({ from, to }: { readonly from: Bounded<HostReading>; readonly to: Bounded<HostReading> }): Cover {
  const ends = hull(from.bound, to.bound);
  return { from: earliest(from), to: latest(to), ...(to.throughout === null ? ends : hull(ends, to.throughout)) };
}

/** Beyond its finite end and the period there is nothing that an infinite one could cut. */
function bounded({ from, to }: Silence, { from: a, to: b }: Stretch): Silence {
  const [begins, ends] = [from === EVER.from, to === EVER.to];
  return { from: begins ? minOf(ends ? a : to, a) - 1n : from, to: ends ? maxOf(begins ? b : from, b) + 1n : to };
}

function leapCutsNear({ period, leaps, horizon }: EvidenceOptions): Cut[] {
  const [from, to] = [toAxis(period.from, leaps) - horizon, toAxis(period.to, leaps) + horizon];
  return leapCuts(leaps).filter((cut) => cut.from <= to && cut.to >= from);
}

function greatestDrift(items: readonly EvidenceItem[]): bigint {
  let greatest = 0n;
  for (const item of items) if (item.kind !== "unreadable") greatest = maxOf(greatest, item.record.driftPpb);
  return greatest;
}

function* batchesOf(items: readonly EvidenceItem[], rehearsed: boolean): Generator<EvidenceRecord> {
  for (const item of items) if (item.kind === "batch" && item.record.rehearsed === rehearsed) yield item.record;
}

const isWithin = ({ realtime }: { readonly realtime: bigint }, { from, to }: Stretch): boolean => from <= realtime && realtime < to;

function eventCounts(items: readonly EvidenceItem[], period: Stretch): EvidenceCounts {
  const seen = new Map<string, number>();
  for (const { events } of batchesOf(items, false))
    for (const event of events) if (isWithin(event, period)) seen.set(event.kind, (seen.get(event.kind) ?? 0) + 1);
  const count = (kind: string) => seen.get(kind) ?? 0;
  return { leapEvents: count("leap_applied"), sourceChanges: count("source_state_changed"), steps: count("clock_stepped") };
}

function rehearsedRows(items: readonly EvidenceItem[], period: Stretch): number {
  let rows = 0;
  for (const { readings } of batchesOf(items, true)) rows += readings.filter((reading) => isWithin(reading, period)).length;
  return rows;
}
