import type { FindingKind } from "@truebound/wire";
import type { HostTest, SourceTest } from "../finding.ts";
import * as clock from "./clock.ts";
import { daemonFinding } from "./daemon.ts";
import { EVENT_FINDINGS } from "./event.ts";
import * as limit from "./limit.ts";
import { hostLate, hostSilent } from "./liveness.ts";
import { declaredContradicts, falseticker, grandmasterLost, sourceLost } from "./source.ts";

/** What is asked of a host's latest report. */
export const HOST_TESTS: Partial<Readonly<Record<FindingKind, HostTest>>> = {
  proved_outside_limit: limit.provedOutside,
  bound_exceeds_limit: limit.boundExceeds,
  cannot_prove_limit: limit.cannotProve,
  near_limit: limit.nearLimit,
  will_exceed_in: limit.willExceed,
  not_proved_inside: limit.notProvedInside,
  offset_exceeds: limit.offsetExceeds,
  frequency_exceeds: clock.frequencyExceeds,
  no_majority: clock.noMajority,
  shared_upstream: clock.sharedUpstream,
  disrupted: clock.disrupted,
  drift_assumption_broken: clock.driftBroken,
  root_declaration_void: clock.rootDeclarationVoid,
  bounds_inconsistent: clock.boundsInconsistent,
  daemon_bound_violated: daemonFinding("daemon_bound_violated"),
  daemon_dead: daemonFinding("daemon_dead"),
  daemon_in_minority_camp: daemonFinding("daemon_in_minority_camp"),
  unsynchronised_source_in_use: daemonFinding("unsynchronised_source_in_use"),
  clone_suspected: clock.cloneSuspected,
  host_silent: hostSilent,
  host_late: hostLate,
};

/** What is asked of each of its sources. */
export const SOURCE_TESTS: Partial<Readonly<Record<FindingKind, SourceTest>>> = {
  source_lost: sourceLost,
  falseticker,
  declared_source_contradicts: declaredContradicts,
  grandmaster_lost_reference: grandmasterLost,
};

/** Without a limit such a rule does not concern a host. */
export const LIMITED: ReadonlySet<FindingKind> = new Set([
  "proved_outside_limit",
  "bound_exceeds_limit",
  "cannot_prove_limit",
  "near_limit",
  "will_exceed_in",
  "not_proved_inside",
  "offset_exceeds",
]);

/** Events are instants: the alert begins with one and goes on for as long after the last as its rule says. */
export const isEventOnly = (finding: FindingKind): boolean => EVENT_FINDINGS.has(finding) && HOST_TESTS[finding] === undefined;

/** About no host, or not only about hosts. */
export const FLEET_FINDINGS: ReadonlySet<FindingKind> = new Set([
  "leap_pending",
  "leap_file_expired",
  "server_clock_unproven",
  "log_mismatch",
  "log_scrub_overdue",
  "traceability_review_due",
  "bounds_inconsistent",
]);
