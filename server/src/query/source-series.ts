import { formatUtc, utc } from "@truebound/time";
import { type Batch, type SourceSeries, unpackColumn } from "@truebound/wire";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import type { FleetSources } from "../source/fleet-sources.ts";
import { offsetParts, type PartFrame, type SeenOffset } from "../source/offset-parts.ts";
import { keyOf, offsetOf, type Sighting } from "../source/sighting.ts";
import { callsFalse } from "../source/source-verdict.ts";
import { EvidenceBudget } from "./evidence-budget.ts";
import type { QueryStore } from "./ports.ts";
import { type Parameters, readCount, readRange } from "./questions.ts";
import { type SourcePorts, sourceNamed } from "./sources.ts";
import type { Reading } from "./stored-readings.ts";

export interface SourceSeriesPorts extends SourcePorts, Reading {
  readonly store: Pick<QueryStore, "now" | "evidenceSpread">;
}

/** Each of them is as many looks into the database as there are points. */
const HOSTS_MOST = 8;
const POINTS_DEFAULT = 120;
const POINTS_MAX = 240;

/** Where its offset lay by batches of some of its users: of each part of the range the first one of each that is in the database. */
export async function askSourceSeries(ports: SourceSeriesPorts, parameters: Parameters): Promise<SourceSeries | Refusal> {
  const sources = ports.look();
  const summary = sourceNamed(sources, parameters.id ?? "");
  if (summary === undefined) return refuse("not_found", "No host of the fleet uses a source with this address or name");
  const parts = readCount(parameters.points, POINTS_DEFAULT, POINTS_MAX);
  if (parts === null) return refuse("bad_request", `Cannot draw ${parameters.points} points: points is a number from 1 to ${POINTS_MAX}`);
  const range = await readRange(ports.store, parameters, "now-6h");
  if (isRefusal(range)) return range;
  const users = usersOf(sources, summary.id);
  const looked = users.slice(0, HOSTS_MOST);
  const frame = { ...range, parts };
  const { seen, isCut } = await seenBy(ports, looked, summary.id, frame);
  const step = (range.to - range.from) / BigInt(parts);
  return {
    from: formatUtc(range.from),
    to: formatUtc(range.to),
    hosts: looked.length,
    left_out: users.length - looked.length,
    step_ns: String(step),
    points: offsetParts(seen, frame).map(({ part, hull, hosts, falseBy }) => ({
      t: formatUtc(utc(range.from + (BigInt(part) * (range.to - range.from)) / BigInt(parts))),
      lo_ns: String(hull.lo),
      hi_ns: String(hull.hi),
      hosts,
      false_by: falseBy,
    })),
    is_cut: isCut,
  };
}

/** Those that call it false first, then those that know their own clock best, and say most of its. */
const usersOf = ({ sightings }: FleetSources, id: string): readonly Sighting[] =>
  (sightings.get(id) ?? []).toSorted(
    (a, b) => Number(callsFalse(b.source.state)) - Number(callsFalse(a.source.state)) || Number(widthOf(a) - widthOf(b)),
  );

const WIDEST = 2n ** 63n;
const widthOf = ({ offset }: Sighting): bigint => (offset === null ? WIDEST : offset.hi - offset.lo);

/** Ends where one question has read enough. */
async function seenBy(
  { store, read, pause }: SourceSeriesPorts,
  users: readonly Sighting[],
  id: string,
  { from, to, parts }: PartFrame,
): Promise<{ readonly seen: SeenOffset[]; readonly isCut: boolean }> {
  const budget = new EvidenceBudget();
  const seen: SeenOffset[] = [];
  for (const { entry } of users) {
    const { id: host, name } = entry.record;
    for (const { text, isWhole, lastUtc } of await store.evidenceSpread(host, from, to, parts)) {
      const body = text();
      budget.takeText(body.length, isWhole);
      if (budget.isSpent) return { seen, isCut: true };
      const told = seenIn(read(body, host, isWhole).batch, id, name);
      if (told !== null) seen.push({ ...told, at: lastUtc });
      await pause();
    }
  }
  return { seen, isCut: false };
}

/** What was made up for a rehearsal says nothing of the source. */
export function seenIn({ sources, bounds, rehearsal }: Batch, id: string, host: string): Omit<SeenOffset, "at"> | null {
  const source = sources.find((one) => keyOf(one, host) === id);
  const [lo, hi] = [unpackColumn(bounds.lo_ns).at(-1), unpackColumn(bounds.hi_ns).at(-1)];
  if (source === undefined || rehearsal !== undefined || lo == null || hi == null) return null;
  const offset = offsetOf(source, { lo, hi });
  return offset && { offset, isFalse: callsFalse(source.state) };
}
