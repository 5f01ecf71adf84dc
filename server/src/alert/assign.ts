import type { FindingKind } from "@truebound/wire";
import { type Cause, fleetCause, groupCause, hostCause, meshCause, rankOf, SERVER_CAUSE, sourceCause, upstreamCause } from "./cause.ts";
import type { FleetCounts } from "./fleet-index.ts";

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

function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}

/** The cause of each, by key, if nothing were open yet. */
export function causesOf(cases: readonly Case[], fleet: FleetCounts, blamed: ReadonlySet<string>): Map<string, Cause> {
  const causes = new Map<string, Cause>();
  for (const one of cases) {
    const cause = ownCause(one) ?? sourceOfTrouble(one, blamed);
    if (cause !== null) causes.set(one.key, cause);
  }
  const left = groupBy(
    cases.filter(({ key }) => !causes.has(key)),
    ({ rule }) => rule,
  );
  for (const [rule, some] of left) for (const [key, cause] of groupsOf(rule, some, fleet)) causes.set(key, cause);
  for (const { key, host, finding } of cases) if (host !== null && !causes.has(key)) causes.set(key, hostCause(host, finding));
  return causes;
}

/** Addresses that more than half of those who use them call false or lost; at least two must use one to have a majority. */
export function blamedSources(cases: readonly Case[], fleet: FleetCounts): Set<string> {
  const accusers = new Map<string, Set<string>>();
  for (const { finding, address, host } of cases) {
    if (!ON_SOURCES.has(finding) || address === null || host === null) continue;
    accusers.set(address, (accusers.get(address) ?? new Set()).add(host.id));
  }
  const blamed = new Set<string>();
  for (const [address, hosts] of accusers) {
    const users = fleet.usersOf(address);
    if (users.length >= 2 && users.filter((id) => hosts.has(id)).length * 2 > users.length) blamed.add(address);
  }
  return blamed;
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
function sourceOfTrouble({ finding, address, host, follows }: Case, blamed: ReadonlySet<string>): Cause | null {
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

/** Greedy: the value that covers most of what is left; of equals the smaller group. */
function groupsOf(rule: string, cases: readonly Case[], fleet: FleetCounts): Map<string, Cause> {
  const byHost = groupBy(
    cases.filter(({ host }) => host !== null),
    ({ host }) => (host as CaseHost).id,
  );
  const covers = coversOf(byHost, fleet);
  const found = new Map<string, Cause>();
  const left = new Set(byHost.keys());
  for (;;) {
    const best = bestOf(covers, left);
    if (best === null) return found;
    const cause = best.value === FLEET ? fleetCause(rule) : groupCause(best.value, rule);
    for (const id of best.hosts) if (left.delete(id)) for (const { key } of byHost.get(id) ?? []) found.set(key, cause);
  }
}

function coversOf(byHost: ReadonlyMap<string, readonly Case[]>, fleet: FleetCounts): Cover[] {
  const hosts = new Map<string, Set<string>>([[FLEET, new Set(byHost.keys())]]);
  for (const [id, [one]] of byHost) for (const value of one?.host?.values ?? []) hosts.set(value, (hosts.get(value) ?? new Set()).add(id));
  return [...hosts]
    .map(([value, some]) => ({ value, size: value === FLEET ? fleet.size : fleet.sizeOf(value), hosts: some }))
    .filter(({ size, hosts: some }) => size >= LEAST_GROUP && some.size * 2 > size);
}

/** Null = none covers anybody of those who are left; one host that is left is its own matter. */
function bestOf(covers: readonly Cover[], left: ReadonlySet<string>): Cover | null {
  const counted = covers.map((cover) => ({ cover, count: [...cover.hosts].filter((id) => left.has(id)).length }));
  const [best] = counted
    .filter(({ count }) => count >= 2)
    .sort((a, b) => b.count - a.count || a.cover.size - b.cover.size || (a.cover.value < b.cover.value ? -1 : 1));
  return best?.cover ?? null;
}

/**
 * In which incident each case belongs. An alert stays in its incident while that is open, unless a cause is found that explains
 * more; and what fits an incident that is open joins it rather than beginning another.
 */
export function assign(
  cases: readonly Case[],
  open: readonly Cause[],
  inIncident: ReadonlyMap<string, Cause>,
  fleet: FleetCounts,
): Map<string, Cause> {
  const openSources = open.filter(({ kind }) => kind === "source").map(({ name }) => name);
  const blamed = new Set([...blamedSources(cases, fleet), ...openSources]);
  const ideal = causesOf(cases, fleet, blamed);
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

/** Groups that are open for the rule and take this host in. */
const openFor = ({ rule, host }: Case, open: ReadonlyMap<string, Cause>): Cause[] =>
  [...(host?.values ?? []).map((value) => groupCause(value, rule).key), ...(host === null ? [] : [fleetCause(rule).key])].flatMap(
    (key) => open.get(key) ?? [],
  );

/** Of equals the one that is open already. */
const widest = (wanted: Cause, open: readonly Cause[]): Cause =>
  open.reduce((best, one) => (rankOf(one) >= rankOf(best) ? one : best), wanted);
