import { CHANGES, TERMS } from "@truebound/time";
import Type, { type Static } from "typebox";
import { DecimalString, HostText, Instant, Liveness, Natural, Nullable, Reason, Status, Uuid } from "./schema.ts";

/** `out_of_reach`: path and root of the best sample fill the limit already. `unknown`: there is no evidence of the last minutes, or the host is silent. */
export const PLAN_VERDICTS = ["yes", "no", "out_of_reach", "unknown"] as const;
export type PlanVerdict = (typeof PLAN_VERDICTS)[number];
const Verdict = Type.Enum([...PLAN_VERDICTS] as unknown as typeof PLAN_VERDICTS);
const Term = Type.Enum([...TERMS] as unknown as typeof TERMS);

/** Between two readings of the clocks, and between two polls of the source that counts. */
const PlanPace = Type.Object({ reading_ns: DecimalString, poll_ns: DecimalString });
export type PlanPace = Static<typeof PlanPace>;

/** Of one host; estimates from measured costs (docs/what-can-be-proved.md). */
const PlanCost = Type.Object({
  packets_per_day: Natural,
  processor_ppm: Natural,
  disk_bytes_per_day: Natural,
});
export type PlanCost = Static<typeof PlanCost>;

export const PlanChange = Type.Object({
  kind: Type.Enum([...CHANGES] as unknown as typeof CHANGES),
  /** So much may be left of the terms that it is about; null = it is about none. */
  at_most_ns: Nullable(DecimalString),
  words: Type.String(),
});
export type PlanChange = Static<typeof PlanChange>;

export const PlanWay = Type.Object({ changes: Type.Array(PlanChange), pace: PlanPace, cost: PlanCost });
export type PlanWay = Static<typeof PlanWay>;

export const PlanGoal = Type.Object({
  verdict: Verdict,
  /** The worst error as the host is measured today: live where one reply is lost, in a report as it is seen from both sides; null = none is known, nor where too few sources vouch for one. */
  worst_ns: Nullable(DecimalString),
  /** The longest that polls and readings may be apart; null = at no pace. */
  needs: Nullable(PlanPace),
  /** What makes it hold, cheapest first; all changes of one together. */
  ways: Type.Array(PlanWay),
  words: Type.String(),
});
export type PlanGoal = Static<typeof PlanGoal>;

const PlanTerms = Type.Object({
  path_ns: DecimalString,
  root_ns: DecimalString,
  precision_ns: DecimalString,
  stamp_ns: DecimalString,
  offset_ns: DecimalString,
  slew_ns: DecimalString,
  drift_ns: DecimalString,
});

/** What a plan rests on: reports of the last minutes, and what they assume. */
const PlanBasis = Type.Object({
  reports: Natural,
  from: Instant,
  to: Instant,
  drift_ppb: Natural,
  slew_ppm: Natural,
  faults: Natural,
  votes: Natural,
  votes_needed: Natural,
  interleaved: Type.Boolean(),
});

export const HostPlan = Type.Object({
  id: Uuid,
  name: HostText(255),
  status: Status,
  reason: Nullable(Reason),
  liveness: Liveness,
  /** How long ago its last report came, by the clock of the database; null = none ever has. */
  heard_ago_ns: Nullable(DecimalString),
  /** Of the profile, on one clock, less the error of the application by the scopes of that profile. */
  limit_ns: DecimalString,
  app_error_ns: DecimalString,
  basis: Nullable(PlanBasis),
  live: PlanGoal,
  report: PlanGoal,
  /** What the live bound is made of at its widest; null = unknown. */
  terms: Nullable(PlanTerms),
  /** The greatest of them. */
  binding: Nullable(Type.Object({ term: Term, ns: DecimalString })),
  /** As it is today. */
  pace: Nullable(PlanPace),
  cost: Nullable(PlanCost),
});
export type HostPlan = Static<typeof HostPlan>;

export const PlanList = Type.Object({
  at: Instant,
  profile: Type.Object({ id: Type.String(), title: Type.String(), kind: Type.Enum(["utc", "pair"] as const), limit_ns: DecimalString }),
  items: Type.Array(HostPlan),
  next: Nullable(Type.String()),
  total: Natural,
});
export type PlanList = Static<typeof PlanList>;
