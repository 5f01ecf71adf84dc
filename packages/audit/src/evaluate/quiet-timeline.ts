import { maxOf, minOf } from "@truebound/time";
import type { AuditTerms, ClockEvidence, Cut, NearLayer, NearSpans, SpanEvidence, Stretch } from "../audit-case.ts";
import type { Scope } from "./accounting.ts";
import { mergeCuts } from "./cuts.ts";
import { type Elements, elementsOf } from "./elements.ts";
import { sortEvidence } from "./evidence.ts";
import type { Known } from "./line.ts";
import type { Made } from "./made.ts";
import { type NearStretch, quietStretches } from "./quiet.ts";
import { type QuietWeights, type WeighedElements, weighQuiet } from "./quiet-weights.ts";
import { knownOf, type Timeline, timelineOf } from "./timeline.ts";
import { within } from "./verdicts.ts";

/** COMPLIANT throughout, without conflict; E reaches as far as the covers that were weighed. */
export interface Quiet extends Stretch {
  readonly kind: "quiet";
  readonly weights: QuietWeights;
}

/** A clock of which most of the time is quiet: what is not is reckoned in integers of any size, as all of it is elsewhere. */
export interface QuietTimeline {
  readonly runs: readonly { readonly made: readonly Made[] }[];
  readonly counts: Timeline["counts"];
  readonly known: () => Iterable<Known | Quiet>;
}

export interface QuietCase {
  readonly terms: AuditTerms;
  readonly clock: ClockEvidence;
  readonly scope: Scope;
  readonly window: Stretch;
  readonly scale: bigint;
}

/** In horizons: what is quiet for less is not worth being told apart. */
const LEAST = 16;
/** In horizons: evidence farther away has no part in E, nor in what is a conflict. */
const REACH = 4;
/** Until there doubles are as exact as `quietStretches` needs, ns. */
const WIDEST_LIMIT = 1e9;

/** Null where nothing is quiet for long, or the evidence is not such that doubles hold it. */
export function quietTimeline(one: QuietCase): QuietTimeline | null {
  const { terms, clock, window } = one;
  const { near } = clock;
  if (near === undefined || !isPlain(one, near)) return null;
  const elements = elementsOf(near);
  const far = (at: bigint): number => Number(at - near.base);
  const cuts = mergeCuts(clock.cuts).map(({ from, to }) => ({ from: far(from), to: far(to) }));
  const sections = one.scope.plain.map(({ from, to }) => ({ from: far(from), to: far(to) }));
  const worst = quietStretches(elements, {
    min: Number(terms.limit.min + terms.appError),
    max: Number(terms.limit.max - terms.appError),
    horizon: Number(terms.horizon),
    driftPpb: clock.driftPpb,
    cuts,
    edges: [far(window.from), far(window.to), ...sections.flatMap(({ from, to }) => [from, to])],
  });
  const runs = quietRuns(worst, elements, { from: far(window.from), to: far(window.to) }, LEAST * Number(terms.horizon));
  if (runs.length === 0) return null;
  const parts = partsOf(runs, { elements, worst, sections }, one, near);
  return {
    runs: [{ made: parts.flatMap(madeOf) }],
    counts: { samples: 0, untraceable: 0, contradictory: 0, ...placedCounts(terms, clock, near, cuts) },
    known: () => knownIn(parts, window),
  };
}

function isPlain({ terms, clock }: QuietCase, { layers, traceable }: NearSpans): boolean {
  const { limit, appError, horizon } = terms;
  const isNarrow = [limit.min, limit.max, appError].every((ns) => Math.abs(Number(ns)) <= WIDEST_LIMIT);
  const isUsual = clock.driftPpb > 0n && appError >= 0n && horizon > 0n && Number.isSafeInteger(Number(horizon));
  return layers.every(isInOrder) && isNarrow && isUsual && (traceable || !terms.requiresTraceability);
}

/** Where a second is taken out of UTC, spans on the leap-free axis can be in another order. */
function isInOrder({ from, to }: NearLayer): boolean {
  for (let row = 0; row < from.length; row++)
    if ((from[row] as number) >= (to[row] as number) || (from[row] as number) < (to[row - 1] ?? Number.NEGATIVE_INFINITY)) return false;
  return true;
}

/** Elements from the first to the one with which the next part begins. */
interface RunOfQuiet {
  readonly first: number;
  readonly end: number;
}

function quietRuns(worst: Float64Array, { length, at }: Elements, window: NearStretch, least: number): RunOfQuiet[] {
  const runs: RunOfQuiet[] = [];
  const isQuiet = (row: number) => !Number.isNaN(worst[row]) && (at[row] as number) >= window.from && (at[row + 1] as number) <= window.to;
  for (let row = 0; row < length; row++) {
    if (!isQuiet(row)) continue;
    const first = row;
    while (row < length && isQuiet(row)) row++;
    if ((at[row] as number) - (at[first] as number) >= least) runs.push({ first, end: row });
  }
  return runs;
}

type Part = Quiet | (Stretch & { readonly kind: "loud"; readonly timeline: Timeline });

/** What is quiet, and before, between and after it what is not. */
function partsOf(runs: readonly RunOfQuiet[], found: WeighedElements, one: QuietCase, near: NearSpans): Part[] {
  const parts: Part[] = [];
  const at = (row: number): bigint => near.base + BigInt(found.elements.at[row] as number);
  const [begin, end] = [one.window.from - 1n, one.window.to + 1n];
  let from = begin;
  for (const { first, end: next } of runs) {
    parts.push(loud(one, near, { from, to: at(first) }));
    from = at(next);
    parts.push({ kind: "quiet", from: at(first), to: from, weights: weighQuiet(found, first, next) });
  }
  return [...parts, loud(one, near, { from, to: end })];
}

function loud({ terms, clock, window, scale }: QuietCase, near: NearSpans, { from, to }: Stretch): Part {
  const reach = REACH * Number(terms.horizon);
  // What is in conflict hangs on each conflict before it. In quiet time there is none, so that only before the first nothing may be left out.
  const begin = from < window.from ? Number.NEGATIVE_INFINITY : Number(from - near.base) - reach;
  const end = Number(to - near.base) + reach;
  const spans = near.layers.flatMap((layer) => spansBetween(layer, near, begin, end));
  return { kind: "loud", from, to, timeline: timelineOf(terms, { ...driftAndCuts(clock), samples: [], spans }, scale) };
}

const driftAndCuts = ({ driftPpb, cuts }: ClockEvidence): { driftPpb: bigint; cuts: readonly Cut[] } => ({ driftPpb, cuts });

function spansBetween(layer: NearLayer, near: NearSpans, begin: number, end: number): SpanEvidence[] {
  const spans: SpanEvidence[] = [];
  for (let row = firstFrom(layer.to, begin); row < layer.from.length && (layer.from[row] as number) <= end; row++)
    spans.push(spanAt(layer, near, row));
  return spans;
}

/** The first of ascending values that is not less. */
function firstFrom(values: readonly number[], value: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A span of a layer as evidence. */
export const spanAt = ({ from, to, lo, hi }: NearLayer, { base, traceable }: Omit<NearSpans, "layers">, row: number): SpanEvidence => ({
  from: base + BigInt(from[row] as number),
  to: base + BigInt(to[row] as number),
  lo: BigInt(lo[row] as number),
  hi: BigInt(hi[row] as number),
  traceable,
});

/** What touches no cut is placed; of the rest it is looked at. */
function placedCounts(terms: AuditTerms, clock: ClockEvidence, near: NearSpans, cuts: readonly NearStretch[]) {
  let spans = 0;
  const touching: SpanEvidence[] = [];
  for (const layer of near.layers) {
    let next = 0;
    for (let row = 0; row < layer.from.length; row++) {
      while (next < cuts.length && (cuts[next] as NearStretch).to < (layer.from[row] as number)) next++;
      const cut = cuts[next];
      if (cut !== undefined && cut.from <= (layer.to[row] as number)) touching.push(spanAt(layer, near, row));
      else spans++;
    }
  }
  const sorted = sortEvidence(terms, { ...driftAndCuts(clock), samples: [], spans: touching });
  return { spans: spans + sorted.spans, inCut: sorted.inCut };
}

/** For gaps: in what is quiet there is none. */
function madeOf(part: Part): Made[] {
  if (part.kind === "quiet") return [{ from: part.from, to: part.to, lo: 0n, hi: 0n }];
  return part.timeline.runs.flatMap(({ made }) => made.filter(({ from, to }) => to >= part.from && from <= part.to));
}

function* knownIn(parts: readonly Part[], window: Stretch): Generator<Known | Quiet> {
  for (const part of parts) {
    if (part.kind === "quiet") yield part;
    else yield* within(knownOf(part.timeline), { from: maxOf(part.from, window.from), to: minOf(part.to, window.to) });
  }
}
