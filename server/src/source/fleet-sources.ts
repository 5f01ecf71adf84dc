import { formatUtc, refidInWords, type UtcInstant, upstreamOf } from "@truebound/time";
import { type SharedUpstream, SOURCE_VERDICTS, type SourceSummary, type SourceTotals, type SourceVerdict } from "@truebound/wire";
import type { FleetEntry } from "../fleet/watcher.ts";
import { groupBy } from "./group-by.ts";
import { offsetsOf } from "./quantiles.ts";
import { type Sighting, sightingsOf } from "./sighting.ts";
import { standsOf, verdictOf, verdictWords } from "./source-verdict.ts";
import { type FleetSource, votesOfFleet } from "./votes-of-fleet.ts";

/** All sources of all hosts, as they were seen at one look. */
export interface FleetSources {
  readonly asOf: string | null;
  readonly totals: SourceTotals;
  readonly shared: readonly SharedUpstream[];
  /** Worst first. */
  readonly summaries: readonly SourceSummary[];
  readonly sightings: ReadonlyMap<string, readonly Sighting[]>;
  /** By host the vote that its bound rests on alone. */
  readonly soles: ReadonlyMap<string, string>;
  readonly votes: ReadonlyMap<string, string>;
}

export function lookAtSources(entries: readonly FleetEntry[], refidOf: (address: string) => number): FleetSources {
  const all = sightingsOf(entries);
  const sightings = groupBy(all, ({ key }) => key);
  const told = new Map([...sightings].map(([key, of]) => [key, latestOf(of)]));
  const votes = votesOfFleet(
    [...told].map(([key, { source }]) => ({ key, ...source })),
    refidOf,
  );
  const present = groupBy(
    all.filter(({ counts }) => counts),
    ({ entry }) => entry.record.id,
  );
  const soles = solesOf(present, votes);
  const soleFor = countBy(soles.values());
  const byRefid = new Map(
    [...told].flatMap(([key, { source }]) => (source.address === null ? [] : [[refidOf(source.address), key] as const])),
  );
  const shared = sharedOf({ told, votes, present, soleFor, byRefid });
  const sharing = new Set(shared.map(({ id }) => id));
  const summaries = [...sightings].map(([key, of]) => {
    const vote = votes.get(key) ?? key;
    const upstream = upstreamOf(told.get(key)?.source ?? NOTHING);
    return {
      ...summary(key, of),
      upstream: upstream === null ? null : (byRefid.get(upstream) ?? null),
      shares: sharing.has(vote) ? vote : null,
      sole_for: soleFor.get(vote) ?? 0,
    };
  });
  summaries.sort(worstFirst);
  const received = all.flatMap(({ counts, entry }) => (counts && entry.record.receivedAt !== null ? [entry.record.receivedAt] : []));
  return {
    asOf: latest(received),
    totals: totalsOf(summaries, { hosts: present.size, soleHosts: soles.size, soleVotes: soleFor.size }),
    shared,
    summaries,
    sightings,
    soles,
    votes,
  };
}

const NOTHING = { refid: null, stratum: null };

/** Whom it answered last knows best what it says of itself; of those that count, where there are any. */
function latestOf(sightings: readonly Sighting[]): Sighting {
  const rank = ({ counts, source, entry }: Sighting) => [Number(counts), Number(source.refid !== null), entry.record.asOf ?? 0n] as const;
  return sightings.reduce((best, next) => {
    const [a, b] = [rank(best), rank(next)];
    const isBetter = b[0] !== a[0] ? b[0] > a[0] : b[1] !== a[1] ? b[1] > a[1] : b[2] > a[2];
    return isBetter ? next : best;
  });
}

function summary(key: string, sightings: readonly Sighting[]): Omit<SourceSummary, "upstream" | "shares" | "sole_for"> {
  const told = latestOf(sightings).source;
  const counted = sightings.filter(({ counts }) => counts);
  const stands = standsOf(counted);
  const verdict = verdictOf(stands);
  const answered = counted.filter(({ source }) => source.stratum !== null);
  const apart = counted.reduce((most, one) => (one.apart > most ? one.apart : most), 0n);
  const heard = sightings.filter(({ source }) => source.lo_ns !== null).flatMap(({ entry }) => entry.record.asOf ?? []);
  return {
    id: key,
    address: told.address,
    names: [...new Set(sightings.map(({ source }) => source.id))].sort().slice(0, 8),
    origins: [...new Set(sightings.map(({ source }) => source.origin))].sort(),
    verdict,
    words: verdictWords(verdict, stands),
    users: counted.length,
    agreeing: stands.agreeing,
    false_by: stands.falsely,
    undecided_by: stands.undecided,
    unheard_by: stands.unheard,
    past_users: sightings.length - counted.length,
    stratum: told.stratum,
    refid: told.refid === null ? null : refidInWords(told.refid, told.stratum),
    leap: told.leap,
    told_otherwise: answered.filter(({ source: s }) => s.stratum !== told.stratum || s.refid !== told.refid || s.leap !== told.leap).length,
    local_reference: sightings.some(({ source }) => source.local_reference),
    timescale: oneOf(sightings.map(({ source }) => source.timescale)),
    last_heard_at: latest(heard),
    apart_ns: apart === 0n ? null : apart.toString(),
    offsets: offsetsOf(counted.flatMap(({ offset }) => offset ?? [])),
  };
}

const oneOf = <T>(values: readonly (T | undefined)[]): T | null => {
  const [first] = values;
  return first !== undefined && values.every((value) => value === first) ? first : null;
};

const latest = (instants: readonly UtcInstant[]): string | null =>
  instants.length === 0 ? null : formatUtc(instants.reduce((most, one) => (one > most ? one : most)));

/** Hosts whose agreeing sources all share one vote. */
function solesOf(present: ReadonlyMap<string, readonly Sighting[]>, votes: ReadonlyMap<string, string>): Map<string, string> {
  const soles = new Map<string, string>();
  for (const [host, sightings] of present) {
    const agreeing = sightings.filter(({ source }) => source.state === "agrees");
    const found = new Set(agreeing.map(({ key }) => votes.get(key) ?? key));
    const [only] = found;
    if (found.size === 1 && only !== undefined) soles.set(host, only);
  }
  return soles;
}

interface SharingFacts {
  readonly told: ReadonlyMap<string, Sighting>;
  readonly votes: ReadonlyMap<string, string>;
  readonly present: ReadonlyMap<string, readonly Sighting[]>;
  readonly soleFor: ReadonlyMap<string, number>;
  readonly byRefid: ReadonlyMap<number, string>;
}

function sharedOf({ told, votes, present, soleFor, byRefid }: SharingFacts): SharedUpstream[] {
  const hosts = new Map<string, number>();
  for (const sightings of present.values())
    for (const [vote, count] of countBy(sightings.map(({ key }) => votes.get(key) ?? key)))
      if (count > 1) hosts.set(vote, (hosts.get(vote) ?? 0) + 1);
  const groups = [...groupBy(told, ([key]) => votes.get(key) ?? key)].filter(([, members]) => members.length > 1);
  return groups
    .map(([id, members]) => {
      const sources = members.map(([key]) => key).sort();
      const clock = clockOf(
        members.map(([key, { source }]) => ({ key, ...source })),
        byRefid,
      );
      const words = `these ${sources.length} sources follow one clock, ${clock.source ?? clock.refid}: one vote`;
      return { id, clock, sources, hosts: hosts.get(id) ?? 0, sole_for: soleFor.get(id) ?? 0, words };
    })
    .sort((a, b) => b.sole_for - a.sole_for || b.hosts - a.hosts || (a.id < b.id ? -1 : 1));
}

/** What most of them name; the smaller refid of equals, so that it does not change from look to look. */
function clockOf(members: readonly FleetSource[], byRefid: ReadonlyMap<number, string>): SharedUpstream["clock"] {
  const named = [...countBy(members.flatMap((member) => upstreamOf(member) ?? []))].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const refid = named[0]?.[0] ?? 0;
  return { refid: refidInWords(refid, 2), source: byRefid.get(refid) ?? null };
}

function countBy<T>(values: Iterable<T>): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

const rank = (verdict: SourceVerdict): number => SOURCE_VERDICTS.indexOf(verdict);
export const worstFirst = (a: SourceSummary, b: SourceSummary): number =>
  rank(a.verdict) - rank(b.verdict) ||
  Number(b.apart_ns ?? 0) - Number(a.apart_ns ?? 0) ||
  b.users - a.users ||
  (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

function totalsOf(
  summaries: readonly SourceSummary[],
  { hosts, soleHosts, soleVotes }: { readonly hosts: number; readonly soleHosts: number; readonly soleVotes: number },
): SourceTotals {
  const counts = countBy(summaries.map(({ verdict }) => verdict));
  const apart = summaries.reduce((most, { apart_ns }) => (BigInt(apart_ns ?? 0) > most ? BigInt(apart_ns ?? 0) : most), 0n);
  return {
    hosts,
    sources: summaries.length,
    by_verdict: Object.fromEntries(SOURCE_VERDICTS.map((verdict) => [verdict, counts.get(verdict) ?? 0])) as SourceTotals["by_verdict"],
    apart_ns: apart === 0n ? null : apart.toString(),
    sole_hosts: soleHosts,
    sole_votes: soleVotes,
  };
}
