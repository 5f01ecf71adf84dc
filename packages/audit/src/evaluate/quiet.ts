import { divCeil } from "@truebound/time";
import type { Elements } from "./elements.ts";
import { LeastRows } from "./least-rows.ts";

/** In ns, from one base; of what lies far from it no more than that it does. */
export interface QuietTerms {
  /** The effective limit. */
  readonly min: number;
  readonly max: number;
  readonly horizon: number;
  /** How fast the value can change. */
  readonly driftPpb: bigint;
  /** Merged, ascending. */
  readonly cuts: readonly NearStretch[];
  /** Instants from which on something else is asked. */
  readonly edges: readonly number[];
}

export interface NearStretch {
  readonly from: number;
  readonly to: number;
}

/** More than all that is rounded away below, where limits are within a second: ns. */
const ROUNDED = 1e-5;
/** By so much more than nothing evidence must leave room for other evidence, ns. */
const MARGIN = 1;
const NS = 1_000_000_000n;

/**
 * Where E between two neighbouring elements needs few doubles: a cover that lies within the limit, with the same narrowest cones
 * before it and after it throughout, and nothing near that contradicts anything. E is COMPLIANT there. Where that is not found, it
 * may still be so.
 * @returns by its first element, how far E reaches from 0 on such a stretch, in whole ns, rounded up; else NaN
 */
export function quietStretches(elements: Elements, terms: QuietTerms): Float64Array {
  const worst = new Float64Array(elements.length).fill(Number.NaN);
  const cones = conesOf(elements, terms);
  for (let row = 0; row + 1 < elements.length; row++) {
    const lo = elements.coverLo[row] as number;
    const hi = elements.coverHi[row] as number;
    // False of NaN as well.
    if (!(lo >= terms.min && hi <= terms.max && lo <= hi)) continue;
    const above = reachOf(elements.markHi, hi, row, cones.hi, elements, terms, 1);
    const below = reachOf(elements.markLo, -lo, row, cones.lo, elements, terms, -1);
    worst[row] = Math.max(above, below);
  }
  clearNear(worst, elements, terms);
  return worst;
}

/** Of each element the mark, at or before it, whose cone is the narrowest within the horizon; and the one at or after it. */
interface Narrowest {
  readonly behind: Int32Array;
  readonly ahead: Int32Array;
}

function conesOf(elements: Elements, terms: QuietTerms): { readonly hi: Narrowest; readonly lo: Narrowest } {
  const { length } = elements;
  const rows = () => new Int32Array(length);
  const found = { hi: { behind: rows(), ahead: rows() }, lo: { behind: rows(), ahead: rows() } };
  const rho = rhoOf(terms);
  const [upper, lower] = [new LeastRows(rho), new LeastRows(rho)];
  for (let row = 0; row < length; row++) {
    const at = elements.at[row] as number;
    upper.dropUpTo(at - terms.horizon);
    lower.dropUpTo(at - terms.horizon);
    upper.push(at, elements.markHi[row] as number, row);
    lower.push(at, -(elements.markLo[row] as number), row);
    found.hi.behind[row] = upper.least;
    found.lo.behind[row] = lower.least;
  }
  const [upperAhead, lowerAhead] = [new LeastRows(rho), new LeastRows(rho)];
  for (let row = length - 1; row >= 0; row--) {
    const at = elements.at[row] as number;
    upperAhead.push(-at, elements.markHi[row] as number, row);
    lowerAhead.push(-at, -(elements.markLo[row] as number), row);
    upperAhead.dropUpTo(-at - terms.horizon);
    lowerAhead.dropUpTo(-at - terms.horizon);
    found.hi.ahead[row] = upperAhead.least;
    found.lo.ahead[row] = lowerAhead.least;
  }
  return found;
}

const rhoOf = ({ driftPpb }: QuietTerms): number => Number(driftPpb) / 1e9;

/** On one side, mirrored for the lower one by `sign`: the greatest value of the least of cover and cones, in whole ns, rounded up; NaN = a cone is not the narrowest throughout. */
function reachOf(
  marks: Float64Array,
  cover: number,
  row: number,
  cones: Narrowest,
  { at }: Elements,
  terms: QuietTerms,
  sign: 1 | -1,
): number {
  const from = at[row] as number;
  const to = at[row + 1] as number;
  const past = cones.behind[row] as number;
  const coming = cones.ahead[row + 1] as number;
  const since = at[past] as number;
  const until = at[coming] as number;
  const a = sign * (marks[past] as number);
  const b = sign * (marks[coming] as number);
  const rho = rhoOf(terms);
  const cone = Math.min(a + rho * (to - since), b + rho * (until - from), (a + b + rho * (until - since)) / 2);
  // Whatever else there is within the horizon opens wider than these, so that this holds though they be left behind on the way.
  if (cone >= cover) return cover;
  if (since + terms.horizon < to || until - terms.horizon > from) return Number.NaN;
  const up = Math.ceil(cone);
  const isClear = up - cone > ROUNDED && up - cone < 1 - ROUNDED;
  return isClear ? up : exactReach([a, b, cover], [to - since, until - from, until - since], terms.driftPpb);
}

/** The same in integers, where doubles cannot tell which of two it is rounded to. */
function exactReach(values: readonly number[], times: readonly number[], ppb: bigint): number {
  const [a, b, cover] = values.map((value) => 2n * NS * BigInt(value)) as [bigint, bigint, bigint];
  const [toEnd, fromBegin, between] = times.map((ns) => ppb * BigInt(ns)) as [bigint, bigint, bigint];
  const least = [cover, a + 2n * toEnd, b + 2n * fromBegin, (a + b) / 2n + between].reduce((x, y) => (x < y ? x : y));
  return Number(least > 0n ? divCeil(least, 2n * NS) : least / (2n * NS));
}

/** What lies within a horizon of a cut or a contradiction is reached by less evidence, and where something else is asked a stretch is no whole one. */
function clearNear(worst: Float64Array, elements: Elements, { horizon, ...terms }: QuietTerms): void {
  for (const { from, to } of terms.cuts) clear(worst, elements, from - horizon, to + horizon);
  for (const row of contradicted(elements, { horizon, ...terms })) {
    const [from, to] = [elements.at[row] as number, elements.at[row + 1] ?? Number.POSITIVE_INFINITY];
    clear(worst, elements, from - horizon, to + horizon);
  }
  for (const edge of terms.edges) {
    const row = firstPast(elements, edge) - 1;
    if (row >= 0 && (elements.at[row] as number) < edge) worst[row] = Number.NaN;
  }
}

/** Marks that contradict themselves or what is behind them, or leave hardly any room for both; and covers that contradict themselves. */
function* contradicted(elements: Elements, terms: QuietTerms): Generator<number> {
  const { length } = elements;
  const [upper, lower] = [new LeastRows(rhoOf(terms)), new LeastRows(rhoOf(terms))];
  for (let row = 0; row < length; row++) {
    const at = elements.at[row] as number;
    const lo = elements.markLo[row] as number;
    const hi = elements.markHi[row] as number;
    upper.dropBefore(at - 2 * terms.horizon);
    lower.dropBefore(at - 2 * terms.horizon);
    const isMet = upper.openAt(at) >= lo + MARGIN && lower.openAt(at) >= MARGIN - hi && lo <= hi;
    if (!isMet || (elements.coverLo[row] as number) > (elements.coverHi[row] as number)) yield row;
    upper.push(at, hi, row);
    lower.push(at, -lo, row);
  }
}

/** All that touch a stretch of time. */
function clear(worst: Float64Array, elements: Elements, from: number, to: number): void {
  for (let row = Math.max(0, firstPast(elements, from) - 2); row < elements.length && (elements.at[row] as number) <= to; row++)
    worst[row] = Number.NaN;
}

/** The first element past an instant. */
function firstPast({ at, length }: Elements, instant: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at[middle] as number) <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
