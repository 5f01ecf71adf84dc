import type { HostSummary } from "@truebound/wire";

/** What its peers' measurements say of a host; null = they accuse it of nothing. */
export function standingWords({ peer_standing }: Pick<HostSummary, "peer_standing">): string | null {
  if (peer_standing === "flagged") return "flagged: its peers contradict it";
  return peer_standing === "suspect" ? "suspect: it or a peer is wrong" : null;
}
