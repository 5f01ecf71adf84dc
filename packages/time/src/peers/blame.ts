import { leastHittingSets } from "./hitting-sets.ts";
import type { NegativeCycle } from "./paths.ts";
import type { PeerGraph } from "./peer-graph.ts";
import { shortContradictions } from "./short-cycles.ts";
import { type Contradiction, findContradiction, sayCycle } from "./solve.ts";

/** A conflict is searched for the sets of up to so many hosts that would explain it; beyond, all its hosts are suspects. */
export const SEARCHED_TO = 3;

/** Who may be lying. Names in order. */
export interface Blame {
  /** At least one of each conflict. */
  readonly contradictions: readonly Contradiction[];
  /** In one of the smallest sets of hosts without which nothing contradicts. */
  readonly suspects: readonly string[];
  /** In every such set: only they are accused. */
  readonly flagged: readonly string[];
  /** All others. */
  readonly cleared: readonly string[];
  /** No fewer hosts than this lie: every negative cycle goes through one that does. */
  readonly leastLiars: number;
}

type Host = number;
type HostSet = readonly Host[];

/** Hosts that contradict each other, directly or through one another, and the smallest sets that explain it; null = none small enough. */
interface Conflict {
  readonly hosts: HostSet;
  readonly cycles: readonly HostSet[];
  readonly explanations: readonly HostSet[] | null;
}

/**
 * Blame over a graph (M8). Negative cycles are found as they are needed: sets of hosts are sought that go through all that are
 * known, and each is tried on the whole graph; what then still contradicts is one more to go through. UTC never lies.
 */
export function blame(graph: PeerGraph): Blame {
  const known = new Map<string, NegativeCycle>();
  const note = (cycle: NegativeCycle) => void known.set([...hostsOf(graph, cycle)].sort((a, b) => a - b).join(), cycle);
  for (const cycle of shortContradictions(graph)) note(cycle);
  const first = known.size === 0 ? findContradiction(graph) : null;
  if (first !== null) note(first);
  let conflicts = conflictsOf(graph, known.values());
  for (let more = unexplained(graph, conflicts); more !== null; more = unexplained(graph, conflicts)) {
    note(more);
    conflicts = conflictsOf(graph, known.values());
  }
  return sayBlame(graph, conflicts, [...known.values()]);
}

const hostsOf = ({ tail }: PeerGraph, { arcs }: NegativeCycle): HostSet =>
  arcs.map((arc) => tail[arc] as number).filter((node) => node !== 0);

/** Cycles that share a host belong to one conflict. */
function conflictsOf(graph: PeerGraph, cycles: Iterable<NegativeCycle>): Conflict[] {
  let groups: { hosts: Set<Host>; cycles: HostSet[] }[] = [];
  for (const cycle of cycles) {
    const hosts = hostsOf(graph, cycle);
    const touching = groups.filter((group) => hosts.some((host) => group.hosts.has(host)));
    const merged = {
      hosts: new Set([...hosts, ...touching.flatMap((group) => [...group.hosts])]),
      cycles: [hosts, ...touching.flatMap((group) => group.cycles)],
    };
    groups = [...groups.filter((group) => !touching.includes(group)), merged];
  }
  return groups.map((group) => ({
    hosts: [...group.hosts],
    cycles: group.cycles,
    explanations: leastHittingSets(group.cycles, SEARCHED_TO),
  }));
}

/** So many ways of explaining all conflicts together are tried; of more, each conflict's against the first of the others. */
const TRIED_TOGETHER = 64;

/** A contradiction that some explanation leaves; null = every one of them clears all. */
function unexplained(graph: PeerGraph, conflicts: readonly Conflict[]): NegativeCycle | null {
  for (const removed of trials(conflicts)) {
    const without = new Uint8Array(graph.ids.length);
    for (const host of removed) without[host] = 1;
    const cycle = findContradiction(graph, without);
    if (cycle !== null) return cycle;
  }
  return null;
}

function trials(conflicts: readonly Conflict[]): HostSet[] {
  const choices = conflicts.map(({ explanations, hosts }) => explanations ?? [hosts]);
  const all = choices.reduce((product, { length }) => product * length, 1);
  if (all <= TRIED_TOGETHER)
    return choices.reduce<HostSet[]>((sets, options) => sets.flatMap((set) => options.map((option) => [...set, ...option])), [[]]);
  const others = (at: number) => choices.flatMap((options, index) => (index === at ? [] : (options[0] ?? [])));
  return choices.flatMap((options, index) => options.map((option) => [...option, ...others(index)]));
}

function sayBlame(graph: PeerGraph, conflicts: readonly Conflict[], cycles: readonly NegativeCycle[]): Blame {
  const suspects = new Set(conflicts.flatMap(({ explanations, hosts }) => explanations?.flat() ?? hosts));
  const flagged = conflicts.flatMap(({ explanations, hosts }) =>
    explanations === null ? [] : hosts.filter((host) => explanations.every((set) => set.includes(host))),
  );
  const named = (hosts: Iterable<Host>) => [...hosts].map((host) => graph.ids[host] as string).sort();
  const all = Array.from({ length: graph.ids.length - 1 }, (_, index) => index + 1);
  return {
    contradictions: cycles.map((cycle) => sayCycle(graph, cycle)),
    suspects: named(suspects),
    flagged: named(flagged),
    cleared: conflicts.length === 0 ? [] : named(all.filter((host) => !suspects.has(host))),
    leastLiars: conflicts.reduce((sum, { explanations }) => sum + (explanations?.[0]?.length ?? SEARCHED_TO + 1), 0),
  };
}
