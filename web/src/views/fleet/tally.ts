import type { HostSummary } from "@truebound/wire";
import type { Look } from "../../format/status-look.ts";

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

export const count = (hosts: readonly HostSummary[], { belongs }: TallyLine): number => hosts.filter(belongs).length;

/** The host that can be the most wrong, among those still heard from. */
export function worstOf(hosts: readonly HostSummary[]): HostSummary | null {
  const measured = hosts.filter((host) => isHeard(host) && host.worst_error_ns !== null);
  return measured.reduce<HostSummary | null>((worst, host) => (worst === null || errorOf(host) > errorOf(worst) ? host : worst), null);
}

const errorOf = (host: HostSummary): bigint => BigInt(host.worst_error_ns ?? 0);
