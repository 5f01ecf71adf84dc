import { type Blame, SEARCHED_TO } from "./blame.ts";
import { leastHittingSets } from "./hitting-sets.ts";
import { UTC_NODE } from "./peer-graph.ts";
import type { Contradiction } from "./solve.ts";

/**
 * The conflicts that a blame is made of, each by itself: contradictions that share a host belong to one. Whom each suspects and
 * accuses is what the whole says of its hosts, for explanations of one have no host in common with those of another. `cleared`
 * are those on its contradictions that it does not suspect.
 */
export const conflictsApart = (said: Blame): Blame[] => grouped(said.contradictions).map((contradictions) => partOf(said, contradictions));

const hostsOf = ({ nodes }: Contradiction): string[] => nodes.filter((node) => node !== UTC_NODE);

function grouped(contradictions: readonly Contradiction[]): Contradiction[][] {
  let groups: { readonly hosts: Set<string>; readonly contradictions: Contradiction[] }[] = [];
  for (const contradiction of contradictions) {
    const hosts = hostsOf(contradiction);
    const touching = groups.filter((group) => hosts.some((host) => group.hosts.has(host)));
    const merged = {
      hosts: new Set([...touching.flatMap((group) => [...group.hosts]), ...hosts]),
      contradictions: [...touching.flatMap((group) => group.contradictions), contradiction],
    };
    groups = [...groups.filter((group) => !touching.includes(group)), merged];
  }
  return groups.map((group) => group.contradictions);
}

function partOf(said: Blame, contradictions: readonly Contradiction[]): Blame {
  const hosts = [...new Set(contradictions.flatMap(hostsOf))].sort();
  const numbers = new Map(hosts.map((host, number) => [host, number]));
  const cycles = contradictions.map((one) => hostsOf(one).map((host) => numbers.get(host) as number));
  const suspects = said.suspects.filter((host) => numbers.has(host));
  return {
    contradictions,
    suspects,
    flagged: said.flagged.filter((host) => numbers.has(host)),
    cleared: hosts.filter((host) => !suspects.includes(host)),
    leastLiars: leastHittingSets(cycles, SEARCHED_TO)?.[0]?.length ?? SEARCHED_TO + 1,
  };
}
