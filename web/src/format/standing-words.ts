import type { HostSummary } from "@truebound/wire";

/** What its peers' measurements say of a host; null = they accuse it of nothing. */
export function standingWords({ peer_standing }: Pick<HostSummary, "peer_standing">): string | null {
  if (peer_standing === "flagged") return "flagged by its peers";
  return peer_standing === "suspect" ? "suspected by its peers" : null;
}
