import type { HostSummary } from "@truebound/wire";
import { comparable } from "../../format/decimal.ts";
import type { Look } from "../../format/status-look.ts";
import { isHeard } from "./tally.ts";

/** How a host stands against the limit that its policy sets; each host stands in one place. */
export type LimitStanding = "outside" | "unproved" | "silent" | "inside" | "none";

export interface LimitLine {
  readonly standing: LimitStanding;
  readonly name: string;
  readonly look: Look;
  readonly explains: string;
  /** What finds its hosts in the search. */
  readonly finds: string;
}

/** The worst kinds first. */
export const LIMIT_LINES: readonly LimitLine[] = [
  {
    standing: "outside",
    name: "proved outside",
    look: "proven-off",
    explains: "the whole of its guaranteed bound is beyond its limit",
    finds: "limit=outside",
  },
  {
    standing: "unproved",
    name: "cannot prove",
    look: "unverified",
    explains: "heard, and not proved to be inside its limit nor outside",
    finds: "limit=unproved",
  },
  {
    standing: "silent",
    name: "silent",
    look: "silent",
    explains: "not heard from any more, so nothing is known of it now; retired and revoked hosts too",
    finds: "limit=silent",
  },
  {
    standing: "inside",
    name: "proved inside",
    look: "proven",
    explains: "the whole of its guaranteed bound is inside its limit",
    finds: "limit=inside",
  },
  { standing: "none", name: "without a limit", look: "unknown", explains: "the server named no limit for it", finds: "limit=none" },
];

/** Statuses under which a bound is guaranteed, as the server counts them. */
const PROVING: readonly string[] = ["proven", "holdover"];

/** A bound that its peers prove wrong, or that was rehearsed, proves nothing of the clock. */
export function limitStanding(host: HostSummary): LimitStanding {
  if (!isHeard(host)) return "silent";
  if (host.limit_ns === undefined) return "none";
  if (host.guaranteed === null || !PROVING.includes(host.status) || host.peer_standing === "flagged" || host.rehearsal !== undefined)
    return "unproved";
  return against(host.guaranteed, host.limit_ns);
}

/** A limit belongs to what it allows. */
function against({ lo_ns, hi_ns }: NonNullable<HostSummary["guaranteed"]>, limit_ns: string): LimitStanding {
  const [lo, hi, limit] = [comparable(lo_ns), comparable(hi_ns), comparable(limit_ns)];
  if (lo > limit || hi < -limit) return "outside";
  return lo >= -limit && hi <= limit ? "inside" : "unproved";
}

export const limitFinds = (host: HostSummary): string => `limit=${limitStanding(host)}`;

export function countByLimit(hosts: readonly HostSummary[]): Readonly<Record<LimitStanding, number>> {
  const counts = { outside: 0, unproved: 0, silent: 0, inside: 0, none: 0 };
  for (const host of hosts) counts[limitStanding(host)] += 1;
  return counts;
}
