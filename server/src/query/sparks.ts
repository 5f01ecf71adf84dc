import { BILLION, divCeil, formatUtc, utc } from "@truebound/time";
import type { FleetSparks, Spark } from "@truebound/wire";
import { MINUTE, minuteOf } from "../ingest/rollup.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import type { Hole } from "./ports.ts";
import { type Parameters, type QuestionPorts, readCount, readRange } from "./questions.ts";

/** Whole minutes from `from` to `to`, which is not among them, in equal parts of `step`, ns. */
export interface SparkFrame {
  readonly from: bigint;
  readonly to: bigint;
  readonly step: bigint;
}

/** What is kept of one part of the range. */
export interface SparkPart {
  readonly host: string;
  readonly part: number;
  /** Hull of the bounds of its minutes; null = none of them has one. */
  readonly lo: bigint | null;
  readonly hi: bigint | null;
  /** One of its minutes has no bound. */
  readonly unbounded: boolean;
  readonly minutes: number;
  /** Its last one that is kept. */
  readonly last: bigint;
}

const HOSTS_MAX = 100;
const POINTS_DEFAULT = 72;
const POINTS_MAX = 240;
const RANGE_MAX = 24n * 3600n * BILLION;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The last hours of the hosts that somebody looks at, in one question. */
export async function askSparks({ store, fleet }: QuestionPorts, parameters: Parameters): Promise<FleetSparks | Refusal> {
  const ids = [...new Set((parameters.ids ?? "").split(","))];
  if (ids.length > HOSTS_MAX || !ids.every((id) => UUID.test(id)))
    return refuse("bad_request", `Cannot draw these hosts: ids are those of 1 to ${HOSTS_MAX} hosts, joined by commas`);
  const points = readCount(parameters.points, POINTS_DEFAULT, POINTS_MAX);
  if (points === null) return refuse("bad_request", `Cannot draw ${parameters.points} points: points is a number from 1 to ${POINTS_MAX}`);
  const range = await readRange(store, parameters, "now-6h");
  if (isRefusal(range)) return range;
  if (range.to - range.from > RANGE_MAX) return refuse("bad_request", "Cannot draw more than 24 hours of hosts at once");
  const frame = sparkFrame(range, points);
  const there = new Set(fleet.entries().map(({ record }) => record.id));
  const seen = ids.filter((id) => there.has(id));
  const [parts, holed] = [await store.sparkParts(seen, frame), await store.holed(seen, frame.from)];
  const items = [];
  for (const id of seen) {
    const holes = holed.includes(id) ? await store.holes(id, utc(frame.from)) : [];
    items.push(
      drawSpark(
        id,
        parts.filter(({ host }) => host === id),
        holes,
        frame,
      ),
    );
  }
  return { from: formatUtc(utc(frame.from)), to: formatUtc(utc(frame.to)), items };
}

/** The newest minute is the last that is over. At most `points` parts of whole minutes; the first may begin before the range. */
export function sparkFrame({ from, to }: { readonly from: bigint; readonly to: bigint }, points: number): SparkFrame {
  const end = minuteOf(to);
  const minutes = divCeil(end - minuteOf(from), MINUTE) || 1n;
  const step = divCeil(minutes, BigInt(points));
  return { from: end - divCeil(minutes, step) * step * MINUTE, to: end, step: step * MINUTE };
}

/**
 * As wide as all minutes of a part together, and nothing where one of them has no bound, is missing, or has a hole in it. Of the
 * last part the last minutes may be missing: they are on their way, and how late the host is, its liveness says.
 */
export function drawSpark(id: string, parts: readonly SparkPart[], holes: readonly Hole[], frame: SparkFrame): Spark {
  const count = Number((frame.to - frame.from) / frame.step);
  const known = new Map(parts.filter((part) => isKnown(part, holes, frame)).map((part) => [part.part, part]));
  const ends = (end: "lo" | "hi") => Array.from({ length: count }, (_, part) => known.get(part)?.[end]?.toString() ?? null);
  return { id, lo_ns: ends("lo"), hi_ns: ends("hi") };
}

function isKnown({ part, unbounded, minutes, last }: SparkPart, holes: readonly Hole[], { from, to, step }: SparkFrame): boolean {
  const begins = from + BigInt(part) * step;
  const ends = begins + step;
  const wanted = ends === to ? last + MINUTE - begins : step;
  return !unbounded && BigInt(minutes) * MINUTE === wanted && !holes.some((hole) => hole.from < ends && hole.to >= begins);
}
