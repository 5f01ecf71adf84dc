/**
 * The status of a host's bound, as a table: the first rule that matches says what the status is, what is published, and
 * what becomes of the last bound. DESIGN section 2 in its order; `unknown` for width is judged on what a rule would publish.
 */
export type StatusKind = "proven" | "unverified" | "holdover" | "conflict" | "no_majority" | "disrupted" | "unknown";

export type StatusReason =
  | "trusting"
  | "one_vote"
  | "peers_only"
  | "fault_budget_reduced"
  | "sources_lost"
  | "sources_inconsistent"
  | "sources_disagree"
  | "no_region"
  | Disruption
  | "never_measured"
  | "no_exchange_for_an_hour"
  | "wider_than_a_second"
  | "no_usable_evidence"
  | "timescale_unknown"
  | "leap_unknown"
  | "not_authenticated";

/** What made the ruler another one: nothing measured before it says anything about what comes after. */
export type Disruption = "suspended_or_moved" | "clocksource_changed" | "vm_disrupted" | "ruler_jumped";

export interface StatusFacts {
  /** An exchange was accepted at some time in this boot. */
  readonly measured: boolean;
  /** The last one was more than an hour ago. */
  readonly expired: boolean;
  /** Suspended or moved since the last one. */
  readonly disrupted: boolean;
  /** Some source speaks and has no vote, because a leap is near and its timescale is not known. */
  readonly unheard: boolean;
  /** Some source speaks and has no vote, because its exchanges contradict each other or those of a source that shares its vote. */
  readonly inconsistent: boolean;
  /** Some source speaks and has no vote, because only authenticated ones may have any. */
  readonly unauthenticated: boolean;
  /** m: fresh votes that are not void. */
  readonly votes: number;
  /** F in force. */
  readonly faults: number;
  /** Trusted sources speak, agree with each other, and the fused rest does not contradict them. */
  readonly trusting: boolean;
  /** No source of the host's own has a vote, and fewer than three of its peers have. */
  readonly peersOnly: boolean;
  /** No two of the votes touch; asked of exactly two. */
  readonly disjoint: boolean;
  /** Some point is covered by max(1, m − F) votes. */
  readonly region: boolean;
}

export interface StatusRule {
  readonly status: StatusKind;
  /** `null` for plain `proven`. */
  readonly reason: StatusReason | null;
  readonly when: (facts: StatusFacts) => boolean;
  /**
   * `fused` = M6's hull; `trusted` = what the trusted sources have in common; `held` = the last bound widened by M3, as long
   * as no more than F of those that contradict themselves deny it; `standing` = the same, of the votes; `nothing`.
   */
  readonly publishes: "fused" | "trusted" | "held" | "standing" | "nothing";
  /**
   * What becomes of the last bound: `kept`, `dropped`, or replaced by what is published: as `proven`, or as `unproven`,
   * and that only where more than F votes speak, so that at least one of them is honest.
   */
  readonly remembers: "kept" | "dropped" | "proven" | "unproven";
}

export const STATUS_RULES: readonly StatusRule[] = [
  { status: "unknown", reason: "never_measured", when: ({ measured }) => !measured, publishes: "nothing", remembers: "kept" },
  { status: "unknown", reason: "no_exchange_for_an_hour", when: ({ expired }) => expired, publishes: "nothing", remembers: "kept" },
  { status: "disrupted", reason: "suspended_or_moved", when: ({ disrupted }) => disrupted, publishes: "nothing", remembers: "dropped" },
  {
    status: "holdover",
    reason: "timescale_unknown",
    when: ({ votes, unheard }) => votes === 0 && unheard,
    publishes: "held",
    remembers: "kept",
  },
  {
    status: "holdover",
    reason: "sources_inconsistent",
    when: ({ votes, inconsistent }) => votes === 0 && inconsistent,
    publishes: "held",
    remembers: "kept",
  },
  {
    status: "holdover",
    reason: "not_authenticated",
    when: ({ votes, unauthenticated }) => votes === 0 && unauthenticated,
    publishes: "held",
    remembers: "kept",
  },
  { status: "holdover", reason: "sources_lost", when: ({ votes }) => votes === 0, publishes: "held", remembers: "kept" },
  { status: "proven", reason: "trusting", when: ({ trusting }) => trusting, publishes: "trusted", remembers: "proven" },
  { status: "unverified", reason: "one_vote", when: ({ votes }) => votes === 1, publishes: "fused", remembers: "unproven" },
  {
    status: "conflict",
    reason: "sources_disagree",
    when: ({ votes, disjoint }) => votes === 2 && disjoint,
    publishes: "standing",
    remembers: "kept",
  },
  { status: "unverified", reason: "peers_only", when: ({ peersOnly }) => peersOnly, publishes: "fused", remembers: "unproven" },
  {
    status: "unverified",
    reason: "fault_budget_reduced",
    when: ({ votes, faults }) => votes < 2 * faults + 1,
    publishes: "fused",
    remembers: "unproven",
  },
  { status: "no_majority", reason: "no_region", when: ({ region }) => !region, publishes: "standing", remembers: "kept" },
  { status: "proven", reason: null, when: () => true, publishes: "fused", remembers: "proven" },
];

/** The first rule that matches. The last one always does. */
export const statusRule = (facts: StatusFacts): StatusRule => STATUS_RULES.find(({ when }) => when(facts)) as StatusRule;
