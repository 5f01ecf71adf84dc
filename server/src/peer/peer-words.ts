import type { MemberStanding } from "./standing.ts";

/** Of whom nothing contradicts there is nothing to say. */
const isQuiet = (standing: MemberStanding | null): standing is null =>
  standing === null || standing.standing === "unaccused" || standing.standing === "cleared";

/** In a few words, for a line of a list; null = nothing. */
export function standingInBrief(standing: MemberStanding | null): string | null {
  if (isQuiet(standing)) return null;
  if (standing.standing === "suspect") return "suspected by what hosts measured of each other";
  return standing.tier === "guaranteed" ? "its neighbours prove it wrong" : "its neighbours contradict its tight bound";
}

/** For whoever is woken by it: what it means, and what to do first. */
export function standingInWords(standing: MemberStanding | null): string | null {
  if (isQuiet(standing)) return null;
  const { suspects, leastLiars } = standing;
  if (standing.standing === "suspect")
    return `What hosts measured of each other cannot all be true: of this host and ${suspects - 1} more that are suspected at least ${leastLiars} must be wrong, and nothing says which; look at what they have in common (a source, a switch, a hypervisor) before you trust any of their bounds.`;
  return standing.tier === "guaranteed"
    ? "Its neighbours' measurements accuse this host: its bound, or what it measures, is false, whatever the figures here say, and no smaller explanation leaves it out. Take it out of what relies on its time, then look at its sources, at what stands between them and it, and at the machine's own ruler (a hypervisor, a clocksource)."
    : "Its neighbours' measurements accuse this host in the tight tier only: its frequency moved by more than is assumed (sigma), or its bound is wrong by less than the guaranteed tier can show. What is guaranteed is not contradicted.";
}
