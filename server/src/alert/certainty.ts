import { halfWidth, midpoint } from "@truebound/time";
import { CERTAINTIES, type Certainty, type DOMINANTS, SEVERITIES, type Severity, type Terms } from "@truebound/wire";
import type { HostRecord } from "../fleet/host-record.ts";
import type { HostFacts } from "./host-facts.ts";

/** Where no policy names a limit. */
export const LIMIT_OTHERWISE_NS = 100_000_000;

/** What is known of a host's clock and a limit in ns. */
export function certaintyOf(facts: HostFacts, limit: number): Certainty {
  if (!facts.isPresent || facts.bound === null) return "no_evidence";
  const bound = facts.proving;
  // A bound that neighbours accuse proves nothing, however narrow it is.
  if (bound === null || facts.standing?.standing === "flagged") return "cannot_prove";
  if (bound.lo > limit || bound.hi < -limit) return "proved_outside";
  return bound.worst <= limit ? "proved_inside" : "cannot_prove";
}

export type Dominant = (typeof DOMINANTS)[number];

const PARTS: readonly (readonly [Exclude<Dominant, "offset">, keyof Terms])[] = [
  ["path", "path_ns"],
  ["root", "root_ns"],
  ["precision", "precision_ns"],
  ["stamp", "stamp_ns"],
  ["drift", "drift_ns"],
  ["slew", "slew_ns"],
];

/** What makes the worst error as great as it is: the clock's own distance from UTC, or the greatest part of the width. */
export function dominantOf({ bound, terms }: Pick<HostRecord, "bound" | "terms">): Dominant | null {
  if (bound === null) return null;
  const middle = midpoint(bound);
  if ((middle < 0n ? -middle : middle) > halfWidth(bound)) return "offset";
  if (terms === null) return null;
  return PARTS.reduce((most, one) => (BigInt(terms[one[1]]) > BigInt(terms[most[1]]) ? one : most))[0];
}

export const worstSeverity = (all: readonly Severity[]): Severity => SEVERITIES.find((one) => all.includes(one)) ?? "info";
export const worstCertainty = (all: readonly Certainty[]): Certainty => CERTAINTIES.find((one) => all.includes(one)) ?? "proved_inside";
export const isWorse = (a: Severity, b: Severity): boolean => SEVERITIES.indexOf(a) < SEVERITIES.indexOf(b);
export const isLessCertain = (a: Certainty, b: Certainty): boolean => CERTAINTIES.indexOf(a) < CERTAINTIES.indexOf(b);
