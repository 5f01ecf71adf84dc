import type { HostSummary, Status } from "@truebound/wire";
import { codeWords } from "../../format/code-words.ts";
import { comparable } from "../../format/decimal.ts";
import { type Look, lookOf } from "../../format/status-look.ts";

/**
 * What is known of the hosts that are heard, in counts. Each of them is counted once, by the word that stands for it in the list; who is
 * silent is counted against the limits alone, for a status of then says nothing of now.
 */
export interface TallyLine {
  readonly name: string;
  /** What finds its hosts in the search, and no others. */
  readonly finds: string;
  readonly look: Look;
  readonly explains: string;
  readonly belongs: (host: HostSummary) => boolean;
  /** Shown only where there are some. */
  readonly isRare?: boolean;
}

const line = (status: Status, look: Look, explains: string, isRare = false): TallyLine => ({
  name: codeWords(status),
  finds: `state=${status}`,
  look,
  explains,
  belongs: (host) => isHeard(host) && !isAccused(host) && host.status === status,
  isRare,
});

/** Proved wrong by what its peers measured, whatever its own bound says. */
const isAccused = (host: HostSummary): boolean => isHeard(host) && host.peer_standing === "flagged";

const HEARD: readonly string[] = ["enrolled", "reporting", "late"];

/** Late hosts still count as heard: their bound keeps growing on the server. So do those whose first report is awaited: they are unknown. */
export const isHeard = ({ liveness }: HostSummary): boolean => HEARD.includes(liveness);

/** The worst kinds first, as in the list. */
export const TALLY: readonly TallyLine[] = [
  {
    name: "accused",
    finds: "state=accused",
    look: "conflict",
    explains: "its peers prove it wrong, whatever its own bound says",
    belongs: isAccused,
    isRare: true,
  },
  line("no_majority", "conflict", "too few of its sources agree", true),
  line("conflict", "conflict", "its two sources contradict each other", true),
  line("unverified", "unverified", "too few independent sources speak to outvote one that lies", true),
  line("disrupted", "unknown", "it was suspended or moved, and not measured since", true),
  line("unknown", "unknown", "no bound at all right now"),
  line("holdover", "holdover", "all sources lost; the bound grows"),
  line("proven", "proven", "the guaranteed bound holds"),
];

export interface TallyCount {
  readonly line: TallyLine;
  readonly number: number;
  /** Of those with a proven bound, how many are shown by it to be off UTC. */
  readonly off: number;
}

/** In the order of the lines. */
export function tallied(hosts: readonly HostSummary[]): TallyCount[] {
  const counts = TALLY.map((one) => ({ line: one, number: 0, off: 0 }));
  for (const host of hosts) {
    const found = counts.find((count) => count.line.belongs(host));
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
