import { type Blame, SEARCHED_TO } from "./blame.ts";
import { leastHittingSets } from "./hitting-sets.ts";
import { UTC_NODE } from "./peer-graph.ts";
import type { Contradiction } from "./solve.ts";
import { together } from "./together.ts";

/**
 * The conflicts that a blame is made of, each by itself: contradictions that share a host belong to one. Whom each suspects and
 * accuses is what the whole says of its hosts, for explanations of one have no host in common with those of another. `cleared`
 * are those on its contradictions that it does not suspect.
 */
export const conflictsApart = (said: Blame): Blame[] =>
  together(said.contradictions, hostsOf).map((contradictions) => partOf(said, contradictions));

const hostsOf = ({ nodes }: Contradiction): string[] => nodes.filter((node) => node !== UTC_NODE);

function partOf(said: Blame, contradictions: readonly Contradiction[]): Blame {
  const hosts = [...new Set(contradictions.flatMap(hostsOf))].sort();
  const numbers = new Map(hosts.map((host, number) => [host, number]));
  const cycles = contradictions.map((one) => hostsOf(one).map((host) => numbers.get(host) as number));
  const suspects = new Set(said.suspects.filter((host) => numbers.has(host)));
  return {
    contradictions,
    suspects: [...suspects],
    flagged: said.flagged.filter((host) => numbers.has(host)),
    cleared: hosts.filter((host) => !suspects.has(host)),
    leastLiars: leastHittingSets(cycles, SEARCHED_TO)?.[0]?.length ?? SEARCHED_TO + 1,
  };
}
