import {
  binding,
  costOf,
  formatUtc,
  GOALS,
  type Goal,
  isVouchedFor,
  type Measured,
  type Offers,
  type Pace,
  type PlanCost,
  type Prospect,
  prospect,
  type Situation,
  sampling,
  TERMS,
  type UtcInstant,
  verdictOf,
  votesNeeded,
  type Way,
  waysTo,
} from "@truebound/time";
import type { HostPlan, Liveness, PlanGoal, PlanCost as SaidCost, PlanPace as SaidPace, PlanWay as SaidWay } from "@truebound/wire";
import type { HostRecord } from "../fleet/host-record.ts";
import { isGone } from "../fleet/liveness.ts";
import { changeInWords, goalInWords, notKnown } from "./plan-words.ts";
import type { OwnLimit } from "./situation.ts";

export interface Known {
  readonly measured: Measured;
  readonly situation: Situation;
  readonly offers: Offers;
  readonly from: UtcInstant;
  readonly to: UtcInstant;
}

/** Whether the host is there at all. */
export interface Presence {
  readonly liveness: Liveness;
  /** ns since its last report came; null = none ever has. */
  readonly heardAgo: bigint | null;
}

/** A host's plan as it is told; `known` null = there is no evidence to make one of, or it is of a host that is gone. */
export function hostPlan(
  { id, name, status, reason }: HostRecord,
  { limit, appError }: OwnLimit,
  { liveness, heardAgo }: Presence,
  known: Known | null,
): HostPlan {
  const head = {
    id,
    name,
    status,
    reason,
    liveness,
    heard_ago_ns: heardAgo === null ? null : heardAgo.toString(),
    limit_ns: limit.toString(),
    app_error_ns: appError.toString(),
  };
  if (known === null || isGone(liveness)) {
    const nothing = notKnown(liveness, heardAgo);
    return { ...head, basis: null, live: nothing, report: nothing, terms: null, binding: null, pace: null, cost: null };
  }
  const { situation } = known;
  const found = prospect(situation);
  const term = binding(found);
  const [live, report] = GOALS.map((goal) => planGoal(goal, known, found)) as [PlanGoal, PlanGoal];
  return {
    ...head,
    basis: basisOf(known),
    live,
    report,
    terms: Object.fromEntries(TERMS.map((one) => [`${one}_ns`, found.terms[one].toString()])) as HostPlan["terms"],
    binding: { term, ns: found.terms[term].toString() },
    pace: sayPace(found.pace),
    cost: sayCost(costOf(situation)),
  };
}

function basisOf({ measured, from, to }: Known): HostPlan["basis"] {
  const { reports, drift, slew, faults, votes, interleaved } = measured;
  return {
    reports,
    from: formatUtc(from),
    to: formatUtc(to),
    drift_ppb: Number(drift),
    slew_ppm: Number(slew / 1000n),
    faults,
    votes: votes.length,
    votes_needed: votesNeeded(faults),
    interleaved,
  };
}

function planGoal(goal: Goal, { situation, offers }: Known, found: Prospect): PlanGoal {
  const verdict = verdictOf(situation, goal);
  const needs = sampling(situation, goal);
  return {
    verdict,
    worst_ns: isVouchedFor(situation, goal, found) ? found[goal].toString() : null,
    needs: needs && sayPace(needs),
    ways: verdict === "yes" ? [] : waysTo(goal, situation, offers).map((way) => sayWay(way, situation)),
    words: goalInWords(goal, verdict, situation, found),
  };
}

const sayWay = ({ changes, pace, cost }: Way, situation: Situation): SaidWay => ({
  changes: changes.map((change) => ({
    kind: change.kind,
    at_most_ns: change.atMost?.toString() ?? null,
    words: changeInWords(change, situation, pace),
  })),
  pace: sayPace(pace),
  cost: sayCost(cost),
});

const sayPace = ({ reading, poll }: Pace): SaidPace => ({ reading_ns: reading.toString(), poll_ns: poll.toString() });

const sayCost = ({ packetsPerDay, processorPpm, diskBytesPerDay }: PlanCost): SaidCost => ({
  packets_per_day: Number(packetsPerDay),
  processor_ppm: Number(processorPpm),
  disk_bytes_per_day: Number(diskBytesPerDay),
});
