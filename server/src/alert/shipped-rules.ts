import type { AlertRule, FindingKind } from "@truebound/wire";

/** Where the server serves the page of a rule that comes with Truebound (docs/alerts). `page` = where people reach it, without a final slash. */
export const runbookOf = (finding: FindingKind, page: string): string => `${page}/runbook/${finding}`;

const MS = 1_000_000;
const STANDARD: Omit<AlertRule, "name" | "finding"> = {
  limit_ns: null,
  otherwise_ns: 100 * MS,
  hold_s: 0,
  clear_s: 60,
  clear_pct: 100,
  grace_s: 0,
  confirm: false,
  severity: "warning",
  labels: {},
  enabled: true,
};

const rule = (finding: FindingKind, more: Partial<AlertRule>): AlertRule => ({ ...STANDARD, name: finding, finding, ...more });

/** The rules that come with Truebound: each has its page in docs/alerts. One of the same name that a person sets stands in its place. */
export const SHIPPED_RULES: readonly AlertRule[] = [
  rule("proved_outside_limit", { confirm: true, clear_pct: 90, severity: "critical" }),
  rule("bound_exceeds_limit", { hold_s: 120, clear_s: 120, clear_pct: 90, grace_s: 60, confirm: true }),
  rule("cannot_prove_limit", { hold_s: 300, clear_s: 120, grace_s: 300 }),
  rule("near_limit", { share_pct: 80, hold_s: 600, clear_s: 600, clear_pct: 90, grace_s: 300, severity: "info" }),
  rule("will_exceed_in", { within_s: 600, hold_s: 60, grace_s: 60 }),
  rule("no_majority", { hold_s: 60, clear_s: 120, grace_s: 60 }),
  rule("source_lost", { hold_s: 300, clear_s: 120, grace_s: 120 }),
  rule("falseticker", { hold_s: 60, clear_s: 300, grace_s: 60 }),
  rule("declared_source_contradicts", { hold_s: 60, clear_s: 300, grace_s: 60 }),
  rule("grandmaster_lost_reference", { hold_s: 30, clear_s: 300, grace_s: 60 }),
  rule("mixed_timescales", { clear_s: 3600 }),
  rule("shared_upstream", { hold_s: 600, clear_s: 600, grace_s: 300, severity: "info" }),
  rule("clock_stepped", { clear_s: 900 }),
  rule("disrupted", { hold_s: 60, clear_s: 60 }),
  rule("drift_assumption_broken", { clear_s: 600 }),
  rule("root_declaration_void", { hold_s: 60, clear_s: 300 }),
  rule("bounds_inconsistent", { clear_s: 60, severity: "critical" }),
  rule("daemon_bound_violated", { clear_s: 300 }),
  rule("daemon_dead", { clear_s: 60 }),
  rule("daemon_in_minority_camp", { clear_s: 300, severity: "info" }),
  rule("unsynchronised_source_in_use", { clear_s: 300 }),
  rule("host_silent", { hold_s: 10, clear_s: 10, grace_s: 30 }),
  rule("host_late", { hold_s: 60, clear_s: 60, grace_s: 60, severity: "info" }),
  rule("leap_pending", { clear_s: 3600, severity: "info" }),
  rule("leap_file_expired", { clear_s: 600 }),
  rule("spool_degraded", { clear_s: 1800 }),
  rule("clone_suspected", { clear_s: 0, severity: "critical" }),
  rule("server_clock_unproven", { hold_s: 120, clear_s: 60, grace_s: 120 }),
  rule("log_mismatch", { clear_s: 60, severity: "critical" }),
  rule("log_scrub_overdue", { hold_s: 1800, clear_s: 60 }),
  rule("traceability_review_due", { clear_s: 60 }),
];
