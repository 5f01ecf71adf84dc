import { absolute, atMost, maxOf, parseUtc } from "@truebound/time";
import type { ServerTime } from "@truebound/wire";
import { atLeast } from "./bound.ts";
import type { Look } from "./status-look.ts";

const REASONS: Readonly<Record<NonNullable<ServerTime["reason"]>, string>> = {
  no_agent_here: "no agent runs beside it",
  not_heard: "the agent beside it is not heard",
  not_proven: "its host proves no bound",
  too_old: "what is known of it is too old",
};

export interface ServerTimeWords {
  readonly look: Look;
  readonly words: string;
}

/** How far from UTC the server's own clock was when it answered, as its own host proves it; what is not known is said to be. */
export function serverTimeWords({ at, earliest, latest, reason }: ServerTime): ServerTimeWords {
  const [now, first, last] = [at, earliest ?? "", latest ?? ""].map(parseUtc);
  if (now == null || first == null || last == null)
    return { look: "unknown", words: `unknown: ${reason === null ? "it says no bound" : REASONS[reason]}` };
  if (now > last) return { look: "proven-off", words: `proved at least ${atLeast(now - last)} ahead of UTC` };
  if (now < first) return { look: "proven-off", words: `proved at least ${atLeast(first - now)} behind UTC` };
  return { look: "proven", words: `within ${atMost(maxOf(absolute(now - first), absolute(last - now)))} of UTC` };
}
