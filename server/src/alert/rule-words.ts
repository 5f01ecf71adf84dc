import { atMost } from "@truebound/time";
import type { AlertRule, FindingKind, Severity, Whom } from "@truebound/wire";
import { sayLabels } from "../admin/labels.ts";

/** A rule in a sentence: how urgent it is, what must be the case, for whom, for how long, and when it counts. */
export function ruleInWords(rule: AlertRule): string {
  const parts = [
    `${URGENCY[rule.severity]} when ${FOUND[rule.finding](limitWords(rule), rule)}`,
    rule.hosts === undefined ? "" : `, of ${whomWords(rule.hosts)}`,
    rule.hold_s === 0 ? "" : `, for ${spanWords(rule.hold_s)}`,
    rule.confirm ? ", and a measurement made anew shows it too" : "",
    calendarWords(rule.calendar),
  ];
  return `${rule.enabled ? "" : "Switched off: "}${parts.join("")}`;
}

const URGENCY: Readonly<Record<Severity, string>> = { critical: "Pages somebody", warning: "A ticket", info: "A note" };

const FOUND: Readonly<Record<FindingKind, (limit: string, rule: AlertRule) => string>> = {
  proved_outside_limit: (limit) => `a host's clock is proved to be off by more than ${limit}`,
  bound_exceeds_limit: (limit) => `a host's bound reaches past ${limit}`,
  cannot_prove_limit: (limit) => `nothing can be proved of a host's clock and ${limit}`,
  near_limit: (limit, { share_pct = 80 }) => `a host's worst error is more than ${share_pct} % of ${limit}`,
  will_exceed_in: (limit, { within_s = 600 }) => `a host without sources passes ${limit} within ${spanWords(within_s)}`,
  not_proved_inside: (limit) => `a host's clock is not proved to be within ${limit}`,
  offset_exceeds: (limit) => `a host's offset is more than ${limit}`,
  frequency_exceeds: (_, { ppb = 0 }) => `a host's oscillator is proved to stray by more than ${ppb / 1000} ppm`,
  no_majority: () => "the sources of a host contradict each other, and none of them has a majority",
  source_lost: () => "a source of a host answers no more",
  falseticker: () => "a source of a host disagrees with the others",
  declared_source_contradicts: () =>
    "a source of a host that has no vote, since its error is only declared, contradicts what the others prove",
  grandmaster_lost_reference: () => "a PTP port of a host follows a grandmaster that follows no reference of time",
  mixed_timescales: () => "the sources of a host keep different timescales around a leap second",
  shared_upstream: () => "so many sources of a host rest on one upstream that too few independent ones are left",
  clock_stepped: () => "a host's clock was stepped",
  disrupted: () => "a host was suspended or moved, and has not measured since",
  drift_assumption_broken: () => "a host's oscillator left what is assumed of it",
  root_declaration_void: () => "a source of a host left the baseline under which its root is declared, or the dates of that are over",
  bounds_inconsistent: () => "what hosts measured of each other contradicts what they say",
  daemon_bound_violated: () => "a host's own daemon claims an offset that what is proved excludes",
  daemon_dead: () => "a host's own daemon ran and does not any more, or does not answer",
  daemon_in_minority_camp: () => "a host's own daemon claims what most of its independent sources contradict",
  unsynchronised_source_in_use: () => "a host's own daemon follows its own clock, or a server that is not synchronised",
  host_silent: () => "a host is silent",
  host_late: () => "a host reports late",
  leap_pending: () => "a leap second is near",
  leap_file_expired: () => "the leap list has expired, or will soon",
  spool_degraded: () => "a host cannot write its spool, or lost a part of it",
  clone_suspected: () => "somebody else reports by a host's key",
  server_clock_unproven: () => "the clock of the server itself is not proved",
  log_mismatch: () => "stored evidence is not what was received or logged",
  log_scrub_overdue: () => "what is in the log was not read again for a day",
  traceability_review_due: () => "the yearly review of a chain to UTC is due within 60 days, or overdue",
};

function limitWords({ limit_ns, otherwise_ns }: AlertRule): string {
  if (limit_ns !== null) return atMost(BigInt(limit_ns));
  return otherwise_ns === null ? "its policy's limit" : `its policy's limit (else ${atMost(BigInt(otherwise_ns))})`;
}

export function whomWords({ group, labels }: Whom): string {
  const named = Object.keys(labels ?? {}).length === 0 ? "" : sayLabels(labels ?? {});
  if (group === undefined) return named === "" ? "all hosts" : `hosts with${named}`;
  return `the group ${group}${named === "" ? "" : ` with${named}`}`;
}

const calendarWords = (calendar: AlertRule["calendar"]): string => {
  if (calendar === undefined) return "";
  return `; while ${calendar.name} is open${calendar.before_s === 0 ? "" : ` and for ${spanWords(calendar.before_s)} before`}`;
};

const UNITS = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
] as const;

export function spanWords(seconds: number): string {
  const [size, unit] = UNITS.find(([each]) => seconds >= each && seconds % each === 0) ?? [1, "s"];
  return `${seconds / size} ${unit}`;
}
