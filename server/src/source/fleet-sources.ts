import { formatUtc, refidInWords, type UtcInstant, upstreamOf } from "@truebound/time";
import {
  type BatchSource,
  type SharedUpstream,
  SOURCE_VERDICTS,
  type SourceSummary,
  type SourceTotals,
  type SourceVerdict,
} from "@truebound/wire";
import { rootOf } from "../fleet/source-view.ts";
import type { FleetEntry } from "../fleet/watcher.ts";
import { groupBy } from "./group-by.ts";
import { offsetsOf } from "./quantiles.ts";
import { type Sighting, sightingsByHost } from "./sighting.ts";
import { verdictOf, verdictWords } from "./source-verdict.ts";
import { SourceTally } from "./tally.ts";
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
  const byHost = sightingsByHost(entries);
  const tallies = talliesOf(byHost);
  const told = new Map([...tallies].map(([key, tally]) => [key, tally.told]));
  const votes = votesOfFleet(
    [...told].map(([key, { address, refid, stratum }]) => ({ key, address, refid, stratum })),
    refidOf,
  );
  const present = byHost.filter(([first]) => first?.counts);
  const soles = solesOf(present, votes);
  const soleFor = countBy(soles.values());
  const byRefid = new Map([...told].flatMap(([key, { address }]) => (address === null ? [] : [[refidOf(address), key] as const])));
  const shared = sharedOf({ told, votes, present, soleFor, byRefid });
  const sharing = new Set(shared.map(({ id }) => id));
  const summaries = [...tallies.values()].map((tally) => {
    const vote = votes.get(tally.key) ?? tally.key;
    const upstream = upstreamOf(tally.told);
    return {
      ...summary(tally),
      upstream: upstream === null ? null : (byRefid.get(upstream) ?? null),
      shares: sharing.has(vote) ? vote : null,
      sole_for: soleFor.get(vote) ?? 0,
    };
  });
  summaries.sort(worstFirst);
  return {
    asOf: latest(present.flatMap(([first]) => first?.entry.record.receivedAt ?? [])),
    totals: totalsOf(summaries, { hosts: present.length, soleHosts: soles.size, soleVotes: soleFor.size }),
    shared,
    summaries,
    sightings: new Map([...tallies].map(([key, { sightings }]) => [key, sightings])),
    soles,
    votes,
  };
}

function talliesOf(byHost: readonly (readonly Sighting[])[]): Map<string, SourceTally> {
  const tallies = new Map<string, SourceTally>();
  for (const sightings of byHost)
    for (const one of sightings) {
      let tally = tallies.get(one.key);
      if (tally === undefined) {
        tally = new SourceTally(one);
        tallies.set(one.key, tally);
      }
      tally.add(one);
    }
  return tallies;
}

function summary(tally: SourceTally): Omit<SourceSummary, "upstream" | "shares" | "sole_for"> {
  const { told, stands, users } = tally;
  const verdict = verdictOf(stands);
  return {
    id: tally.key,
    address: told.address,
    names: tally.names,
    origins: tally.origins,
    verdict,
    words: verdictWords(verdict, stands),
    users,
    agreeing: stands.agreeing,
    false_by: stands.falsely,
    undecided_by: stands.undecided,
    unheard_by: stands.unheard,
    past_users: tally.sightings.length - users,
    stratum: told.stratum,
    refid: told.refid === null ? null : refidInWords(told.refid, told.stratum),
    leap: told.leap,
    told_otherwise: tally.otherwise,
    ...rootOf(told),
    declared_for: tally.declaredFor,
    declaration_void_for: tally.voidFor,
    ...(told.declaration === undefined ? {} : { declaration: told.declaration }),
    local_reference: tally.isLocal,
    ...kindOf(told),
    nts_users: tally.ntsUsers,
    authenticated_by: tally.authenticatedBy,
    nts_identities: tally.identities,
    timescale: tally.timescale,
    last_heard_at: tally.lastHeard === null ? null : formatUtc(tally.lastHeard),
    apart_ns: tally.apart === 0n ? null : tally.apart.toString(),
    offsets: offsetsOf(tally.offsets),
  };
}

/** Nothing of a server of NTP. */
const kindOf = ({ kind = "ntp", counts = true, document = null }: BatchSource): Partial<SourceSummary> =>
  kind === "ntp" ? {} : { kind, counts, document };

const latest = (instants: readonly UtcInstant[]): string | null =>
  instants.length === 0 ? null : formatUtc(instants.reduce((most, one) => (one > most ? one : most)));

/** Hosts whose agreeing sources all share one vote. */
function solesOf(present: readonly (readonly Sighting[])[], votes: ReadonlyMap<string, string>): Map<string, string> {
  const soles = new Map<string, string>();
  for (const sightings of present) {
    const only = onlyVote(sightings, votes);
    const [first] = sightings;
    if (only !== null && first !== undefined) soles.set(first.entry.record.id, only);
  }
  return soles;
}

/** Null = none agrees, or two votes do. */
function onlyVote(sightings: readonly Sighting[], votes: ReadonlyMap<string, string>): string | null {
  let only: string | null = null;
  for (const { source, key } of sightings) {
    if (source.state !== "agrees" || source.counts === false) continue;
    const vote = votes.get(key) ?? key;
    if (only !== null && vote !== only) return null;
    only = vote;
  }
  return only;
}

interface SharingFacts {
  readonly told: ReadonlyMap<string, BatchSource>;
  readonly votes: ReadonlyMap<string, string>;
  /** Those that count, host by host. */
  readonly present: readonly (readonly Sighting[])[];
  readonly soleFor: ReadonlyMap<string, number>;
  readonly byRefid: ReadonlyMap<number, string>;
}

function sharedOf({ told, votes, present, soleFor, byRefid }: SharingFacts): SharedUpstream[] {
  const groups = [...groupBy(told, ([key]) => votes.get(key) ?? key)].filter(([, members]) => members.length > 1);
  const hosts = hostsOfTwo(present, new Map(groups.flatMap(([id, members]) => members.map(([key]) => [key, id]))));
  return groups
    .map(([id, members]) => {
      const sources = members.map(([key]) => key).sort();
      const clock = clockOf(
        members.map(([key, { address, refid, stratum }]) => ({ key, address, refid, stratum })),
        byRefid,
      );
      const words = `these ${sources.length} sources follow one clock, ${clock.source ?? clock.refid}: one vote`;
      return { id, clock, sources, hosts: hosts.get(id) ?? 0, sole_for: soleFor.get(id) ?? 0, words };
    })
    .sort((a, b) => b.sole_for - a.sole_for || b.hosts - a.hosts || (a.id < b.id ? -1 : 1));
}

/** By vote, how many hosts use two sources of it or more. */
function hostsOfTwo(present: readonly (readonly Sighting[])[], voteOf: ReadonlyMap<string, string>): Map<string, number> {
  const hosts = new Map<string, number>();
  for (const sightings of present) for (const vote of votesOfTwo(sightings, voteOf)) hosts.set(vote, (hosts.get(vote) ?? 0) + 1);
  return hosts;
}

/** No host has more sources than a hand or two, so looking along them costs less than counting in a map. */
function votesOfTwo(sightings: readonly Sighting[], voteOf: ReadonlyMap<string, string>): string[] {
  const [once, twice]: [string[], string[]] = [[], []];
  for (const { key } of sightings) {
    const vote = voteOf.get(key);
    if (vote === undefined) continue;
    if (!once.includes(vote)) once.push(vote);
    else if (!twice.includes(vote)) twice.push(vote);
  }
  return twice;
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
