import type { Interval, UtcInstant } from "@truebound/time";
import type { BatchSource } from "@truebound/wire";
import type { FleetEntry } from "../fleet/watcher.ts";

/** One host's view of one source. */
export interface Sighting {
  /** Of the source, for the whole fleet. */
  readonly key: string;
  readonly entry: FleetEntry;
  readonly source: BatchSource;
  /** The host is heard, and what it reports is a measurement of now. */
  readonly counts: boolean;
  /** When the host reported it. Kept here, since a look reads it for each of some ten thousand. */
  readonly asOf: UtcInstant | null;
  /** What both together say of the source's offset (UTC minus source); null = one of them says nothing. */
  readonly offset: Interval | null;
  /** It is off by this at least; 0 = it need not be. */
  readonly apart: bigint;
}

const OUT_OF_SERVICE: readonly FleetEntry["liveness"][] = ["retired", "revoked"];

/** Host by host; none of one that uses no source. */
export const sightingsByHost = (entries: readonly FleetEntry[]): (readonly Sighting[])[] =>
  entries.filter(({ liveness, record }) => record.sources.length > 0 && !OUT_OF_SERVICE.includes(liveness)).map(sightingsOf);

interface Seen {
  readonly liveness: FleetEntry["liveness"];
  readonly sightings: readonly Sighting[];
}

/** A record never changes, and most hosts have not reported again between two looks: what was made of one is kept with it. */
const SEEN = new WeakMap<FleetEntry["record"], Seen>();

function sightingsOf(entry: FleetEntry): readonly Sighting[] {
  const { record, liveness } = entry;
  const known = SEEN.get(record);
  if (known?.liveness === liveness) return known.sightings;
  const sightings = oncePerKey(record.sources.map((source) => sighting(entry, source)));
  SEEN.set(record, { liveness, sightings });
  return sightings;
}

/** A host that knows one machine by two names is one user of it; its first name counts. */
function oncePerKey(sightings: readonly Sighting[]): readonly Sighting[] {
  if (new Set(sightings.map(({ key }) => key)).size === sightings.length) return sightings;
  const byKey = new Map<string, Sighting>();
  for (const one of sightings.toReversed()) byKey.set(one.key, one);
  return [...byKey.values()];
}

function sighting(entry: FleetEntry, source: BatchSource): Sighting {
  const { record, liveness } = entry;
  const isHeard = liveness === "reporting" || liveness === "late";
  const offset = offsetOf(source, record.bound);
  return {
    key: keyOf(source, record.name),
    entry,
    source,
    counts: isHeard && !record.unreadable && record.rehearsal === null,
    asOf: record.asOf,
    offset,
    apart: offset === null ? 0n : offset.lo > 0n ? offset.lo : offset.hi < 0n ? -offset.hi : 0n,
  };
}

/** Two ports of one machine are one clock, and the machine itself is another one on each host. So is what no server of NTP is. */
export const keyOf = ({ id, address, kind = "ntp" }: BatchSource, host: string): string =>
  kind !== "ntp"
    ? `${id} of ${host}`
    : address === null
      ? id
      : address === "127.0.0.1" || address === "::1"
        ? `${address} of ${host}`
        : address;

/** UTC − host lies in the host's bound and source − host in what the source says, so UTC − source lies in their difference. */
export function offsetOf({ lo_ns, hi_ns }: BatchSource, host: Interval | null): Interval | null {
  if (lo_ns === null || hi_ns === null || host === null) return null;
  return { lo: host.lo - BigInt(hi_ns), hi: host.hi - BigInt(lo_ns) };
}
