import type { Series, SeriesPoint } from "@truebound/wire";
import { toMs } from "../format/instant.ts";
import { type DrawUnit, unitFor } from "../format/unit.ts";
import { type ClaimLines, claimLines } from "./claim-data.ts";
import { type Gap, gapsOf, type Silence } from "./gaps.ts";
import { loneIn } from "./lone-points.ts";
import { type Cut, fitOf, type YFit } from "./y-fit.ts";

/** A point of the band in drawing numbers; `null` = no bound there, which is a gap and never zero. The server says where gaps are. */
export interface BandPoint {
  readonly x: number;
  readonly y: number | null;
}

export interface BandData {
  readonly unit: DrawUnit;
  readonly lo: readonly BandPoint[];
  readonly hi: readonly BandPoint[];
  readonly mid: readonly BandPoint[];
  /** The tight bound's ends; empty where no point has one. */
  readonly tightLo: readonly BandPoint[];
  readonly tightHi: readonly BandPoint[];
  /** Empty where no truth was injected, or it is not to be shown. */
  readonly truth: readonly BandPoint[];
  /** What the host's own daemon claimed: no proof of anything. */
  readonly claim: ClaimLines;
  /** The API's points, one under each drawn one, for exact figures. */
  readonly points: readonly SeriesPoint[];
  readonly gaps: readonly Gap[];
  /** Places of the points that have no neighbours. */
  readonly lone: readonly number[];
  /** What a fitted picture shows, in the unit; null = everything. */
  readonly shown: { readonly min: number; readonly max: number } | null;
  /** The points that reach beyond it. */
  readonly cut: readonly Cut[];
}

export interface BandWish {
  readonly isTruthShown: boolean;
  readonly isFitted: boolean;
  readonly silence: Silence | null;
}

export function bandData({ points, to }: Series, { isTruthShown, isFitted, silence }: BandWish): BandData {
  const fit = isFitted ? fitOf(points) : null;
  const unit = unitFor(fit ? reach_ns(fit) : largest_ns(points));
  const instants_ms = instantsOf(points);
  const line = (endOf: (point: SeriesPoint) => string | null | undefined): BandPoint[] =>
    points.map((point, index) => ({ x: instants_ms[index] ?? Number.NaN, y: inUnit(endOf(point), unit) }));
  const hasTight = points.some(({ tight_lo_ns }) => typeof tight_lo_ns === "string");
  const hasTruth = isTruthShown && points.some(({ injected_ns }) => typeof injected_ns === "string");
  const lo = line(({ lo_ns }) => lo_ns);
  const hi = line(({ hi_ns }) => hi_ns);
  const claim = claimLines(points, instants_ms, unit.size_ns, largest_ns(points) / unit.size_ns);
  return {
    unit,
    lo,
    hi,
    mid: line(({ mid_ns }) => mid_ns),
    tightLo: hasTight ? line(({ tight_lo_ns }) => tight_lo_ns) : [],
    tightHi: hasTight ? line(({ tight_hi_ns }) => tight_hi_ns) : [],
    truth: hasTruth ? line(({ injected_ns }) => injected_ns) : [],
    claim,
    points,
    lone: loneIn(lo),
    gaps: gapsOf({ points, to_ms: toMs(to), silence }),
    shown: fit ? { min: fit.lo_ns / unit.size_ns, max: fit.hi_ns / unit.size_ns } : claim.isFar ? aroundBound(lo, hi, isFitted) : null,
    cut: fit?.cut ?? [],
  };
}

const GRACE = 0.08;

/** A claim far beyond the bound would flatten it: then the bound decides what is shown, and zero unless it is not wanted. */
function aroundBound(lo: readonly BandPoint[], hi: readonly BandPoint[], isFitted: boolean): BandData["shown"] {
  const zero = isFitted ? [] : [0];
  const ends = [...lo, ...hi].flatMap(({ y }) => (y === null ? [] : [y])).concat(zero);
  const [min, max] = [ends.reduce((a, b) => Math.min(a, b)), ends.reduce((a, b) => Math.max(a, b))];
  const grace = ((max - min) * GRACE) / 2;
  return { min: min - grace, max: max + grace };
}

/** A series is drawn again and again, in other ways; its times are read once. */
const read = new WeakMap<readonly SeriesPoint[], readonly number[]>();

function instantsOf(points: readonly SeriesPoint[]): readonly number[] {
  const known = read.get(points) ?? points.map(({ t }) => toMs(t));
  read.set(points, known);
  return known;
}

const reach_ns = ({ lo_ns, hi_ns }: YFit): number => Math.max(Math.abs(lo_ns), Math.abs(hi_ns));

const inUnit = (value_ns: string | null | undefined, { size_ns }: DrawUnit): number | null =>
  value_ns === null || value_ns === undefined ? null : Number(value_ns) / size_ns;

const largest_ns = (points: readonly SeriesPoint[]): number =>
  points.reduce((most, { lo_ns, hi_ns }) => Math.max(most, Math.abs(Number(lo_ns ?? 0)), Math.abs(Number(hi_ns ?? 0))), 0);

/** A stretch counts as proven only when both of its ends do. */
export const isProvenStretch = (points: readonly SeriesPoint[], from: number, to: number): boolean =>
  points[from]?.status === "proven" && points[to]?.status === "proven";

/** The statuses under which a bound is on show, in order of appearance; none = there is no bound to draw. */
export const statusesIn = (series: Series): string[] => [
  ...new Set(series.points.filter(({ lo_ns }) => lo_ns !== null).map(({ status }) => status)),
];
