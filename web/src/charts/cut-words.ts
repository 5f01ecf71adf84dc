import type { SeriesPoint } from "@truebound/wire";
import { hiText, loText } from "../format/bound.ts";
import type { Cut } from "./y-fit.ts";

/** What a fitted picture leaves out, in words: how many points, and how far the furthest end on each side reaches. */
export function cutWords(points: readonly SeriesPoint[], cut: readonly Cut[]): string {
  const below = endsOf(
    points,
    cut.filter(({ isBelow }) => isBelow).map(({ index }) => index),
    "lo_ns",
  );
  const above = endsOf(
    points,
    cut.filter(({ isAbove }) => isAbove).map(({ index }) => index),
    "hi_ns",
  );
  const lowest = below.reduce<bigint | null>((least, end) => (least === null || end < least ? end : least), null);
  const highest = above.reduce<bigint | null>((most, end) => (most === null || end > most ? end : most), null);
  const reach = [lowest === null ? [] : `down to ${loText(lowest)}`, highest === null ? [] : `up to ${hiText(highest)}`].flat();
  return `${cut.length === 1 ? "1 point reaches" : `${cut.length} points reach`} beyond this picture, ${reach.join(" and ")}.`;
}

const endsOf = (points: readonly SeriesPoint[], places: readonly number[], end: "lo_ns" | "hi_ns"): bigint[] =>
  places.map((index) => points[index]?.[end] ?? null).flatMap((value) => (value === null ? [] : [BigInt(value)]));
