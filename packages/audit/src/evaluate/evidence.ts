import type { AuditTerms, ClockEvidence, Cut, Sample, SpanEvidence, Stretch } from "../audit-case.ts";
import { cutsBefore, mergeCuts } from "./cuts.ts";
import type { Made } from "./made.ts";

/** Evidence between two neighbouring cuts. It neither reaches nor is reached from beyond them. */
export interface Uncut {
  /** null = no cut on that side. */
  readonly from: bigint | null;
  readonly to: bigint | null;
  readonly leapBefore: boolean;
  readonly leapAfter: boolean;
  /** By instant, and by beginning. */
  readonly samples: Made[];
  readonly spans: Made[];
}

export interface SortedEvidence {
  readonly stretches: readonly Uncut[];
  readonly samples: number;
  readonly spans: number;
  readonly untraceable: number;
  readonly inCut: number;
}

/** 6.1 and 6.2: what counts, put between the cuts that it lies between, in order. */
export function sortEvidence({ requiresTraceability }: Pick<AuditTerms, "requiresTraceability">, clock: ClockEvidence): SortedEvidence {
  const cuts = mergeCuts(clock.cuts);
  const stretches = uncutStretches(cuts, clock.cuts);
  const counts = { samples: 0, spans: 0, untraceable: 0, inCut: 0 };
  for (const sample of clock.samples) {
    refuseInverted(sample, `a sample at ${sample.t}`);
    if (requiresTraceability && sample.traceable === false) counts.untraceable += 1;
    else if (placeSample(sample, cuts, stretches)) counts.samples += 1;
    else counts.inCut += 1;
  }
  for (const span of clock.spans) {
    refuseInverted(span, `a span from ${span.from}`);
    if (span.from > span.to) throw new RangeError(`Cannot use a span from ${span.from} back to ${span.to}`);
    if (requiresTraceability && span.traceable === false) counts.untraceable += 1;
    else if (placeSpan(span, cuts, stretches)) counts.spans += 1;
    else counts.inCut += 1;
  }
  for (const { samples, spans } of stretches) {
    sortUnlessSorted(samples);
    sortUnlessSorted(spans);
  }
  return { stretches, ...counts };
}

function refuseInverted({ lo, hi }: { readonly lo: bigint; readonly hi: bigint }, what: string): void {
  if (lo > hi) throw new RangeError(`Cannot use ${what} of lo ${lo} ns above hi ${hi} ns`);
}

function uncutStretches(merged: readonly Stretch[], cuts: readonly Cut[]): Uncut[] {
  const leaps = cuts.filter(({ reason }) => reason === "leap");
  const [begin, end] = [new Set(leaps.map(({ from }) => from)), new Set(leaps.map(({ to }) => to))];
  return Array.from({ length: merged.length + 1 }, (_, index) => {
    const [from, to] = [merged[index - 1]?.to ?? null, merged[index]?.from ?? null];
    const [leapBefore, leapAfter] = [from !== null && end.has(from), to !== null && begin.has(to)];
    return { from, to, leapBefore, leapAfter, samples: [], spans: [] };
  });
}

function placeSample(sample: Sample, cuts: readonly Stretch[], stretches: readonly Uncut[]): boolean {
  const index = cutsBefore(cuts, sample.t);
  const next = cuts[index];
  if (next !== undefined && next.from < sample.t) return false;
  stretches[index]?.samples.push({ from: sample.t, to: sample.t, lo: sample.lo, hi: sample.hi });
  return true;
}

/** A cut inside a span splits it. */
function placeSpan({ from, to, lo, hi }: SpanEvidence, cuts: readonly Stretch[], stretches: readonly Uncut[]): boolean {
  let isPlaced = false;
  for (let index = cutsBefore(cuts, from); index === 0 || (cuts[index - 1] as Stretch).to <= to; index++) {
    const [before, after] = [cuts[index - 1], cuts[index]];
    const begins = before !== undefined && before.to > from ? before.to : from;
    const ends = after !== undefined && after.from < to ? after.from : to;
    // An instant at which the clock was cut is past the cut.
    const isPast = after !== undefined && after.from === after.to && begins === after.from;
    if (begins <= ends && !isPast) {
      stretches[index]?.spans.push({ from: begins, to: ends, lo, hi });
      isPlaced = true;
    }
    if (after === undefined) break;
  }
  return isPlaced;
}

/** Evidence mostly comes in order. */
function sortUnlessSorted(items: Made[]): void {
  const isSorted = items.every(({ from }, index) => index === 0 || (items[index - 1] as Made).from <= from);
  if (!isSorted) items.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
}
