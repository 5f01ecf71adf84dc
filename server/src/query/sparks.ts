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
  const wish = readWish(parameters);
  if (isRefusal(wish)) return wish;
  const range = await readRange(store, parameters, "now-6h");
  if (isRefusal(range)) return range;
  if (range.to - range.from > RANGE_MAX) return refuse("bad_request", "Cannot draw more than 24 hours of hosts at once");
  const there = new Set(fleet.entries().map(({ record }) => record.id));
  const frame = sparkFrame(range, wish.points);
  const seen = wish.ids.filter((id) => there.has(id));
  return { from: formatUtc(utc(frame.from)), to: formatUtc(utc(frame.to)), items: await sparksOf(store, seen, frame) };
}

function readWish({ ids = "", points }: Parameters): { readonly ids: readonly string[]; readonly points: number } | Refusal {
  const hosts = [...new Set(ids.split(","))];
  if (hosts.length > HOSTS_MAX || !hosts.every((id) => UUID.test(id)))
    return refuse("bad_request", `Cannot draw these hosts: ids are those of 1 to ${HOSTS_MAX} hosts, joined by commas`);
  const count = readCount(points, POINTS_DEFAULT, POINTS_MAX);
  if (count === null) return refuse("bad_request", `Cannot draw ${points} points: points is a number from 1 to ${POINTS_MAX}`);
  return { ids: hosts, points: count };
}

async function sparksOf(store: QuestionPorts["store"], hosts: readonly string[], frame: SparkFrame): Promise<Spark[]> {
  const parts = byHost(await store.sparkParts(hosts, frame));
  const holed = await store.holed(hosts, frame.from);
  const items: Spark[] = [];
  for (const id of hosts) {
    const holes = holed.includes(id) ? await store.holes(id, utc(frame.from)) : [];
    items.push(drawSpark(id, parts.get(id) ?? [], holes, frame));
  }
  return items;
}

function byHost(parts: readonly SparkPart[]): ReadonlyMap<string, SparkPart[]> {
  const found = new Map<string, SparkPart[]>();
  for (const part of parts) {
    const known = found.get(part.host);
    if (known === undefined) found.set(part.host, [part]);
    else known.push(part);
  }
  return found;
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
