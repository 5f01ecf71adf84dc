import type { HostSummary } from "@truebound/wire";
import { comparable } from "../../format/decimal.ts";
import { type Look, lookOf } from "../../format/status-look.ts";

/** The fleet in counts. Every host is counted once: hosts that went silent under "silent", whatever they said last. */
export interface TallyLine {
  readonly name: string;
  readonly look: Look;
  readonly explains: string;
  readonly belongs: (host: HostSummary) => boolean;
  /** Shown only where there are some. */
  readonly isRare?: boolean;
}

const has =
  (...statuses: string[]) =>
  (host: HostSummary): boolean =>
    isHeard(host) && !isAccused(host) && statuses.includes(host.status);

/** Proved wrong by what its peers measured, whatever its own bound says. */
const isAccused = (host: HostSummary): boolean => isHeard(host) && host.peer_standing === "flagged";

/** Late hosts still count as heard: their bound keeps growing on the server. */
export const isHeard = ({ liveness }: HostSummary): boolean => liveness === "reporting" || liveness === "late";

/** The worst kinds first, as in the list. */
export const TALLY: readonly TallyLine[] = [
  {
    name: "accused",
    look: "conflict",
    explains: "its peers prove it wrong, whatever its own bound says",
    belongs: isAccused,
    isRare: true,
  },
  {
    name: "cannot prove",
    look: "conflict",
    explains: "unverified, in conflict, or without a majority of sources",
    belongs: has("unverified", "conflict", "no_majority"),
  },
  { name: "unknown", look: "unknown", explains: "no bound at all right now", belongs: has("unknown", "disrupted") },
  { name: "silent", look: "silent", explains: "not heard from any more; retired and revoked hosts too", belongs: (host) => !isHeard(host) },
  { name: "holdover", look: "holdover", explains: "all sources lost; the bound grows", belongs: has("holdover") },
  { name: "proven", look: "proven", explains: "the guaranteed bound holds", belongs: has("proven") },
];

export interface TallyCount {
  readonly line: TallyLine;
  readonly number: number;
  /** Of those with a proven bound, how many are shown by it to be off UTC. */
  readonly off: number;
}

/** In the order of the lines. */
export function tallied(hosts: readonly HostSummary[]): TallyCount[] {
  const counts = TALLY.map((line) => ({ line, number: 0, off: 0 }));
  for (const host of hosts) {
    const found = counts.find(({ line }) => line.belongs(host));
    if (found === undefined) continue;
    found.number += 1;
    if (found.line.look === "proven" && lookOf(host) === "proven-off") found.off += 1;
  }
  return counts;
}

/** The host that can be the most wrong, among those still heard from. */
export function worstOf(hosts: readonly HostSummary[]): HostSummary | null {
  let [worst, most]: [HostSummary | null, number | bigint] = [null, -1];
  for (const host of hosts) {
    const error = host.worst_error_ns === null || !isHeard(host) ? -1 : comparable(host.worst_error_ns);
    if (error > most) [worst, most] = [host, error];
  }
  return worst;
}
