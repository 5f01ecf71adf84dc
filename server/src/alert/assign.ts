import type { FindingKind } from "@truebound/wire";
import {
  type Cause,
  familyOf,
  fleetCause,
  groupCause,
  hostCause,
  isRehearsalCause,
  meshCause,
  rankOf,
  rehearsalCause,
  SERVER_CAUSE,
  sourceCause,
  upstreamCause,
} from "./cause.ts";
import type { FleetCounts } from "./fleet-index.ts";
import { groupBy } from "./group-by.ts";

/** A condition that holds, whether or not it is an alert yet, as grouping by cause sees it. */
export interface Case {
  readonly key: string;
  readonly rule: string;
  readonly finding: FindingKind;
  readonly host: CaseHost | null;
  /** Address of the source that it is about. */
  readonly address: string | null;
  /** Sources whose own word keeps the host's clock within its limit, or at it: it may be that it follows them. */
  readonly follows: readonly string[];
  /** The reference id, in words, that its sources have in common. */
  readonly upstream: string | null;
  readonly domain: string | null;
  /** A declared fault shows it. */
  readonly isRehearsal: boolean;
}

export interface CaseHost {
  readonly id: string;
  readonly name: string;
  /** Addresses of its sources. */
  readonly addresses: readonly string[];
  /** Those of them that are false or lost on this very host. */
  readonly bad: readonly string[];
  /** What it has in common with others. */
  readonly values: readonly string[];
}

const ON_SOURCES: ReadonlySet<FindingKind> = new Set(["falseticker", "source_lost"]);

/** What a bad source does to the hosts that use it. */
const CONSEQUENCES: ReadonlySet<FindingKind> = new Set([
  "cannot_prove_limit",
  "bound_exceeds_limit",
  "no_majority",
  "near_limit",
  "will_exceed_in",
  "mixed_timescales",
]);

/** The cause of each, by key, if nothing were open yet. `cutOff` = hosts whose sources are not to blame. */
export function causesOf(
  cases: readonly Case[],
  fleet: FleetCounts,
  blamed: ReadonlySet<string>,
  cutOff: ReadonlySet<string>,
): Map<string, Cause> {
  const causes = new Map<string, Cause>();
  for (const one of cases) {
    const cause = ownCause(one) ?? sourceOfTrouble(one, blamed, cutOff);
    if (cause !== null) causes.set(one.key, cause);
  }
  const left = groupBy(
    cases.filter(({ key }) => !causes.has(key)),
    familyOf,
  );
  for (const [family, some] of left) for (const [key, cause] of groupsOf(family, some, fleet)) causes.set(key, cause);
  for (const { key, host, finding } of cases) if (host !== null && !causes.has(key)) causes.set(key, hostCause(host, finding));
  return causes;
}

/**
 * Addresses that more than half of those who use them call false or lost; at least two must use one to have a majority. Who is
 * cut off is no witness, and an alert that goes on only for its time to clear accuses nobody any more.
 */
export function blamedSources(cases: readonly Case[], fleet: FleetCounts, cutOff: ReadonlySet<string>): Set<string> {
  const accusers = new Map<string, Set<string>>();
  for (const { finding, address, host } of cases) {
    if (!ON_SOURCES.has(finding) || address === null || host === null || !host.bad.includes(address)) continue;
    accusers.set(address, (accusers.get(address) ?? new Set()).add(host.id));
  }
  const blamed = new Set<string>();
  for (const [address, hosts] of accusers) {
    const users = fleet.usersOf(address).filter((id) => !cutOff.has(id));
    if (users.length >= 2 && users.filter((id) => hosts.has(id)).length * 2 > users.length) blamed.add(address);
  }
  return blamed;
}

/**
 * Hosts that lost all their sources together with most of a group that they are in, or most of the fleet: then what lies between
 * is the cause, and no source. Who uses one source alone shows nothing of what lies between. Told by what holds or is an alert
 * yet, so that sources which come back one after the other are not blamed meanwhile.
 */
export function cutOffHosts(cases: readonly Case[], fleet: FleetCounts): Set<string> {
  const lost = new Map<string, { host: CaseHost; addresses: Set<string> }>();
  for (const { finding, address, host } of cases) {
    if (finding !== "source_lost" || address === null || host === null) continue;
    const known = lost.get(host.id) ?? { host, addresses: new Set() };
    known.addresses.add(address);
    lost.set(host.id, known);
  }
  const alone = [...lost.values()].filter(
    ({ host, addresses }) => new Set(host.addresses).size >= 2 && host.addresses.every((one) => addresses.has(one)),
  );
  const byValue = hostsByValue(alone.map(({ host }) => host));
  return new Set([...byValue].flatMap(([value, hosts]) => (isMajority(hosts.size, sizeOf(value, fleet)) ? [...hosts] : [])));
}

function ownCause({ finding, rule, host, upstream, domain }: Case): Cause | null {
  if (upstream !== null) return upstreamCause(upstream);
  if (domain !== null) return meshCause(domain);
  if (host !== null) return null;
  return finding === "server_clock_unproven" ? SERVER_CAUSE : fleetCause(rule);
}

/**
 * What follows from a bad source is found where that source is bad: a host on which it is good has a trouble of its own. The first
 * of the addresses in order, so that the choice between two bad sources is the same in every look.
 */
function sourceOfTrouble(
  { finding, address, host, follows }: Case,
  blamed: ReadonlySet<string>,
  cutOff: ReadonlySet<string>,
): Cause | null {
  if (host !== null && cutOff.has(host.id) && (finding === "source_lost" || CONSEQUENCES.has(finding))) return null;
  if (ON_SOURCES.has(finding)) return address !== null && blamed.has(address) ? sourceCause(address) : null;
  const suspects = finding === "proved_outside_limit" ? follows : CONSEQUENCES.has(finding) ? (host?.bad ?? []) : [];
  const [first] = suspects.filter((one) => blamed.has(one)).sort();
  return first === undefined ? null : sourceCause(first);
}

/** So many hosts must carry a value, or be in the fleet, to be a group. */
const LEAST_GROUP = 3;
const FLEET = "";

interface Cover {
  readonly value: string;
  readonly size: number;
  readonly hosts: ReadonlySet<string>;
}

const sizeOf = (value: string, fleet: FleetCounts): number => (value === FLEET ? fleet.size : fleet.sizeOf(value));
const isMajority = (some: number, size: number): boolean => size >= LEAST_GROUP && some * 2 > size;

/** By each value that they carry, and all of them as the fleet. */
function hostsByValue(hosts: readonly CaseHost[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>([[FLEET, new Set()]]);
  for (const { id, values } of hosts)
    for (const value of [FLEET, ...values]) {
      const some = found.get(value);
      if (some === undefined) found.set(value, new Set([id]));
      else some.add(id);
    }
  return found;
}

/** Greedy: the value that covers most of what is left; of equals the smaller group. What is left then joins the first that takes it in. */
function groupsOf(family: string, cases: readonly Case[], fleet: FleetCounts): Map<string, Cause> {
  const covers = coversOf(cases, fleet);
  const left = new Set(covers.flatMap(({ hosts }) => [...hosts]));
  const chosen: string[] = [];
  const byHost = new Map<string, string>();
  for (let best = bestOf(covers, left); best !== null; best = bestOf(covers, left)) {
    chosen.push(best.value);
    for (const id of best.hosts) if (left.delete(id)) byHost.set(id, best.value);
  }
  const whichOf = (host: CaseHost): string | undefined => byHost.get(host.id) ?? chosen.find((value) => host.values.includes(value));
  return new Map(
    cases.flatMap(({ key, host }) => {
      const value = host === null ? undefined : whichOf(host);
      return value === undefined ? [] : [[key, value === FLEET ? fleetCause(family) : groupCause(value, family)] as const];
    }),
  );
}

/**
 * Values of which one rule holds on more than half of the hosts, each with the hosts that such a rule holds of. The fleet takes in
 * all, so that no group is left beside it which would move into it at once.
 */
function coversOf(cases: readonly Case[], fleet: FleetCounts): Cover[] {
  const covers = new Map<string, Cover & { readonly hosts: Set<string> }>();
  const all = cases.flatMap(({ host }) => host?.id ?? []);
  for (const some of groupBy(cases, ({ rule }) => rule).values()) {
    const hosts = new Map(some.flatMap(({ host }) => (host === null ? [] : [[host.id, host]])));
    for (const [value, ids] of hostsByValue([...hosts.values()])) {
      const size = sizeOf(value, fleet);
      if (!isMajority(ids.size, size)) continue;
      const cover = covers.get(value) ?? { value, size, hosts: new Set() };
      for (const id of value === FLEET ? all : ids) cover.hosts.add(id);
      covers.set(value, cover);
    }
  }
  return [...covers.values()];
}

/** Null = none covers anybody of those who are left; one host that is left is its own matter. */
function bestOf(covers: readonly Cover[], left: ReadonlySet<string>): Cover | null {
  const counted = covers.map((cover) => ({ cover, count: [...cover.hosts].filter((id) => left.has(id)).length }));
  const [best] = counted
    .filter(({ count }) => count >= 2)
    .sort((a, b) => b.count - a.count || a.cover.size - b.cover.size || (a.cover.value < b.cover.value ? -1 : 1));
  return best?.cover ?? null;
}

/** In which incident each case belongs. What is rehearsed is a matter by itself, and accuses nobody. */
export function assign(
  cases: readonly Case[],
  open: readonly Cause[],
  inIncident: ReadonlyMap<string, Cause>,
  fleet: FleetCounts,
): Map<string, Cause> {
  const rehearsed = cases.flatMap(({ key, host, isRehearsal }) =>
    isRehearsal && host !== null ? [[key, rehearsalCause(host)] as const] : [],
  );
  const real = cases.filter(({ isRehearsal, host }) => !isRehearsal || host === null);
  const present = new Map([...inIncident].filter(([, cause]) => !isRehearsalCause(cause)));
  return new Map([...rehearsed, ...assignReal(real, open, present, fleet)]);
}

/**
 * An alert stays in its incident while that is open, unless a cause is found that explains
 * more; and what fits an incident that is open joins it rather than beginning another.
 */
function assignReal(
  cases: readonly Case[],
  open: readonly Cause[],
  inIncident: ReadonlyMap<string, Cause>,
  fleet: FleetCounts,
): Map<string, Cause> {
  const openSources = open.filter(({ kind }) => kind === "source").map(({ name }) => name);
  const cutOff = cutOffHosts(cases, fleet);
  const blamed = new Set([...blamedSources(cases, fleet, cutOff), ...openSources]);
  const ideal = causesOf(cases, fleet, blamed, cutOff);
  const openByKey = new Map(open.map((cause) => [cause.key, cause]));
  return new Map(
    cases.flatMap((one) => {
      const wanted = ideal.get(one.key);
      if (wanted === undefined) return [];
      const joined = widest(wanted, openFor(one, openByKey));
      const present = inIncident.get(one.key);
      return [[one.key, present !== undefined && rankOf(present) >= rankOf(joined) ? present : joined] as const];
    }),
  );
}

/** Groups that are open for the matter and take this host in. */
const openFor = (one: Case, open: ReadonlyMap<string, Cause>): Cause[] => {
  const family = familyOf(one);
  const keys = (one.host?.values ?? []).map((value) => groupCause(value, family).key);
  return [...keys, ...(one.host === null ? [] : [fleetCause(family).key])].flatMap((key) => open.get(key) ?? []);
};

/** Of equals the one that is open already. */
const widest = (wanted: Cause, open: readonly Cause[]): Cause =>
  open.reduce((best, one) => (rankOf(one) >= rankOf(best) ? one : best), wanted);
