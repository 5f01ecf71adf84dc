import type { Judged } from "./judge-daemon.ts";

/** How often in a row a finding must show before it is said, and how often not before it is over. A look is made every 30 s. */
export interface Patience {
  readonly begin: number;
  readonly end: number;
}

/** One finding over time: it begins once and ends once, however often a single look says otherwise. */
export interface Episode {
  /** Looks in a row for the other state; those that say nothing do not count. */
  readonly against: number;
  /** When it began, ns on the ruler; null = it does not go on. */
  readonly since: bigint | null;
  /** Looks in a row that said nothing. */
  readonly unjudged: number;
}

export const QUIET: Episode = { against: 0, since: null, unjudged: 0 };

/** Ten minutes: after that nobody can say that it still goes on. */
const MOST_UNJUDGED = 20;

export type Turn =
  | { readonly kind: "begins" }
  | { readonly kind: "ends"; readonly why: "over" | "not_judged"; readonly for_ns: bigint }
  | null;

/** The episode after a look, and what is to be said of it. */
export function follow(episode: Episode, { truth }: Pick<Judged, "truth">, at: bigint, { begin, end }: Patience): [Episode, Turn] {
  const { since, against } = episode;
  if (truth === "unknown") return unjudged(episode, at);
  const isAgainst = (truth === "holds") === (since === null);
  if (!isAgainst) return [{ since, against: 0, unjudged: 0 }, null];
  if (against + 1 < (since === null ? begin : end)) return [{ since, against: against + 1, unjudged: 0 }, null];
  if (since === null) return [{ against: 0, since: at, unjudged: 0 }, { kind: "begins" }];
  return [QUIET, { kind: "ends", why: "over", for_ns: at - since }];
}

function unjudged({ since, against, unjudged: before }: Episode, at: bigint): [Episode, Turn] {
  if (before + 1 < MOST_UNJUDGED) return [{ since, against, unjudged: before + 1 }, null];
  return [QUIET, since === null ? null : { kind: "ends", why: "not_judged", for_ns: at - since }];
}
