import type { Series, SeriesPoint } from "@truebound/wire";
import { toMs } from "../format/instant.ts";
import { type DrawUnit, unitFor } from "../format/unit.ts";

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
  /** Empty where no truth was injected, or it is not to be shown. */
  readonly truth: readonly BandPoint[];
  /** The API's points, one under each drawn one, for exact figures. */
  readonly points: readonly SeriesPoint[];
}

export function bandData({ points }: Series, isTruthShown: boolean): BandData {
  const unit = unitFor(largest_ns(points));
  const instants_ms = points.map(({ t }) => toMs(t));
  const line = (read: (point: SeriesPoint) => string | null | undefined): BandPoint[] =>
    points.map((point, index) => ({ x: instants_ms[index] ?? Number.NaN, y: inUnit(read(point), unit) }));
  const hasTruth = isTruthShown && points.some(({ injected_ns }) => typeof injected_ns === "string");
  return {
    unit,
    lo: line(({ lo_ns }) => lo_ns),
    hi: line(({ hi_ns }) => hi_ns),
    mid: line(({ mid_ns }) => mid_ns),
    truth: hasTruth ? line(({ injected_ns }) => injected_ns) : [],
    points,
  };
}

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
