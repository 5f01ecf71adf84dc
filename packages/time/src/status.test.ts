import { describe, expect, it } from "vitest";
import { STATUS_RULES, type StatusFacts, statusRule } from "./status.ts";

function holdoverInWords({ unheard, inconsistent, unauthenticated }: StatusFacts): string {
  if (unheard) return "holdover: timescale_unknown";
  if (inconsistent) return "holdover: sources_inconsistent";
  return unauthenticated ? "holdover: not_authenticated" : "holdover: sources_lost";
}

/** The sentences of the glossary, one condition after the other. */
function inWords(facts: StatusFacts): string {
  if (!facts.measured) return "unknown: never_measured";
  if (facts.expired) return "unknown: no_exchange_for_an_hour";
  if (facts.disrupted) return "disrupted: suspended_or_moved";
  if (facts.votes === 0) return holdoverInWords(facts);
  if (facts.trusting) return "proven: trusting";
  if (facts.votes === 1) return "unverified: one_vote";
  if (facts.votes === 2 && facts.disjoint) return "conflict: sources_disagree";
  if (facts.peersOnly) return "unverified: peers_only";
  if (facts.votes <= 2 * facts.faults) return "unverified: fault_budget_reduced";
  return facts.region ? "proven: plain" : "no_majority: no_region";
}

const BOTH = [false, true];
const all: StatusFacts[] = BOTH.flatMap((peersOnly) => BOTH.flatMap((unauthenticated) => withPeers(peersOnly, unauthenticated)));

function withPeers(peersOnly: boolean, unauthenticated: boolean): StatusFacts[] {
  return BOTH.flatMap((inconsistent) =>
    BOTH.flatMap((measured) =>
      BOTH.flatMap((expired) =>
        BOTH.flatMap((disrupted) =>
          BOTH.flatMap((unheard) =>
            BOTH.flatMap((trusting) =>
              BOTH.flatMap((disjoint) =>
                BOTH.flatMap((region) =>
                  [0, 1, 2, 3, 4, 5, 6, 7].flatMap((votes) =>
                    [0, 1, 2, 3].map((faults) => ({
                      peersOnly,
                      unauthenticated,
                      inconsistent,
                      measured,
                      expired,
                      disrupted,
                      unheard,
                      trusting,
                      disjoint,
                      region,
                      votes,
                      faults,
                    })),
                  ),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

describe("the status table", () => {
  it("says what the words say, for every combination of facts", () => {
    expect(all).toHaveLength(32_768);
    for (const facts of all) {
      const { status, reason } = statusRule(facts);
      expect(`${status}: ${reason ?? "plain"}`, JSON.stringify(facts)).toBe(inWords(facts));
    }
  });
  it("has no rule that nothing reaches", () => {
    const reached = new Set(all.map(statusRule));
    expect(STATUS_RULES.filter((rule) => !reached.has(rule))).toEqual([]);
  });
  it("publishes nothing that rests on fewer honest votes than the budget allows without saying so", () => {
    for (const facts of all) {
      const rule = statusRule(facts);
      if (rule.status === "proven" && rule.reason === null) expect(facts.votes).toBeGreaterThan(2 * facts.faults);
      if (rule.status === "proven") expect(facts.measured && !facts.expired && !facts.disrupted && facts.votes > 0).toBe(true);
      if (rule.remembers === "proven") expect(rule.status).toBe("proven");
    }
  });
  it("publishes and remembers, status by status", () => {
    expect(STATUS_RULES.map(({ status, reason, publishes, remembers }) => [status, reason, publishes, remembers])).toEqual([
      ["unknown", "never_measured", "nothing", "kept"],
      ["unknown", "no_exchange_for_an_hour", "nothing", "kept"],
      ["disrupted", "suspended_or_moved", "nothing", "dropped"],
      ["holdover", "timescale_unknown", "held", "kept"],
      ["holdover", "sources_inconsistent", "held", "kept"],
      ["holdover", "not_authenticated", "held", "kept"],
      ["holdover", "sources_lost", "held", "kept"],
      ["proven", "trusting", "trusted", "proven"],
      ["unverified", "one_vote", "fused", "unproven"],
      ["conflict", "sources_disagree", "standing", "kept"],
      ["unverified", "peers_only", "fused", "unproven"],
      ["unverified", "fault_budget_reduced", "fused", "unproven"],
      ["no_majority", "no_region", "standing", "kept"],
      ["proven", null, "fused", "proven"],
    ]);
  });
});
