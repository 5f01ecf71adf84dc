import { leastHittingSets } from "./hitting-sets.ts";
import type { NegativeCycle } from "./paths.ts";
import type { PeerGraph } from "./peer-graph.ts";
import { shortContradictions } from "./short-cycles.ts";
import { type Contradiction, findContradiction, sayCycle } from "./solve.ts";
import { together } from "./together.ts";

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

/** Hosts that contradict each other, directly or through one another, and the smallest sets that explain it; null = none small enough, or not searched. */
interface Conflict {
  readonly hosts: HostSet;
  readonly cycles: readonly HostSet[];
  readonly explanations: readonly HostSet[] | null;
  /** As many as the smallest set that goes through its cycles has; one more than is searched for where none was found. */
  readonly least: number;
}

/** Work that can be left off for a moment wherever it yields. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/**
 * Blame over a graph (M8). Negative cycles are found as they are needed: sets of hosts are sought that go through all that are
 * known, and each is tried on the whole graph; what then still contradicts is one more to go through. UTC never lies. Where so many
 * conflicts go on that trying has no end, those of which there is more than one explanation count as not searched, and at last all.
 */
export function* blameInSteps(graph: PeerGraph): Steps<Blame> {
  const known = new Map<string, NegativeCycle>();
  const note = (cycle: NegativeCycle) => void known.set([...hostsOf(graph, cycle)].sort((a, b) => a - b).join(), cycle);
  for (const cycle of shortContradictions(graph)) note(cycle);
  const first = known.size === 0 ? findContradiction(graph) : null;
  if (first !== null) note(first);
  const effort = { trials: 0 };
  for (;;) {
    const conflicts = conflictsOf(graph, known.values()).map((conflict) => ({ ...conflict, explanations: affordable(conflict, effort) }));
    yield;
    const more = yield* unexplained(graph, conflicts, effort);
    if (more === null) return sayBlame(graph, conflicts, [...known.values()]);
    note(more);
  }
}

/** The same without a pause. */
export function blame(graph: PeerGraph): Blame {
  const steps = blameInSteps(graph);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** How often explanations were tried on the whole graph. */
interface Effort {
  trials: number;
}

/** A trial costs as much as bounding the whole fleet does. */
const TRIALS_MOST = 100;

function affordable({ explanations }: Conflict, { trials }: Effort): Conflict["explanations"] {
  if (trials <= TRIALS_MOST) return explanations;
  return trials <= 2 * TRIALS_MOST && explanations?.length === 1 ? explanations : null;
}

const hostsOf = ({ tail }: PeerGraph, { arcs }: NegativeCycle): HostSet =>
  arcs.map((arc) => tail[arc] as number).filter((node) => node !== 0);

/** Cycles that share a host belong to one conflict. */
const conflictsOf = (graph: PeerGraph, known: Iterable<NegativeCycle>): Conflict[] =>
  together(
    [...known].map((cycle) => hostsOf(graph, cycle)),
    (hosts) => hosts,
  ).map((cycles) => {
    const explanations = leastHittingSets(cycles, SEARCHED_TO);
    return { hosts: [...new Set(cycles.flat())], cycles, explanations, least: explanations?.[0]?.length ?? SEARCHED_TO + 1 };
  });

/** So many ways of explaining all conflicts together are tried; of more, each conflict's against the first of the others. */
const TRIED_TOGETHER = 64;

/** A contradiction that some explanation leaves; null = every one of them clears all. */
function* unexplained(graph: PeerGraph, conflicts: readonly Conflict[], effort: Effort): Steps<NegativeCycle | null> {
  for (const removed of trials(conflicts)) {
    const without = new Uint8Array(graph.ids.length);
    for (const host of removed) without[host] = 1;
    effort.trials += 1;
    const cycle = findContradiction(graph, without);
    if (cycle !== null) return cycle;
    yield;
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
    leastLiars: conflicts.reduce((sum, { least }) => sum + least, 0),
  };
}
